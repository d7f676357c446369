"""FLUX.1's transformer asked: x and what lies beside it as one sequence of tokens, after the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, stacked
from sfumato.models._parts.block_control import Controls
from sfumato.models._parts.references import references
from sfumato.models.flux.control import said as control_said
from sfumato.models.flux.pictures import BESIDE
from sfumato.models.flux.sequence import packed, places, unpacked
from sfumato.models.flux.spoken import spoken
from sfumato.models.flux.variants import PATCH


@dataclass(frozen=True, eq=False)
class Look:
    """Its clock runs from 0 to 1: the transformer multiplies by 1000 itself. `controls` add to its blocks."""

    transformer: Any
    controls: Controls | None = None

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W)."""
        like = self.transformer.x_embedder.weight
        height, width = asks[0].x.shape[-2:]
        tokens, where = _sequence(asks)
        said = self.transformer(
            hidden_states=tokens.to(like),
            img_ids=where.to(like.device),
            timestep=clocks(asks, path, like),
            **spoken(asks, like),
            **self._added(asks, path),
            return_dict=False,
        )[0]
        painted = height * width // PATCH**2  # the tokens after these are references
        return unpacked(said[:, :painted], height, width)

    def _added(self, asks: Sequence[Ask], path: NoisePath) -> dict[str, list[Tensor]]:
        """What the ControlNets add to each of its blocks."""
        say = partial(control_said, asks, path, self.transformer)
        added = self.controls.added(asks, say) if self.controls else None
        if added is None:
            return {}
        blocks = len(self.transformer.transformer_blocks)
        return {
            "controlnet_block_samples": added[:blocks],
            "controlnet_single_block_samples": added[blocks:],
        }


def _sequence(asks: Sequence[Ask]) -> tuple[Tensor, Tensor]:
    """What the rows look at as tokens (B, S, D), and where these are, (S, 3): x, then every reference."""
    condition, x = asks[0].condition, torch.stack([ask.x for ask in asks])
    beside = [stacked(asks, name, x) for name in BESIDE if name in condition]
    parts = [packed(torch.cat([x, *beside], dim=1))]
    where = [places(x.shape[-2], x.shape[-1])]
    for number, latent in references(asks):
        parts.append(packed(latent.to(x)))
        where.append(places(latent.shape[-2], latent.shape[-1], picture=number))
    return torch.cat(parts, dim=1), torch.cat(where)
