"""Geometric patterns that tile: stripes, checks, hexagons, scales, chevrons and others."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from sfumato.train.world.field import Field, mix
from sfumato.train.world.patterns.palettes import of_cell, palette, pick, within
from sfumato.train.world.styles.texture import lattice
from sfumato.train.world.styles.tools import extent, plane

Colours = tuple[Tensor, ...]


class Plane(NamedTuple):
    """Coordinates in cells, of which a whole number fit the canvas, and a pixel's width in them."""

    u: Tensor
    v: Tensor
    soft: Tensor
    columns: Tensor  # (B, 1, 1, 1), as is the next
    rows: Tensor

    def own(self, row: Tensor, column: Tensor) -> tuple[Tensor, Tensor]:
        """Row and column numbers counted round, so that a cell cut by the border is one cell."""
        return row.remainder(self.rows), column.remainder(self.columns)


def paint_geometric(field: Field) -> Tensor:
    """One of eight geometric patterns in one harmony of colours, (B, 3, H, W) in [0, 1]; it tiles."""
    return by_kind(field, 0, _KINDS)


def by_kind(field: Field, k: int, kinds: tuple[Callable[[Field, Colours], Tensor], ...]) -> Tensor:
    """Each row painted by the kind that its k-th draw chooses, in the palette of the next draw."""
    canvas = torch.empty(len(field.draws), 3, *field.size, device=field.draws.device)
    chosen = (field.draws[:, k] * len(kinds)).long()
    for number, paint in enumerate(kinds):
        keep = chosen == number
        if keep.any():
            part = field.rows(keep)
            canvas[keep] = paint(part, palette(part, k + 1)).clamp(0, 1).expand(-1, -1, *field.size)
    return canvas


def _tiled(field: Field, low: float, high: float, stretch: float = 1.0) -> Plane:
    wide, tall = extent(field)
    x, y = plane(field)
    n = field.draw(4, low, high).floor()
    columns, rows = (n * wide).round().clamp(1) * 2, (n * tall / stretch).round().clamp(1) * 2
    return Plane(x * (columns / wide), y * (rows / tall), field.texel * columns / wide, columns, rows)


def _bands(phase: Tensor, colours: Colours, soft: Tensor, field: Field) -> Tensor:
    """Bands of four colours in every unit of the phase, wide and narrow ones."""
    ground, wide, thin, line = colours[4], colours[1], colours[2], colours[3]
    picture = ground
    shift = field.draw(6)
    for middle, half, colour in (
        (0.25, 0.20, wide),
        (0.25, 0.10, thin),
        (0.72, 0.11, line),
        (0.72, 0.035, wide),
    ):
        t = phase + shift - middle
        picture = mix(picture, colour, within((t - t.round()).abs() - half, 1.2 * soft))
    return picture


def _stripes(field: Field, colours: Colours) -> Tensor:
    u, v, soft, *_ = _tiled(field, 1, 4)
    lean = (field.draw(7) * 3).floor() - 1
    return _bands(u + lean * v, colours, soft * (1 + lean.abs()), field)


def _checks(field: Field, colours: Colours) -> Tensor:
    u, v, soft, *_ = _tiled(field, 2, 5)
    square = [within((t - t.round()).abs() - 0.25, soft) for t in (u, v)]
    line = [within((t - t.round() - 0.0).abs() - 0.03, soft) for t in (u + 0.5, v + 0.5)]
    picture = mix(mix(colours[4], colours[1], 0.5 * square[0]), colours[1], 0.5 * square[1])
    return mix(mix(picture, colours[2], 0.8 * line[0]), colours[2], 0.8 * line[1])


