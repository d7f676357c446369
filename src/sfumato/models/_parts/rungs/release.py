"""A stage as it is released, a folder of its own: what its configs say, without torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sfumato.models._parts.repository import Repository, spatial_factor
from sfumato.models._parts.scheduler import steps
from sfumato.plan import StageDefaults

FACTOR = 4  # sides of what a stage makes over those of what it is given
ENTRIES = 1000  # of a noise table, where a scheduler's config is silent


class Kind(NamedTuple):
    """One kind of stage: its name in plans, its pipeline, and the numbers it was released with.

    augment   the released noise level, as a part of the noise table
    noising   the component that says how the low picture is noised
    networks  the components that hold weights, apart from the text encoder
    """

    stage: str
    pipeline: str
    steps: int
    guidance: float
    augment: float
    noising: str
    networks: tuple[str, ...]

    @property
    def enlarges(self) -> bool:
        """Whether it makes a smaller picture larger."""
        return bool(self.noising)

    @property
    def is_latent(self) -> bool:
        return "vae" in self.networks


UPSCALER = Kind(
    "upscaler", "StableDiffusionUpscalePipeline", 75, 9.0, 0.02, "low_res_scheduler", ("unet", "vae")
)


@dataclass(frozen=True)
class Release:
    """One stage over its folder; `text` is the folder whose text encoder and tokenizer it reads with."""

    kind: Kind
    repository: Repository
    text: Repository

    def defaults(self, scale: int) -> StageDefaults:
        """The numbers of the released pipeline. Raises FileNotFoundError when weights are missing."""
        chosen = steps(self.scheduler)
        return StageDefaults(
            name=self.kind.stage,
            weights=self.weights(),
            scale=scale,
            steps=self.kind.steps,
            sampler=chosen.sampler,
            schedule=chosen.schedule,
            guidance=self.kind.guidance,
            augment=self.kind.augment,
        )

    def weights(self) -> str:
        """sha256 over all that decides this stage's pixels: networks, text encoder, schedulers."""
        schedulers = [self.scheduler, self.noising]
        parts = (
            self.repository.fingerprint(*self.kind.networks),
            self.text.fingerprint("text_encoder"),
            json.dumps(schedulers, sort_keys=True),
        )
        return sha256("\0".join(parts).encode()).hexdigest()

    def missing(self) -> tuple[Path, ...]:
        """The weight files that are not here."""
        return (*self.repository.missing(*self.kind.networks), *self.text.missing("text_encoder"))

    @cached_property
    def scheduler(self) -> dict[str, Any]:
        return self.repository.config("scheduler")

    @cached_property
    def noising(self) -> dict[str, Any]:
        """The config that says how the low picture is noised; empty in the first stage."""
        return self.repository.config(self.kind.noising) if self.kind.enlarges else {}

    @cached_property
    def side(self) -> int:
        """Sides of the square pictures it was trained on, in pixels."""
        return self._unet["sample_size"] * self.factor

    @cached_property
    def multiple(self) -> int:
        """Sides of its pictures are multiples of this, in pixels."""
        return max(spatial_factor(self._unet) * self.factor, FACTOR if self.kind.enlarges else 1)

    @cached_property
    def factor(self) -> int:
        """Sides of its picture over those of its x."""
        return spatial_factor(self.repository.config("vae")) if self.kind.is_latent else 1

    @cached_property
    def most_noise(self) -> float:
        """The largest augmentation that the network was trained with."""
        entries = self.noising.get("num_train_timesteps", ENTRIES)
        return self.repository.index.get("max_noise_level", entries) / entries

    @cached_property
    def _unet(self) -> dict[str, Any]:
        return self.repository.config("unet")


def is_upscaler(path: Path) -> bool:
    """Whether this is the folder of the ×4 upscaler."""
    return path.is_dir() and Repository(path).pipeline == UPSCALER.pipeline


def upscaler(folder: Path) -> Release:
    """The ×4 upscaler in this folder, which reads with its own text encoder."""
    return Release(UPSCALER, Repository(folder), Repository(folder))
