"""The plain ground: one colour, flat on most rows."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field
from sfumato.train.world.grounds.brush import noise_tile, sample, tall, wide

_FLAT = 0.6  # the share of rows that are exactly their colour


def paint_plain(field: Field) -> Tensor:
    """The plain colour of each row (B, 3, H, W): flat, or with a vignette, a gradient or a paper grain.

    The three variants move no pixel by more than 0.09 from the colour.
    """
    kind = field.draw(0)
    x, y = field.x / wide(field) - 0.5, field.y - 0.5
    vignette = 0.03 - 0.16 * (x * x + y * y)
    turn = field.draw(1, 0.0, 6.2832)
    gradient = 0.12 * (x * torch.cos(turn) + y * torch.sin(turn))
    down = field.y * tall(field)
    paper = 0.10 * (sample(noise_tile(field, 0), field.x * 2.3, down * 2.3) - 0.5)
    third = (1 - _FLAT) / 3
    change = torch.where(
        kind < _FLAT + third, vignette, torch.where(kind < _FLAT + 2 * third, gradient, paper)
    )
    change = torch.where(kind < _FLAT, 0.0, change.clamp(-0.09, 0.09))
    return (field.colour + change).clamp(0, 1)