def _hexagons(field: Field, colours: Colours) -> Tensor:
    cells = u, v, soft, *_ = _tiled(field, 2, 5, math.sqrt(3))
    tall = math.sqrt(3)
    first = (u - u.round(), (v - v.round()) * tall)
    second = (u - 0.5 - (u - 0.5).round(), (v - 0.5 - (v - 0.5).round()) * tall)
    nearer = first[0] ** 2 + first[1] ** 2 < second[0] ** 2 + second[1] ** 2
    dx, dy = (torch.where(nearer, a, b).abs() for a, b in zip(first, second, strict=True))
    far = torch.maximum(dx, 0.5 * dx + 0.866 * dy)
    first_cell, second_cell = cells.own(v.round(), u.round()), cells.own((v - 0.5).round(), (u - 0.5).round())
    row = torch.where(nearer, first_cell[0], second_cell[0] + 8)
    column = torch.where(nearer, first_cell[1], second_cell[1] + 5)
    chance = of_cell(lattice(field, 8, (24, 24)), row, column)
    fill = pick((colours[1], colours[2], colours[3], colours[0]), chance * 4)
    inner = mix(
        fill,
        mix(fill, colours[4], torch.full_like(far, 0.45)),
        within((far - 0.30).abs() - 0.035, 1.5 * soft),
    )
    inner = mix(inner, colours[4], within(far - 0.12, 1.5 * soft) * 0.85)
    return mix(colours[4], inner, within(far - 0.455, 1.5 * soft))


def _scales(field: Field, colours: Colours) -> Tensor:
    u, v, soft, *_ = _tiled(field, 2, 5)
    picture = colours[0]
    for layer in range(4):
        row = (v * 2).floor() - 1 + layer
        across = u - 0.5 * row.remainder(2)
        dx, dy = across - across.round(), (v * 2 - row - 1.0) * 0.5
        far = (dx**2 + dy**2 + 1e-9).sqrt() / 0.53
        scale = colours[4]
        for outer, colour in ((0.93, 1), (0.72, 4), (0.62, 2), (0.42, 4), (0.33, 3)):
            scale = mix(scale, colours[colour], within(far - outer, 3 * soft))
        picture = mix(picture, scale, within(far - 1, 3 * soft))
    return picture


def _chevrons(field: Field, colours: Colours) -> Tensor:
    u, v, soft, *_ = _tiled(field, 1, 4)
    fold = (u - u.round()).abs()
    return _bands(v + fold * torch.where(field.draw(7) < 0.5, 1.0, 2.0), colours, 2 * soft, field)


def _waves(field: Field, colours: Colours) -> Tensor:
    u, v, soft, *_ = _tiled(field, 1, 4)
    swing = field.draw(7, 0.12, 0.32) * torch.sin(2 * math.pi * u)
    return _bands(v + swing, colours, 2 * soft, field)


def _quatrefoils(field: Field, colours: Colours) -> Tensor:
    u, v, soft, *_ = _tiled(field, 1, 3.5)
    dx, dy = (u - u.round()).abs(), (v - v.round()).abs()
    low, high = torch.minimum(dx, dy), torch.maximum(dx, dy)
    lobe = ((high - 0.22) ** 2 + low**2 + 1e-9).sqrt() - 0.22
    ex, ey = (u - 0.5 - (u - 0.5).round()).abs(), (v - 0.5 - (v - 0.5).round()).abs()
    star = torch.minimum(torch.maximum(ex, ey) - 0.13, (ex + ey) * 0.7071 - 0.13)
    picture = colours[0]
    for shape, grow, colour in (
        (lobe, 0.035, 3), (lobe, 0.0, 4), (lobe, -0.06, 1), (lobe, -0.10, 2), (lobe, -0.18, 4),
        (star, 0.035, 3), (star, 0.0, 1), (star, -0.06, 4),
    ):  # fmt: skip
        picture = mix(picture, colours[colour], within(shape - grow, 1.5 * soft))
    heart = (dx**2 + dy**2 + 1e-9).sqrt()
    return mix(picture, colours[3], within(heart - 0.06, 1.5 * soft))


def _triangles(field: Field, colours: Colours) -> Tensor:
    cells = u, v, soft, *_ = _tiled(field, 2, 4.5)
    row, column = v.floor(), u.floor()
    s, t = u - column, v - row
    flip = (row + column).remainder(2)
    s = mix(s, 1 - s, flip)
    upper = within(s - t, 1.5 * soft)
    row, column = cells.own(row, column)
    first = pick(colours, of_cell(lattice(field, 8, (24, 24)), row, column) * 5)
    second = pick(colours, of_cell(lattice(field, 9, (24, 24)), row, column) * 5)
    line = torch.minimum(torch.minimum(s, 1 - s), torch.minimum(t, 1 - t))
    seam = within(torch.minimum(line, (s - t).abs() * 0.7071) - 0.018, 1.5 * soft)
    return mix(mix(first, second, upper), colours[4], seam)


_KINDS = (_stripes, _checks, _hexagons, _scales, _chevrons, _quatrefoils, _waves, _triangles)
