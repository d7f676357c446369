"""FLUX.2 as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, Guiding, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.plan import Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

DEV_PIPELINE = "Flux2Pipeline"
PIPELINES = frozenset({DEV_PIPELINE, "Flux2KleinPipeline", "Flux2KleinInpaintPipeline"})
NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
ROLES = frozenset({"start", "reference"})
PATCH = 2  # sides of one token in the autoencoder's latent
SIDE = 1024


class Variant(NamedTuple):
    """title     as sentences call it
    steps     of its card, likewise its guidance
    """

    title: str
    steps: int
    guidance: float
    guiding: Guiding


DEV = Variant("FLUX.2 dev", 50, 4.0, Guiding.TOLD)
KLEIN = Variant("FLUX.2 klein", 4, 1.0, Guiding.NONE)
BASE = Variant("FLUX.2 klein base", 50, 4.0, Guiding.PULLED)


@dataclass(frozen=True)
class Release(LatentRelease):
    """What is FLUX.2's own about a released folder: a token is a patch of the autoencoder's latent."""

    @cached_property
    def multiple(self) -> int:
        return self.factor * PATCH

    @property
    def side(self) -> int:
        return self.repository.config("vae").get("sample_size", SIDE)

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        yield from super()._without_effect(plan)
        if any(item.weight != 1 for item in plan.inputs if item.role == "reference"):
            yield f"{self.title} reads all its pictures with one weight: others have no effect."


@dataclass(frozen=True)
class Flux2(LatentFamily):
    """The family over a released folder."""

    name: str = "flux2"

    @property
    def summary(self) -> str:
        return f"{self.variant.title} ({self.named}): pictures from words and other pictures"

    @cached_property
    def variant(self) -> Variant:
        """Which model this is: its index says whether klein was distilled."""
        here = Repository(self.path)
        if here.pipeline == DEV_PIPELINE:
            return DEV
        return KLEIN if here.index.get("is_distilled") else BASE

    @cached_property
    def release(self) -> Release:
        title, steps, guidance, guiding = self.variant
        return Release(
            self.path,
            title,
            steps,
            guidance,
            NETWORKS,
            roles=ROLES,
            guiding=guiding,
            adapters=self.adapters,
        )

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.flux2.model import open_flux2

        return open_flux2(self.release, device, dtype)


def claim(paths: tuple[Path, ...]) -> Flux2 | None:
    """The model over one released folder, with LoRAs. Raises UnknownModel when parts of it are not there."""
    files = found(paths, PIPELINES, NEEDED, "FLUX.2")
    return Flux2(*files) if files else None
