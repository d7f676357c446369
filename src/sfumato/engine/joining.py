"""Joining: what was painted around a given picture takes over its colours at the border.

A network that sees what is known only as numbers to be kept goes on in forms, but seldom in the same tone. So
the difference at the border is spread over what is new and fades away from there: a membrane, as in cloning
(Pérez et al. 2003, Farbman et al. 2009), found on coarse grids.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from sfumato.engine.placing import Box, continued

CELLS = 32  # of the shorter side: differences are seen in cells of this size, forms within them stay
SEAM = 4.0  # pixels in which what is known, mirrored, passes into what was painted: networks draw lines there


def joined(picture: Tensor, known: Tensor, box: Box, reach: float) -> Tensor:
    """A painted picture (3, H, W) that goes over into the known one, which lies in the box, at its border.

    known  (3, H, W), of which what is not in the box does not matter
    reach  how far from the box anything changes, in pixels
    """
    away = distance(box, picture.shape[-2], picture.shape[-1])
    anew, cell = (away > 0).float(), max(1, min(picture.shape[-2:]) // CELLS)
    border = ((away > 0) & (away <= cell)).float()
    if not border.any() or anew.all():
        return picture
    reach = max(reach, 1.0)
    mirrored, fade = _mirrored(known, box), (1 - away / reach).clamp(min=0).square() * anew
    toned = picture + fade * _spread((mirrored - picture) * border, border, cell)
    seam = (1 - away / min(SEAM, reach)).clamp(min=0) * anew
    return toned.lerp(mirrored, seam)


def distance(box: Box, height: int, width: int) -> Tensor:
    """How far every pixel lies from the box, (1, H, W) in pixels; 0 within."""
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None, :]
    down = (box.top - rows).clamp(min=0) + (rows - (box.top + box.height - 1)).clamp(min=0)
    across = (box.left - columns).clamp(min=0) + (columns - (box.left + box.width - 1)).clamp(min=0)
    return torch.hypot(down.float(), across.float())[None]


def _mirrored(known: Tensor, box: Box) -> Tensor:
    """What lies as deep in the box as a place lies beside it, (3, H, W)."""
    rows = _folded(known.shape[-2], box.top, box.top + box.height - 1)
    columns = _folded(known.shape[-1], box.left, box.left + box.width - 1)
    return known[:, rows][:, :, columns]


def _folded(length: int, first: int, last: int) -> Tensor:
    """For each place of an axis the one that it is mirrored to, between these two and on the axis."""
    first, last = max(first, 0), min(last, length - 1)
    places = torch.arange(length)
    places = torch.where(places < first, 2 * first - 1 - places, places)
    return torch.where(places > last, 2 * last + 1 - places, places).clamp(first, last)


def _spread(off: Tensor, border: Tensor, cell: int) -> Tensor:
    """What is off at the border (3, H, W), in the mean of cells, and smoothly on from there."""
    size = off.shape[-2:]
    grid = (-(-size[0] // cell), -(-size[1] // cell))
    weight = adaptive_avg_pool2d(border[None], grid)[0]
    mean = adaptive_avg_pool2d(off[None], grid)[0] / weight.clamp(min=1e-6)
    return interpolate(continued(mean, (weight == 0).float())[None], size=size, mode="bilinear")[0]
