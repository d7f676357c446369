"""One thing again and again, on lattices that fit the canvas, so that the picture tiles without a seam."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.patterns.palettes import of_cell
from sfumato.train.world.styles.texture import lattice
from sfumato.train.world.styles.tools import extent, luma, plane, ramp

Cells = tuple[Tensor, Tensor]  # columns and rows of a row's lattice, (B, 1, 1, 1), even numbers


def paint_pattern(field: Field, sprites: Tensor) -> Tensor:
    """The thing of each row repeated over its plain colour, (B, 3, H, W) in [0, 1].

    The lattice is straight, a brick wall's or half-dropped; the things stand upright, lean to and fro, or are
    strewn about turned and in several sizes; between them lie dots, small copies, stars, or flowering vines.
    Left meets right and top meets bottom. `sprites` are (B, 4, S, S), premultiplied RGBA.
    """
    cells = _cells(field)
    ground = _cloth(field, cells)
    laid = mix(ground, _vines(field, ground, cells), edge(field.draw(20) - 0.28, 0.01))
    laid = _motifs(field, laid, cells)
    small = (0.34 * edge((field.draw(20) - 0.70).abs() - 0.16, 0.01)).clamp(0)
    laid = _stamped(laid, _copies(field, sprites, cells, 0.5, small))
    return _stamped(laid, _copies(field, sprites, cells, 0.0, field.draw(8, 0.70, 0.92))).clamp(0, 1)


def _stamped(below: Tensor, above: Tensor) -> Tensor:
    return below * (1 - above[:, 3:]) + above[:, :3]


def _cells(field: Field) -> Cells:
    wide, tall = extent(field)
    n = 1 + edge(0.22 - field.draw(9), 1e-4) + edge(0.72 - field.draw(9), 1e-4)
    return (n * wide).round().clamp(1) * 2, (n * tall).round().clamp(1) * 2


def _place(field: Field, cells: Cells, offset: float) -> tuple[Tensor, Tensor]:
    """Each pixel in cells, every second row (or column) half a cell on where the row's lattice says so."""
    wide, tall = extent(field)
    x, y = plane(field)
    u, v = x * (cells[0] / wide) + offset, y * (cells[1] / tall) + offset
    kind = field.draw(10)
    brick, drop = edge((kind - 0.45).abs() - 0.20, 1e-4), edge(0.65 - kind, 1e-4)
    moved_u = u + 0.5 * brick * (v.floor().remainder(2))
    return moved_u, v + 0.5 * drop * (u.floor().remainder(2))


def _copies(field: Field, sprites: Tensor, cells: Cells, offset: float, fill: Tensor) -> Tensor:
    """The sprite in the middle of every cell, `fill` of it wide, (B, 4, H, W) premultiplied."""
    wide, tall = extent(field)
    u, v = _place(field, cells, offset)
    column, row = u.floor().remainder(cells[0]), v.floor().remainder(cells[1])
    drawn = [of_cell(lattice(field, k, (16, 16)), row, column) for k in (11, 12, 13, 14)]
    strewn = edge(field.draw(15) - 0.45, 1e-4)
    parity = 1 - 2 * (row + column).remainder(2)
    lean = field.draw(16, 0.0, 0.5) * edge(field.draw(17) - 0.5, 1e-4)
    turn = mix(lean * parity, (drawn[0] - 0.5) * 2.4, strewn)
    across, down = turn.cos(), turn.sin()
    room = across.abs() + down.abs()
    size = fill * (1.05 - 0.28 * strewn * drawn[3]) / (1 + (room - 1) * 0.75)
    free = (1 - size * room).clamp(0) * 0.5 * strewn
    cell_wide, cell_tall = wide / cells[0], tall / cells[1]
    scale = size * torch.minimum(cell_wide, cell_tall)
    dx = (u - u.floor() - 0.5 - (drawn[1] - 0.5) * free) * cell_wide
    dy = (v - v.floor() - 0.5 - (drawn[2] - 0.5) * free) * cell_tall
    flip = 1 - 2 * edge(field.draw(18) - 0.4, 1e-4) * (1 - parity) / 2
    s, t = (dx * across + dy * down) * flip, dy * across - dx * down
    grid = torch.cat([s, t], 1) / scale.clamp(1e-3) * 2
    return grid_sample(_shrunk(sprites, field), grid.permute(0, 2, 3, 1), align_corners=False)


