"""Backgrounds: a sky for the time of day, then one of ten grounds below it; plain and abstract planes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb, ridge, smooth_noise

# Per time of day: the sky at the top, the sky at the horizon, and the light on everything below.
_TOP = ((0.22, 0.52, 0.92), (0.30, 0.16, 0.46), (0.02, 0.03, 0.12), (0.70, 0.73, 0.76), (0.50, 0.56, 0.86))
_LOW = ((0.78, 0.91, 1.00), (1.00, 0.56, 0.24), (0.11, 0.14, 0.34), (0.84, 0.85, 0.86), (1.00, 0.80, 0.74))
_LIGHT = ((1.0, 1.0, 1.0), (0.95, 0.66, 0.52), (0.30, 0.36, 0.58), (0.90, 0.92, 0.94), (1.0, 0.88, 0.86))
_NIGHT, _FOG = 2, 3


def paint_sky(field: Field) -> Tensor:
    """Sky (B, 3, H, W) with sun or moon, clouds by day and stars by night."""
    top, low = _by_time(_TOP, field), _by_time(_LOW, field)
    sky = mix(top, low, (field.y / 0.65).clamp(0, 1) ** 1.2) + field.draw(0, -0.04, 0.04)
    sky = sky.expand(-1, -1, *field.size)
    night = _is(field, _NIGHT)
    sky = mix(sky, torch.ones_like(sky), _stars(field) * night)
    sky = mix(sky, rgb(1.0, 0.95, 0.8, like=sky).expand_as(sky), _disc(field) * (1 - _is(field, _FOG)))
    clouds = smooth_noise(field.table(32, 36), (12, 3), field.size)
    cover = ((clouds - 0.58) * 3).clamp(0, 0.8) * (field.y < 0.6) * (1 - night)
    return mix(sky, rgb(1, 1, 1, like=sky) * 0.5 + low * 0.5, cover)


def _by_time(table: tuple[tuple[float, ...], ...], field: Field) -> Tensor:
    return torch.tensor(table, device=field.time.device)[field.time][:, :, None, None]


def _is(field: Field, time: int) -> Tensor:
    return (field.time == time).float()[:, None, None, None]


def _disc(field: Field) -> Tensor:
    """The sun or the moon, on about half of the pictures."""
    shown = (field.draw(1) < 0.5).float()
    across = field.x[..., -1:] * field.draw(2, 0.12, 0.88)
    tall = field.size[0] / min(field.size)
    far = ((field.x - across) ** 2 + ((field.y - field.draw(3, 0.12, 0.5)) * tall) ** 2).sqrt()
    return edge(far - field.draw(4, 0.06, 0.11), 2 * field.texel) * shown


def _stars(field: Field) -> Tensor:
    """Soft dots on a jittered lattice of 12 × 12 cells a short side."""
    cell_x, cell_y = field.x * 12, field.y * 12 * field.size[0] / min(field.size)
    pick = ((cell_x.floor() * 37 + cell_y.floor() * 101) % 331).long().expand(-1, -1, *field.size)
    draws = field.table(64, 331)
    value = draws.gather(1, pick.reshape(1, -1).expand(len(draws), -1)).reshape(-1, 1, *field.size)
    far = ((cell_x % 1 - 0.3 - 0.4 * value) ** 2 + (cell_y % 1 - 0.7 + 0.4 * value) ** 2).sqrt()
    return edge(far - 0.12, 24 * field.texel) * (value > 0.6) * (value * 1.2 - 0.4).clamp(0, 1)


def _lit(colour: Tensor, field: Field) -> Tensor:
    return colour * _by_time(_LIGHT, field)


def _below(field: Field, line: Tensor, softness: float = 2.0) -> Tensor:
    return edge(line - field.y, softness * field.texel)


def _slope(field: Field, bright: tuple[float, ...], dark: tuple[float, ...], start: float) -> Tensor:
    """A ground colour that goes from the horizon's to the viewer's."""
    near = ((field.y - start) / (1 - start)).clamp(0, 1)
    like = field.draws
    return _lit(mix(rgb(*bright, like=like), rgb(*dark, like=like), near), field)


def _snow(field: Field, sky: Tensor) -> Tensor:
    far = mix(
        sky, _lit(rgb(0.78, 0.86, 0.95, like=sky), field), _below(field, ridge(field, 8, 0.58, 0.10, 0.5))
    )
    ground = _slope(field, (0.88, 0.93, 1.0), (1.0, 1.0, 1.0), 0.6)
    picture = mix(far, ground, _below(field, ridge(field, 16, 0.66, 0.06, 0.0)))
    flakes = _stars(field) * (field.draw(24) < 0.5)
    return mix(picture, torch.ones_like(picture), flakes)


def _meadow(field: Field, sky: Tensor) -> Tensor:
    far = mix(
        sky,
        _slope(field, (0.42, 0.66, 0.36), (0.3, 0.6, 0.3), 0.5),
        _below(field, ridge(field, 8, 0.6, 0.08, 0.0)),
    )
    ground = _slope(field, (0.45, 0.76, 0.28), (0.22, 0.56, 0.16), 0.62)
    return mix(far, ground, _below(field, ridge(field, 16, 0.68, 0.05, 0.0)))


def _desert(field: Field, sky: Tensor) -> Tensor:
    far = mix(
        sky,
        _slope(field, (0.88, 0.68, 0.42), (0.8, 0.6, 0.36), 0.5),
        _below(field, ridge(field, 8, 0.6, 0.12, 0.0)),
    )
    ground = _slope(field, (0.98, 0.84, 0.56), (0.90, 0.68, 0.36), 0.62)
    return mix(far, ground, _below(field, ridge(field, 16, 0.70, 0.08, 0.0)))


def _sea(field: Field, sky: Tensor) -> Tensor:
    water = _slope(field, (0.25, 0.58, 0.80), (0.04, 0.26, 0.52), 0.58)
    depth = (field.y - 0.58).clamp(0.01, 1)
    wave = torch.sin(
        field.x * 14 / (0.3 + depth) + field.draw(9) * 6 + torch.sin(60 * depth) * 2
    ) * torch.sin(70 * depth**0.6)
    water = water + 0.08 * wave * _by_time(_LIGHT, field)
    glow = _by_time(_LOW, field) * 0.35 * (1 - (field.y - 0.58) / 0.3).clamp(0, 1)
    return mix(sky, (water + glow).clamp(0, 1), _below(field, 0.58 + 0 * field.x))


def _mountains(field: Field, sky: Tensor) -> Tensor:
    line = ridge(field, 8, 0.38, 0.34, 0.9)
    rock = _slope(field, (0.46, 0.50, 0.60), (0.30, 0.34, 0.42), 0.3)
    shade = smooth_noise(field.table(80, 96), (8, 12), field.size)
    picture = mix(sky, rock * (0.75 + 0.5 * shade), _below(field, line))
    cap = _below(field, line) * edge(field.y - line - 0.09 - 0.06 * shade, 3 * field.texel)
    picture = mix(picture, _lit(rgb(0.96, 0.98, 1.0, like=sky), field), cap)
    ground = _slope(field, (0.30, 0.52, 0.30), (0.20, 0.42, 0.20), 0.7)
    return mix(picture, ground, _below(field, ridge(field, 16, 0.76, 0.05, 0.0)))


def _forest(field: Field, sky: Tensor) -> Tensor:
    picture = mix(
        sky, _slope(field, (0.40, 0.60, 0.50), (0.3, 0.5, 0.4), 0.3), 0.35 * _below(field, 0.3 + 0 * field.x)
    )
    for layer, (base, density, green) in enumerate(((0.62, 9.0, 0.52), (0.74, 6.5, 0.40), (0.88, 4.5, 0.28))):
        across = field.x * density + field.draw(10 + layer) * 9
        pick = (across.floor().long() % 23).flatten(1)
        tall = field.table(100 + 23 * layer, 23).gather(1, pick)[:, None, None]
        cone = base - (0.30 + 0.14 * tall) * (1 - 2 * (across % 1 - 0.5).abs())
        leaf = _lit(rgb(0.06 + 0.3 * (green - 0.28), green, 0.22, like=sky) * (0.85 + 0.3 * tall), field)
        picture = mix(picture, leaf, _below(field, cone))
    return picture


def _city(field: Field, sky: Tensor) -> Tensor:
    picture = sky
    for layer, (low, tall, grey) in enumerate(((0.55, 0.36, 0.62), (0.72, 0.40, 0.40))):
        picture = _towers(field, picture, 120 * layer, (low, tall, grey))
    return mix(picture, _lit(rgb(0.22, 0.24, 0.28, like=sky), field), _below(field, 0.93 + 0 * field.x))


def _towers(field: Field, sky: Tensor, k: int, shape: tuple[float, float, float]) -> Tensor:
    """A row of buildings with windows: base line, height and grey in `shape`."""
    low, tall, grey = shape
    across = field.x * (7.0 - k / 80) + field.draw(k + 8) * 5
    pick = (across.floor().long() % 29).flatten(1)
    height = field.table(k + 130, 29).gather(1, pick)[:, None, None]
    tint = field.table(k + 160, 29).gather(1, pick)[:, None, None]
    roof = low - tall * height
    wall = _lit(torch.cat([grey + 0.14 * tint, grey + 0 * tint, grey + 0.16 * (1 - tint)], 1), field)
    inside = edge((across % 1 - 0.5).abs() - 0.44, 14 * field.texel) * _below(field, roof)
    picture = mix(sky, wall, inside)
    column, row = across * 4, field.y * 26
    lamp = torch.sin(column.floor() * 12.9898 + row.floor() * 78.233 + height * 43.0) * 437.5
    window = ((column % 1 - 0.5).abs() < 0.28) * ((row % 1 - 0.5).abs() < 0.28) * (field.y > roof + 0.03)
    dark = (1 - _by_time(_LIGHT, field)[:, 2:3]).clamp(0.25, 0.9)
    glow = mix(
        _lit(rgb(0.65, 0.8, 0.95, like=sky), field), rgb(1.0, 0.85, 0.45, like=sky), (dark > 0.35).float()
    )
    return mix(picture, glow, inside * window * ((lamp % 1) < 0.6) * 0.9)


def _street(field: Field, sky: Tensor) -> Tensor:
    picture = _towers(field, sky, 0, (0.45, 0.42, 0.45))
    middle = field.x[..., -1:] / 2
    down = ((field.y - 0.52) / 0.48).clamp(0, 1)
    picture = mix(picture, _lit(rgb(0.52, 0.52, 0.54, like=sky), field), _below(field, 0.52 + 0 * field.x))
    side = (field.x - middle).abs()
    road = edge(side - (0.05 + 0.5 * down), 2 * field.texel) * _below(field, 0.52 + 0 * field.x)
    picture = mix(picture, _lit(rgb(0.24, 0.24, 0.27, like=sky), field), road)
    dash = edge(side - (0.004 + 0.03 * down), 2 * field.texel) * ((9 * down**0.5) % 1 < 0.55) * (down > 0)
    return mix(picture, _lit(rgb(0.98, 0.92, 0.55, like=sky), field), dash)


def _space(field: Field, sky: Tensor) -> Tensor:
    deep = rgb(0.02, 0.02, 0.08, like=sky).expand_as(sky)
    cloud = smooth_noise(field.table(40, 24), (4, 6), field.size)
    tone = torch.cat([field.draw(5, 0.2, 0.7), field.draw(6, 0.05, 0.3), field.draw(7, 0.4, 0.9)], 1)
    picture = mix(deep, tone * torch.ones_like(deep), ((cloud - 0.5) * 1.4).clamp(0, 0.6))
    return mix(picture, torch.ones_like(picture), _stars(field))


def _hills(field: Field, sky: Tensor) -> Tensor:
    picture = sky
    layers = (
        (0.52, (0.55, 0.72, 0.62)),
        (0.63, (0.42, 0.68, 0.40)),
        (0.76, (0.30, 0.58, 0.24)),
        (0.9, (0.2, 0.46, 0.16)),
    )
    for layer, (base, green) in enumerate(layers):
        hill = _lit(rgb(*green, like=sky), field)
        picture = mix(picture, hill, _below(field, ridge(field, 8 + 9 * layer, base, 0.11, 0.0)))
    return picture


PAINTERS: tuple[Callable[[Field, Tensor], Tensor], ...] = (
    _snow, _meadow, _desert, _sea, _mountains, _forest, _city, _street, _space, _hills,
)  # fmt: skip


def paint_plain(field: Field) -> Tensor:
    """One colour, a little lighter at the top left."""
    light = 0.06 - 0.10 * field.y - 0.03 * field.x + field.draw(0, -0.03, 0.03)
    return (field.colour + light).clamp(0, 1)


def paint_abstract(field: Field) -> Tensor:
    """Overlapping discs, bars and boxes of random colours."""
    picture = paint_plain(field)
    wide, tall = field.x[..., -1:], field.size[0] / min(field.size)
    for shape in range(9):
        k = 8 + 12 * shape
        turn, cx, cy = field.draw(k, 0, 3.14), field.draw(k + 1) * wide, field.draw(k + 2) * tall
        dx, dy = field.x - cx, field.y * tall - cy
        along, beside = dx * turn.cos() + dy * turn.sin(), dy * turn.cos() - dx * turn.sin()
        disc = (along**2 + beside**2).sqrt() - field.draw(k + 3, 0.08, 0.3)
        box = torch.maximum(
            along.abs() - field.draw(k + 3, 0.08, 0.3), beside.abs() - field.draw(k + 4, 0.03, 0.25)
        )
        colour = torch.cat([field.draw(k + 5), field.draw(k + 6), field.draw(k + 7)], 1)
        picture = mix(
            picture, colour, 0.9 * edge(torch.where(field.draw(k + 8) < 0.5, disc, box), 2 * field.texel)
        )
    return picture
