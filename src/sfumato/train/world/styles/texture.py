"""Textures from nothing but a row's random numbers: noise, paper, hatching, dots, cells and dabs of colour.

Lattices of random numbers come from an integer hash, so that a few draws of a scene are enough for any amount
of grain, and every device gets the same.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from sfumato.train.world.field import Field, edge, mix
from sfumato.train.world.styles.tools import blur, extent, plane, ramp

_MASK = 0x7FFFFFFF


def lattice(field: Field, k: int, cells: tuple[int, int], channels: int = 1) -> Tensor:
    """Random numbers in [0, 1), shape (B, channels, rows, columns), seeded by the k-th draw."""
    device = field.draws.device
    row = torch.arange(cells[0], device=device)[None, None, :, None] * 374761393
    column = torch.arange(cells[1], device=device)[None, None, None, :] * 668265263
    channel = torch.arange(channels, device=device)[None, :, None, None] * 1013904223
    seed = (field.draw(k) * 2**24).long() * 2654435
    mixed = (row + column + channel + seed) & _MASK
    for factor in (0x2C1B3C6D, 0x297A2D39, 0x1B56C4E9):
        mixed = ((mixed ^ (mixed >> 15)) * factor) & _MASK
    return ((mixed ^ (mixed >> 13)) & 0xFFFFFF).float() / 2**24


def counted(field: Field, n: float) -> tuple[int, int]:
    """Rows and columns of about square cells, n to the short side."""
    wide, tall = extent(field)
    return max(1, round(n * tall)), max(1, round(n * wide))


def noise(field: Field, k: int, n: float, channels: int = 1) -> Tensor:
    """A smooth random map (B, channels, H, W), mostly in [0, 1], with n bumps to the short side."""
    grid = lattice(field, k, counted(field, n), channels)
    if grid.shape[-1] >= field.size[1]:
        return interpolate(grid, size=field.size, mode="area")
    return interpolate(grid, size=field.size, mode="bicubic", align_corners=False)


def clouds(field: Field, k: int, n: float, octaves: int = 3) -> Tensor:
    """Noise of several sizes (B, 1, H, W), in about [0, 1]; takes as many draws as octaves."""
    total = torch.zeros(1, device=field.draws.device)
    for octave in range(octaves):
        total = total + (noise(field, k + octave, n * 2**octave) - 0.5) * 0.6**octave
    return total * 0.9 + 0.5


def paper(field: Field, k: int) -> Tensor:
    """The height of rough paper (B, 1, H, W), about -1 to 1."""
    return (noise(field, k, 150) - 0.5) * 1.3 + (noise(field, k + 1, 60) - 0.5) * 0.8


def hatch(field: Field, angle: float, n: float, wobble: Tensor) -> Tensor:
    """Parallel strokes, n to the short side: 0 in their middle, 1 halfway between two (B, 1, H, W)."""
    x, y = plane(field)
    across = x * math.cos(angle) + y * math.sin(angle)
    return 0.5 - 0.5 * torch.cos((across * n + wobble) * (2 * math.pi))


def dots(field: Field, angle: float, n: float) -> Tensor:
    """The distance from the nearest point of a turned lattice, in units of its spacing, (1, 1, H, W)."""
    x, y = plane(field)
    u = (x * math.cos(angle) + y * math.sin(angle)) * n
    v = (y * math.cos(angle) - x * math.sin(angle)) * n
    return ((u - u.round()) ** 2 + (v - v.round()) ** 2 + 1e-9).sqrt()


def vignette(field: Field, start: float = 0.35, end: float = 0.9) -> Tensor:
    """0 in the middle and 1 in the corners, (1, 1, H, W)."""
    wide, tall = extent(field)
    x, y = plane(field)
    far = (((x / wide - 0.5) ** 2 + (y / tall - 0.5) ** 2) * 2).sqrt()
    return ramp(far, start, end)


def frame(field: Field, width: float, ragged: Tensor | float = 0.0, soft: float = 0.008) -> Tensor:
    """1 in a border of this width and 0 inside it, (B, 1, H, W); `ragged` moves its edge."""
    wide, tall = extent(field)
    x, y = plane(field)
    inside = torch.minimum(torch.minimum(x, wide - x), torch.minimum(y, tall - y))
    return edge(inside - width - ragged, max(soft, field.texel))


def sparkles(field: Field, k: int, n: float, share: float) -> Tensor:
    """Stars of four points (B, 1, H, W) in [0, 1], in this share of n × n cells."""
    centre, inner = _around(field, k, n, 5)
    dx, dy = inner[0] - 0.3 - 0.4 * centre[:, :1], inner[1] - 0.3 - 0.4 * centre[:, 1:2]
    size = 0.08 + 0.2 * centre[:, 2:3]
    star = (1 - (dx.abs() / size).clamp(max=1)) * (1 - (dy.abs() / size).clamp(max=1))
    thin = (-((dx * dy).abs() / (0.02 * size) ** 1.0) * 2).exp()
    glow = (-(dx**2 + dy**2) / (0.1 * size + 0.004)).exp() * 0.8
    return ((star * thin) ** 0.8 + glow * star).clamp(0, 1) * edge(centre[:, 3:4] - share, 0.05)


def _around(field: Field, k: int, n: float, channels: int) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Random numbers of the cell each pixel lies in, and where in the cell it lies, 0 to 1."""
    rows, columns = cells = counted(field, n)
    v, u = _inner(field, cells)
    grid = lattice(field, k, cells, channels)
    own = grid[:, :, v.floor().long().clamp(0, rows - 1)][..., u.floor().long().clamp(0, columns - 1)]
    return own, ((u - u.floor())[None, None, None], (v - v.floor())[None, None, :, None])