def _shrunk(sprites: Tensor, field: Field) -> Tensor:
    """Sprites at about the size they are stamped at, so that they do not alias."""
    wanted = max(24, round(min(field.size) * 0.36))
    if wanted >= sprites.shape[-1]:
        return sprites
    return interpolate(sprites, size=(wanted, wanted), mode="area")


def _cloth(field: Field, cells: Cells) -> Tensor:
    """The plain colour, or with faint stripes, checks or a lattice of the same colour."""
    wide, tall = extent(field)
    x, y = plane(field)
    u, v = x * (2 * cells[0] / wide), y * (2 * cells[1] / tall)
    kind, tone = field.draw(5), luma(field.colour)
    bands = ramp(torch.cos(2 * math.pi * u), -0.15, 0.15)
    check = (bands + ramp(torch.cos(2 * math.pi * v), -0.15, 0.15)) / 2
    net = ramp(
        torch.sin(math.pi * (u + v) / 2).abs().minimum(torch.sin(math.pi * (u - v) / 2).abs()), 0.14, 0.05
    )
    shade = torch.where(
        kind < 0.2, bands, torch.where(kind < 0.4, check, torch.where(kind < 0.6, net, 0 * net))
    )
    towards = mix(torch.ones_like(tone), torch.zeros_like(tone), edge(0.5 - tone, 0.2))
    return mix(field.colour.expand(-1, -1, *field.size), towards, shade * 0.10)


def _vines(field: Field, ground: Tensor, cells: Cells) -> Tensor:
    """Winding stems between the columns, with leaves on both sides and small flowers."""
    wide, tall = extent(field)
    x, y = plane(field)
    waves = cells[1]
    phase = y * (2 * math.pi * waves / tall / 2)
    unit = wide / cells[0]
    u = x / unit + 0.20 * torch.sin(phase)
    beside = (u - u.round()) * unit
    stem = edge(beside.abs() - 0.004, max(0.004, field.texel))
    along = y * (waves * 4 / tall)
    step = along - along.floor() - 0.5
    hand = 1 - 2 * along.floor().remainder(2)
    leaf_x, leaf_y = (
        beside / unit * hand - 0.15,
        step * (tall / waves / 4) / unit + 0.15 * (beside / unit * hand - 0.15),
    )
    turned = (leaf_x * 0.85 - leaf_y * 0.5, leaf_y * 0.85 + leaf_x * 0.5)
    leaf = edge((turned[0] / 0.14) ** 2 + (turned[1].abs() / 0.055) ** 1.5 - 1, 0.25 + 6 * field.texel)
    pale = edge(luma(ground) - 0.5, 0.2)
    green = mix(rgb(0.17, 0.42, 0.24, like=ground), rgb(0.70, 0.87, 0.58, like=ground), pale)
    vein = 1 - 0.25 * edge(turned[1].abs() - 0.008, 0.02)
    return mix(mix(ground, green * 0.8, stem), green * vein, leaf)


def _motifs(field: Field, ground: Tensor, cells: Cells) -> Tensor:
    """Small flowers, dots or stars where four things meet."""
    wide, tall = extent(field)
    u, v = _place(field, cells, 0.5)
    unit = torch.minimum(wide / cells[0], tall / cells[1])
    dx = (u - u.floor() - 0.5) * (wide / cells[0]) / unit
    dy = (v - v.floor() - 0.5) * (tall / cells[1]) / unit
    far, angle = (dx**2 + dy**2 + 1e-9).sqrt(), torch.atan2(dy, dx + 1e-6)
    petals = torch.where(field.draw(21) < 0.5, 5.0, 6.0)
    kind = field.draw(22)
    flower = far - 0.115 * (0.72 + 0.28 * torch.cos(petals * angle))
    star = far - 0.05 - 0.10 * ((torch.cos(4 * angle) + 1) / 2) ** 3
    shape = torch.where(kind < 0.45, flower, torch.where(kind < 0.72, star, far - 0.06))
    soft = 0.03 + 4 * field.texel
    shown = edge(field.draw(20) - 0.54, 1e-4) * edge(field.draw(23) - 0.85, 1e-4)
    tone = edge(luma(field.colour) - 0.55, 0.2)
    warm = mix(rgb(0.92, 0.42, 0.46, like=ground), rgb(1.0, 0.93, 0.80, like=ground), tone)
    inked = mix(ground, warm, edge(shape, soft) * shown)
    heart = rgb(0.98, 0.80, 0.30, like=ground)
    return mix(inked, heart, edge(far - 0.035, soft) * shown * edge(kind - 0.45, 1e-4))
