"""An upscaler behind the engine's protocols: one look, in windows that see a little around them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from sfumato.engine import Answer, Ask
from sfumato.models._parts.enlarging import EnlargingStage, enlarged
from sfumato.models.offload import working_device
from sfumato.models.opening import opening
from sfumato.models.upscaler.family import STAGE
from sfumato.models.upscaler.library import Enlarger, Facts, load

AROUND = 32  # pixels of what it is given, beyond a window


@dataclass(frozen=True, eq=False)
class UpscalerModel:
    """one_by_one: rows never share a pass, as their surroundings are not equally large"""

    stage: EnlargingStage
    network: Enlarger
    accepts: frozenset[str] = frozenset({"start"})
    one_by_one: frozenset[str] = frozenset({STAGE})

    @property
    def stages(self) -> tuple[EnlargingStage, ...]:
        return (self.stage,)

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return [Answer(enlarged(ask, self._larger)) for ask in asks]

    def close(self) -> None:
        self.network.to("meta")

    def _larger(self, low: Tensor) -> Tensor:
        like = next(self.network.parameters())
        return self.network(((low + 1) / 2).to(working_device(self.network), like.dtype)).float() * 2 - 1


def open_upscaler(path: Path, facts: Facts, device: str, dtype: str) -> UpscalerModel:
    """The model over a file. It computes in float32 where the network knows nothing else."""
    kind = getattr(torch, dtype if facts.halves else "float32")
    key = (str(path), path.stat().st_mtime_ns, kind)
    network = opening().network(key, device, lambda place: load(path).to(place, kind))
    assert isinstance(network, Enlarger)
    return UpscalerModel(EnlargingStage(STAGE, scale=facts.scale, around=AROUND), network)
