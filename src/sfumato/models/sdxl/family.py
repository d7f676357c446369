"""SDXL as a family. No torch until `open`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sfumato.models._parts.unet.family import Taste, UnetFamily
from sfumato.models._parts.unet.limits import unable
from sfumato.models._parts.unet.release import Release
from sfumato.models.sdxl.limits import of_pair, of_run
from sfumato.models.sdxl.taste import taste
from sfumato.plan import Plan


@dataclass(frozen=True)
class Sdxl(UnetFamily):
    """A base, a refiner, or both in this order, and adapters of the first of them."""

    name: str = "sdxl"
    title: str = "Stable Diffusion XL"

    def taste(self, release: Release) -> Taste:
        return taste(release.facts)

    def unable(self, plan: Plan, releases: Mapping[str, Release]) -> tuple[str, ...]:
        return (*unable(plan, releases), *of_pair(releases), *of_run(plan, releases.keys()))
