"""The ×4 upscaler as a family. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sfumato.models._parts.rungs.family import Rungs
from sfumato.models._parts.rungs.release import UPSCALER, Kind, Release, is_upscaler, upscaler


@dataclass(frozen=True)
class SdUpscaler(Rungs):
    """One folder; a plan begins from the picture that is made larger."""

    name: str = "sd_upscaler"
    title: str = "The x4 upscaler"
    summary: str = "The SD x4 upscaler: makes a picture four times as wide and high, guided by words"

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        return tuple(map(upscaler, self.folders))

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (UPSCALER,)


def claim(paths: tuple[Path, ...]) -> SdUpscaler | None:
    """One folder in the released layout."""
    return SdUpscaler(paths) if len(paths) == 1 and is_upscaler(paths[0]) else None
