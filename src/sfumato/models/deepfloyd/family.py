"""DeepFloyd as a family. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.rungs.family import Rungs
from sfumato.models._parts.rungs.release import UPSCALER, Kind, Release
from sfumato.models.deepfloyd.release import KINDS, releases


@dataclass(frozen=True)
class DeepFloyd(Rungs):
    """The cascade over one folder for each of its stages, in order."""

    name: str = "deepfloyd"
    title: str = "DeepFloyd IF"
    summary: str = (
        "DeepFloyd IF, the open Imagen: a cascade in pixels that reads with T5 and can write, "
        "finished by the SD x4 upscaler"
    )

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        return releases(self.folders)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return KINDS


def claim(paths: tuple[Path, ...]) -> DeepFloyd | None:
    """Any of the three released folders, in any order; the x4 upscaler only beside one of the others."""
    pipelines = {Repository(path).pipeline: path for path in paths if path.is_dir()}
    known = [kind for kind in KINDS if kind.pipeline in pipelines]
    if len(known) != len(paths) or not any(kind is not UPSCALER for kind in known):
        return None
    return DeepFloyd(tuple(pipelines[kind.pipeline] for kind in known))
