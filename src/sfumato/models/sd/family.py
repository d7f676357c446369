"""Stable Diffusion 1 and 2 as a family. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import steps
from sfumato.models._parts.unet.family import Taste, UnetFamily
from sfumato.models._parts.unet.release import Release

STEPS, GUIDANCE = 50, 7.5  # of the released pipelines
# NovelAI trained with the layer before the last, and its releases say so nowhere but in their names.
SKIPPING = ("nai-anime", "nai_anime", "novelai", "animefull", "animesfw")


@dataclass(frozen=True)
class Sd(UnetFamily):
    """One release, and adapters for it."""

    name: str = "sd"
    title: str = "Stable Diffusion"

    def taste(self, release: Release) -> Taste:
        sampler, schedule = steps(release.facts.scheduler)
        return Taste(STEPS, sampler, schedule, GUIDANCE, clip_skip=int(skips(release)))


def skips(release: Release) -> bool:
    """Whether the release is known to have been trained on the layer before the text encoder's last."""
    said = f"{release.path.stem} {Repository(release.path).index.get('_name_or_path', '')}".lower()
    return release.facts.skippable > 0 and any(name in said for name in SKIPPING)
