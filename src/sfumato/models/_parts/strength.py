"""How strongly an adapter acts on each row of a batch.

A condition carries three numbers for each adapter: its scale, and the times between which it acts. So rows
with different scales share a forward pass, and each gets exactly its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from sfumato.engine import Ask, Setting
from sfumato.plan import Adapter


def amount(adapter: Adapter, setting: Setting, weight: float = 1.0) -> Tensor:
    """(3,) scale · weight, and low, high: it acts while low < t <= high."""
    first, last = adapter.interval
    times = setting.ladder.at(last), setting.ladder.at(first)
    return torch.tensor([adapter.scale * weight, *times], dtype=torch.float32)


def strengths(asks: Sequence[Ask], entry: str) -> Tensor:
    """(B,) float32: each ask's scale where its time lies between, else 0."""
    amounts = torch.stack([ask.condition[entry] for ask in asks]).float().cpu()  # (B, 3)
    # A plan's times are 64 bit: rounded alike on both sides, equal ones stay equal.
    t = torch.tensor([ask.t for ask in asks], dtype=torch.float32)
    scale, low, high = amounts.unbind(1)
    return torch.where((low < t) & (t <= high), scale, 0.0)


def scaled(rows: Tensor, strength: Tensor) -> Tensor:
    """Each row (B, ...) times its strength (B,) or (1,), in float32, back in the rows' number format.

    Where a network lays all tokens of all rows in one line, (B * L, ...), each token has its row's.
    """
    each = strength.to(rows.device)
    if len(each) > 1:
        each = each.repeat_interleave(len(rows) // len(each))
    shaped = each.view(-1, *[1] * (rows.ndim - 1))
    return (rows.float() * shaped).to(rows.dtype)
