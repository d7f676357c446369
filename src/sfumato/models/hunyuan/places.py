"""Where a token lies, as Hunyuan-DiT was trained to see it (Li et al. 2024, Section 2.1).

A picture of any shape is laid into one square grid, as large as fits and in its middle, and its tokens get
the rotary embedding of where they lie there: so the middle is the middle at every size.
"""

from __future__ import annotations

import torch
from torch import Tensor

BASE = 64  # side of the square grid, in latent pixels
THETA = 10000.0

Corner = tuple[int, int]


def region(rows: int, columns: int, side: int) -> tuple[Corner, Corner]:
    """(top, left) and (bottom, right) of a picture of so many tokens, in the middle of a square grid."""
    longer = max(rows, columns)
    height, width = (round(side / longer * own) for own in (rows, columns))
    top, left = (round((side - own) / 2) for own in (height, width))
    return (top, left), (top + height, left + width)


def rotary(rows: int, columns: int, patch: int, width: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of every token's rotation, each (rows * columns, width) float32.

    patch  side of a token, in latent pixels
    width  channels of a head; the first half turns with the column, the second with the row
    """
    start, stop = region(rows, columns, BASE // patch)
    # important: the end is left out, from wherever the picture begins.
    down, across = (
        torch.arange(count) * ((last - first) / count) + first
        for count, first, last in zip((rows, columns), start, stop, strict=True)
    )
    places = (across.repeat(rows), down.repeat_interleave(columns))  # (rows * columns,) each
    angles = torch.cat([_angles(place, width // 2) for place in places], dim=1)
    return angles.cos(), angles.sin()


def _angles(place: Tensor, width: int) -> Tensor:
    """(N, width): neighbours in pairs turn alike."""
    speeds = THETA ** (-torch.arange(0, width, 2).float() / width)
    return torch.outer(place.float(), speeds).repeat_interleave(2, dim=1)
