"""Qwen-Image as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.qwen_image.variants import PIPELINES, Variant
from sfumato.plan import Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
SIGHT = "processor"
"""How pictures are made ready for the language model."""


class Release(LatentRelease):
    """What is Qwen-Image's own about a released folder: its autoencoder is one for films."""

    @cached_property
    def factor(self) -> int:
        return 2 ** len(self.repository.config("vae").get("temperal_downsample", (False, True, True)))

    def fingerprint(self) -> str:
        """As of any release; where it reads pictures, how they are made ready too."""
        sight = self.repository.config(SIGHT) if "reference" in self.roles else None
        own = super().fingerprint()
        return sha256((own + json.dumps(sight, sort_keys=True)).encode()).hexdigest() if sight else own


@dataclass(frozen=True)
class QwenImage(LatentFamily):
    """The family over a released folder."""

    name: str = "qwen_image"

    @property
    def summary(self) -> str:
        return f"{self.variant.title} ({self.named}): {self.variant.about}"

    @cached_property
    def variant(self) -> Variant:
        return PIPELINES[Repository(self.path).pipeline]

    @cached_property
    def release(self) -> Release:
        own = self.variant
        return Release(
            self.path, own.title, own.steps, own.guidance, NETWORKS, roles=own.roles, adapters=self.adapters
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        return (*super().check(plan), *self._of_references(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        idle = any(stage.rescale and stage.guidance != 1 for stage in plan.stages)
        title = self.variant.title
        own = (f"{title} keeps the length of what it says in any case: the knob rescale has no effect.",)
        return (*super().notes(plan), *(own if idle else ()), *self._of_pictures(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.qwen_image.model import open_qwen_image

        return open_qwen_image(self.release, self.variant, device, dtype)

    def _of_references(self, plan: Plan) -> Iterator[str]:
        given, most = sum(item.role == "reference" for item in plan.inputs), self.variant.most
        if most and given > most:
            yield f"{self.variant.title} reads one picture as reference: leave out the others."

    def _of_pictures(self, plan: Plan) -> Iterator[str]:
        given, title = [item for item in plan.inputs if item.role == "reference"], self.variant.title
        if any(item.weight != 1 for item in given):
            yield f"{title} reads all its pictures with one weight: others have no effect."
        if self.variant.sees and not given:
            yield (
                f"{title} was made to change pictures: give it one as reference, or it paints from words "
                "alone."
            )


def claim(paths: tuple[Path, ...]) -> QwenImage | None:
    """The model over one released folder, with LoRAs. Raises UnknownModel when parts of it are not there."""
    known = [PIPELINES[kind] for path in paths if (kind := Repository(path).pipeline) in PIPELINES]
    if not known:
        return None
    needed = (*NEEDED, SIGHT) if known[0].sees else NEEDED
    files = found(paths, PIPELINES, needed, known[0].title)
    return QwenImage(*files) if files else None
