"""Kolors as a family. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato.models._parts.scheduler import steps
from sfumato.models._parts.unet.family import Taste, UnetFamily
from sfumato.models._parts.unet.release import Release

STEPS, GUIDANCE = 50, 5.0  # of the released pipeline


@dataclass(frozen=True)
class Kolors(UnetFamily):
    """One release, and adapters for it."""

    name: str = "kolors"
    title: str = "Kolors"
    packages: tuple[str, ...] = ("diffusers", "transformers", "sentencepiece")

    def taste(self, release: Release) -> Taste:
        sampler, schedule = steps(release.facts.scheduler)
        return Taste(STEPS, sampler, schedule, GUIDANCE)
