"""What the rows of one forward pass have in common, stacked as networks take it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.engine import stacked as together


def seen(asks: Sequence[Ask], like: Tensor) -> Tensor:
    """x of every row, (B, C, H, W), on the device and in the number format of a network's weight."""
    return torch.stack([ask.x for ask in asks]).to(like)


def stacked(asks: Sequence[Ask], entry: str, like: Tensor | None = None) -> Tensor:
    """One entry of every row's condition, (B, ...); in a weight's number format where one is named."""
    return together([ask.condition for ask in asks], entry, like)


def clocks(asks: Sequence[Ask], path: NoisePath, like: Tensor) -> Tensor:
    """What the network's clock shows each row, (B,), on its device.

    important: in float32, since bfloat16 has no 751.
    """
    return torch.tensor([path.net_time(ask.t) for ask in asks], device=like.device)


def cleaned(asks: Sequence[Ask], out: Tensor, path: NoisePath) -> Sequence[Tensor]:
    """The clean picture that each row of a network's output (B, ...) stands for, float32, where the asks'
    x is."""
    own = out.float().to(asks[0].x.device)
    first = asks[0]
    if all(ask.t == first.t for ask in asks):
        alone = all(ask.x is first.x for ask in asks)  # the roles of one look
        return path.x0(first.x if alone else torch.stack([ask.x for ask in asks]), own, first.t).unbind()
    return [path.x0(ask.x, row, ask.t) for ask, row in zip(asks, own, strict=True)]
