"""FLUX.1 as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.latent_release import Guiding, LatentRelease
from sfumato.models.flux.files import Files
from sfumato.models.flux.variants import PATCH
from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

LONGEST = 3.0


@dataclass(frozen=True, kw_only=True)
class Release(LatentRelease):
    """What is FLUX.1's own: its transformer may lie in a file of its own, and Redux beside it."""

    files: Files

    @cached_property
    def transformer(self) -> Mapping[str, Any]:
        return self.files.transformer

    @cached_property
    def scheduler(self) -> Mapping[str, Any]:
        return self.files.scheduler

    @cached_property
    def multiple(self) -> int:
        return self.factor * PATCH

    @property
    def side(self) -> int:
        return self.files.autoencoder.get("sample_size", 1024)

    def beside(self) -> tuple[str, ...]:
        return self.files.beside()

    def missing(self) -> tuple[Path, ...]:
        return (*super().missing(), *self.files.missing())

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        yield from super()._without_effect(plan)
        given = [item for item in plan.inputs if item.role != "start"]
        if any(item.weight != 1 for item in given if not (self.files.redux and item.role == "reference")):
            yield f"{self.title} reads all its pictures with one weight: others have no effect."


@dataclass(frozen=True)
class Flux:
    """The family over its files."""

    files: Files
    name: str = "flux"

    @property
    def summary(self) -> str:
        variant = self.files.variant
        return f"{variant.title} ({self.files.named}): {variant.about}"

    @property
    def accepts(self) -> frozenset[str]:
        return self.release.reads

    @cached_property
    def release(self) -> Release:
        files, variant = self.files, self.files.variant
        return Release(
            path=files.folder,
            title=variant.title,
            steps=variant.steps,
            guidance=variant.guidance,
            networks=files.components,
            longest=LONGEST,
            roles=files.roles,
            needs=variant.needs,
            begins=variant.from_start,
            guiding=Guiding.TOLD if files.transformer.get("guidance_embeds", False) else Guiding.NONE,
            adapters=files.adapters,
            files=files,
        )

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return self.release.refusals(plan)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.flux.opening import open_flux

        return open_flux(self.release, device, dtype)
