"""What Karlo's two releases say about themselves; read without torch.

One paints words (UnCLIPPipeline), the other varies pictures (UnCLIPImageVariationPipeline). What decodes and
what enlarges is in both; the first has the prior, the second the image encoder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sfumato.models._parts.repository import Repository, spatial_factor
from sfumato.models._parts.scheduler import steps
from sfumato.plan import StageDefaults

WORDS, PICTURES = "UnCLIPPipeline", "UnCLIPImageVariationPipeline"
PRIOR, DECODER, SUPER = "prior", "decoder", "super"  # the stages
EYE = "image_encoder"


class Kind(NamedTuple):
    """A stage as it is released.

    networks  the components that decide what it paints
    """

    scheduler: str
    networks: tuple[str, ...]
    steps: int
    guidance: float = 1.0


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        PRIOR: Kind("prior_scheduler", ("prior", "text_encoder"), 25, 4.0),
        DECODER: Kind("decoder_scheduler", ("decoder", "text_proj", "text_encoder"), 25, 8.0),
        SUPER: Kind("super_res_scheduler", ("super_res_first", "super_res_last"), 7),
    }
)


@dataclass(frozen=True)
class Release:
    """words     the folder with the prior, None without it
    pictures  the folder with the image encoder, None without it; one of the two is there
    """

    words: Path | None
    pictures: Path | None

    @cached_property
    def home(self) -> Repository:
        """Where the networks come from that both releases have."""
        path = self.words or self.pictures
        assert path
        return Repository(path)

    @cached_property
    def eye(self) -> Repository | None:
        """Where the image encoder comes from."""
        return Repository(self.pictures) if self.pictures else None

    @property
    def stages(self) -> tuple[str, ...]:
        return (PRIOR, DECODER, SUPER) if self.words else (DECODER, SUPER)

    def missing(self) -> tuple[Path, ...]:
        """The weight files that are not here."""
        own = dict.fromkeys(name for stage in self.stages for name in KINDS[stage].networks)
        return (*self.home.missing(*own), *(self.eye.missing(EYE) if self.eye else ()))

    def defaults(self, stage: str) -> StageDefaults:
        """The numbers of the released pipelines. Raises FileNotFoundError when weights are missing."""
        chosen = steps(self.scheduler(stage))
        return StageDefaults(
            name=stage,
            weights=self.weights(stage),
            scale=self.factor if stage == SUPER else 1,
            paints=stage != PRIOR,
            steps=KINDS[stage].steps,
            sampler=chosen.sampler,
            schedule=chosen.schedule,
            guidance=KINDS[stage].guidance,
        )

    def weights(self, stage: str) -> str:
        """sha256 over all that decides a stage's pixels: networks, encoders, scheduler."""
        return self.identities(stage)[-1]

    def identities(self, stage: str) -> tuple[str, ...]:
        """What plans may call these weights: also without the image encoder, which words do not need."""
        scheduler = json.dumps(self.scheduler(stage), sort_keys=True)
        parts = [self.home.fingerprint(*KINDS[stage].networks), scheduler]
        own = (_hash(parts),)
        return (*own, _hash([*parts, self.eye.fingerprint(EYE)])) if self.eye and stage == DECODER else own

    def scheduler(self, stage: str) -> dict[str, Any]:
        return self.home.config(KINDS[stage].scheduler)

    @cached_property
    def side(self) -> int:
        """Sides of the square pictures that the decoder was trained on, in pixels."""
        return self._decoder["sample_size"]

    @cached_property
    def factor(self) -> int:
        """Sides of the enlarged picture over those of the decoder's."""
        return max(1, self._enlarger["sample_size"] // self.side)

    def multiple(self, stage: str) -> int:
        """Sides of a stage's pictures are multiples of this, in pixels."""
        first = spatial_factor(self._decoder)
        return max(first * self.factor, spatial_factor(self._enlarger)) if stage == SUPER else first

    @cached_property
    def _decoder(self) -> dict[str, Any]:
        return self.home.config("decoder")

    @cached_property
    def _enlarger(self) -> dict[str, Any]:
        return self.home.config("super_res_first")


def _hash(parts: Sequence[str]) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
