"""Harmonies of five colours for pictures that show no things, from dark to light."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix
from sfumato.train.world.styles.tools import ramp

_PALETTES = (
    "14213d 2a6f97 e76f51 f4a261 fdf0d5",
    "2b2d42 8d99ae d90429 ffb703 edf2f4",
    "264653 2a9d8f e76f51 e9c46a fefae0",
    "0b132b 3a506b 5bc0be ff9f1c fbf7ef",
    "3d0c4a a4133c ff5d8f ffc971 fff3e6",
    "1b4332 40916c b7a45b d8f3dc fffbe6",
    "22223b 4a4e69 9a8c98 e0a899 f2e9e4",
    "03045e 0077b6 00b4d8 ffafcc f1faff",
    "370617 9d0208 e85d04 faa307 fff1c9",
    "2d3142 4f5d75 ef8354 bfc0c0 ffffff",
    "1d3557 457b9d e63946 a8dadc f1faee",
    "3a2618 7f5539 b08968 7d9a6a f3e9dc",
    "231942 5e548e be95c4 f7b2bd fff4f1",
    "10002b 5a189a f72585 4cc9f0 f8edff",
    "212529 d62828 f77f00 fcbf49 eae2b7",
    "004b4f 0a9396 94d2bd ee9b00 fbf3dd",
)


def palette(field: Field, k: int) -> tuple[Tensor, ...]:
    """Five colours (B, 3, 1, 1) that go together, chosen by the k-th draw."""
    device = field.draws.device
    table = torch.tensor(
        [[[b / 255 for b in bytes.fromhex(c)] for c in row.split()] for row in _PALETTES], device=device
    )
    chosen = table[(field.draws[:, k] * len(_PALETTES)).long()]  # (B, 5, 3)
    return tuple(colour[:, :, None, None] for colour in chosen.unbind(1))


def along(colours: tuple[Tensor, ...], t: Tensor, sharp: float = 1.0) -> Tensor:
    """The colour at t in [0, 1] of a way through all of them; `sharp` near 0 makes bands."""
    picture, gaps = colours[0], len(colours) - 1
    for i, colour in enumerate(colours[1:]):
        middle = (i + 0.5) / gaps
        picture = mix(picture, colour, ramp(t, middle - 0.5 * sharp / gaps, middle + 0.5 * sharp / gaps))
    return picture


def pick(colours: tuple[Tensor, ...], number: Tensor) -> Tensor:
    """One of the colours for every pixel, by a whole number (B, 1, H, W) from 0 on."""
    table = torch.stack([c.flatten(1) for c in colours], 2)  # (B, 3, colours)
    rows, _, height, width = number.shape
    chosen = number.long().remainder(len(colours)).reshape(rows, 1, -1).expand(-1, 3, -1)
    return table.expand(rows, -1, -1).gather(2, chosen).reshape(rows, 3, height, width)


def of_cell(values: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """The value (B, 1, H, W) in a square table (B, 1, n, n) at whole rows and columns, which repeat."""
    n = values.shape[-1]
    place = row.long().remainder(n) * n + column.long().remainder(n)
    rows, _, height, width = place.expand(len(values), -1, -1, -1).shape
    flat = place.expand(rows, -1, -1, -1).reshape(rows, -1)
    return values.reshape(rows, -1).gather(1, flat).reshape(rows, 1, height, width)


def within(distance: Tensor, width: Tensor) -> Tensor:
    """1 where distance < 0, 0 where it is > 0, and between them a soft step of each row's own width."""
    return edge(distance / width, 1.0)