def _inner(field: Field, cells: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Row and column of each line and column of pixels, in cells, as fractions: (H,) and (W,)."""
    wide, _ = extent(field)
    return field.y.flatten() * cells[0], field.x.flatten() * (cells[1] / wide)


def at_points(picture: Tensor, cells: tuple[int, int], jitter: Tensor) -> Tensor:
    """Colours (B, C, rows + 2, columns + 2) under the jittered centres of a lattice with one cell around it.

    `jitter` is (B, 2, rows + 2, columns + 2), across and down, in cells.
    """
    rows, columns = cells
    row = torch.arange(rows + 2, device=picture.device)[None, :, None] - 0.5
    column = torch.arange(columns + 2, device=picture.device)[None, None, :] - 0.5
    u = (column + jitter[:, 0]) * (2 / columns) - 1
    v = (row + jitter[:, 1]) * (2 / rows) - 1
    return grid_sample(picture, torch.stack([u, v], -1), padding_mode="border", align_corners=False)


def voronoi(field: Field, k: int, n: float, jitter: float, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Irregular cells, n to the short side, each of one colour.

    Returns: the distance to the cell's border and to its centre in cells, (B, 1, H, W), and its colour
    (B, C, H, W), softly changing on the border.
    """
    cells = counted(field, n)
    moved = (lattice(field, k, (cells[0] + 2, cells[1] + 2), 2) - 0.5) * jitter
    v, u = _inner(field, cells)
    first = second = torch.full((1, 1, 1, 1), 9.0, device=picture.device)
    own = other = torch.zeros(1, 1, 1, 1, dtype=torch.long, device=picture.device)
    for down in range(3):
        for across in range(3):
            row, column = v.floor().long() + down, u.floor().long() + across
            centre = moved[:, :, row][..., column]
            dx = (u.floor() - u)[None, None, None] + across - 0.5 + centre[:, :1]
            dy = (v.floor() - v)[None, None, :, None] + down - 0.5 + centre[:, 1:]
            far = (dx**2 + dy**2).sqrt()
            name = (row[:, None] * (cells[1] + 2) + column)[None, None]
            nearer = far < first
            other = torch.where(nearer, own, torch.where(far < second, name, other))
            second = torch.where(nearer, first, torch.minimum(far, second))
            own, first = torch.where(nearer, name, own), torch.minimum(first, far)
    border = (second - first) / 2
    share = 0.5 + 0.5 * (border / (n * field.texel)).clamp(0, 1)
    colours = at_points(picture, cells, moved)
    return border, first, mix(_named(colours, other), _named(colours, own), share)


def _named(values: Tensor, name: Tensor) -> Tensor:
    """Values (B, C, rows, columns) by the number of a cell (B, 1, H, W)."""
    rows, channels = values.shape[:2]
    places = name.expand(rows, -1, -1, -1).flatten(2).expand(-1, channels, -1)
    return values.flatten(2).gather(2, places).reshape(rows, channels, *name.shape[2:])


def dabs(field: Field, k: int, n: float, picture: Tensor, shape: tuple[float, float, Tensor]) -> Tensor:
    """The picture repainted in n × n strokes over itself: (B, 3 + 1, H, W), colours and relief.

    `shape` is half the length and half the width of a stroke in cells, at most 0.75, and its direction
    (B, 2, H, W) as the cosine and sine of an angle.
    """
    cells = counted(field, n)
    drawn = lattice(field, k, (cells[0] + 2, cells[1] + 2), 5)
    moved = (drawn[:, :2] - 0.5) * 0.5  # so no stroke reaches further than one cell from its cell's middle
    soft = at_points(torch.cat([blur(picture, 0.25 / n), shape[2]], 1), cells, moved)
    turn = (drawn[:, 4:5] - 0.5) * 1.1
    angle = torch.cat(
        [
            soft[:, 3:4] * turn.cos() - soft[:, 4:5] * turn.sin(),
            soft[:, 3:4] * turn.sin() + soft[:, 4:5] * turn.cos(),
        ],
        1,
    )
    tint = (drawn[:, 2:5] - 0.5) * 0.10 + (drawn[:, 2:3] - 0.5) * 0.12
    looked = torch.cat([moved, soft[:, :3] + tint, angle, drawn[:, 2:3]], 1)
    v, u = (place + 0.5 for place in _inner(field, cells))
    painted = torch.cat([picture, torch.zeros_like(picture[:, :1])], 1)
    for down in range(2):
        for across in range(2):
            dab = looked[:, :, v.floor().long() + down][..., u.floor().long() + across]
            dx = (u - u.floor())[None, None, None] - across - dab[:, :1]
            dy = (v - v.floor())[None, None, :, None] - down - dab[:, 1:2]
            along = (dx * dab[:, 5:6] + dy * dab[:, 6:7]) / shape[0]
            beside = (dy * dab[:, 5:6] - dx * dab[:, 6:7]) / shape[1]
            far = along**4 + beside**2
            bristle = 0.35 * torch.cos(beside * 9 + 20 * dab[:, 7:]) * (1 - far).clamp(0, 1)
            relief = (1 - far).clamp(0, 1) + bristle + dab[:, 7:]
            cover = edge(far - 0.8, max(0.35, 3 * n * field.texel))
            painted = mix(painted, torch.cat([dab[:, 2:5], relief], 1), cover)
    return painted
