"""Space and the moon, where no weather of ours is."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    between,
    disc,
    edge,
    hashed,
    mix,
    noise_tile,
    plane,
    rolling,
    sample,
    skyline,
    tall,
    wide,
)
from sfumato.train.world.grounds.sky import stars

_NEBULAE = (
    ((0.50, 0.16, 0.62), (0.12, 0.36, 0.82), (1.00, 0.56, 0.66)),
    ((0.08, 0.46, 0.56), (0.34, 0.18, 0.66), (0.62, 0.96, 0.90)),
    ((0.74, 0.24, 0.22), (0.36, 0.14, 0.46), (1.00, 0.78, 0.46)),
    ((0.16, 0.24, 0.70), (0.62, 0.20, 0.56), (0.80, 0.80, 1.00)),
)


def space(field: Field) -> Tensor:
    """Stars, folded clouds of gas, and a planet or two on most rows."""
    first, second, bright = (among(field, 0, tuple(row[part] for row in _NEBULAE)) for part in range(3))
    tile, x, y = noise_tile(field, 20), field.x, field.y * tall(field)
    bend = 0.30 * (sample(tile, x * 0.5 + 0.2, y * 0.5) - 0.5)
    gas = sample(tile, x * 0.45 + bend + field.draw(1), y * 0.45 - bend + field.draw(2))
    fine = sample(noise_tile(field, 30), x * 0.9 + 2 * bend, y * 0.9 + bend)
    band = torch.exp(
        -(
            (((x - wide(field) * field.draw(3)) * field.draw(4, -1, 1) + (y - field.draw(5, 0.2, 0.8))) * 2.2)
            ** 2
        )
    )
    strength = (0.35 + 0.65 * field.richness) * (0.3 + 0.9 * band)
    picture = rgb(0.015, 0.015, 0.05, like=gas).expand(len(field.draws), -1, *field.size)
    picture = mix(picture, second, ((fine - 0.3) * 1.5).clamp(0, 1) * strength * 0.7)
    picture = mix(picture, first, ((gas - 0.40) * 2.6).clamp(0, 1) * strength * 0.9)
    core = ((gas - 0.55) * 3).clamp(0, 1) * ((fine - 0.35) * 2).clamp(0, 1) * strength
    picture = mix(picture, bright, core * 0.85)
    dust = ((0.42 - sample(noise_tile(field, 30), x * 0.6 - bend, y * 0.7)) * 4).clamp(0, 0.75)
    picture = mix(picture, rgb(0.02, 0.01, 0.04, like=picture), dust * band)
    dots = stars(field, 40, 40) * 1.3 + stars(field, 18, 44, 0.3) * 1.4 + _sparks(field)
    picture = mix(picture, rgb(0.96, 0.97, 1.0, like=picture), dots.clamp(0, 1))
    picture = _planet(field, picture, 50, field.draw(51, 0.10, 0.24), (field.draw(50) < 0.7).float())
    return _planet(
        field, picture, 60, field.draw(61, 0.03, 0.06), (field.draw(60) < 0.5 * field.richness + 0.2).float()
    ).clamp(0, 1)


def _sparks(field: Field) -> Tensor:
    """A few large stars with four rays."""
    u, v = field.x * 3.2, field.y * 3.2 * tall(field)
    column, row = torch.floor(u), torch.floor(v)
    value, other = hashed(field, 46, column, row), hashed(field, 47, column, row)
    dx, dy = (u - column - 0.5 - 0.5 * (value - 0.5)).abs(), (v - row - 0.5 - 0.5 * (other - 0.5)).abs()
    soft = max(0.006, field.texel * 2.2)
    rays = (
        torch.exp(-dx / 0.05 - dy / soft)
        + torch.exp(-dy / 0.05 - dx / soft)
        + 0.8 * torch.exp(-(dx * dx + dy * dy) / 0.0006)
    )
    return rays * (value < 0.55).float() * (0.4 + 0.6 * other)


def _planet(field: Field, picture: Tensor, k: int, radius: Tensor, shown: Tensor) -> Tensor:
    """A lit ball with bands or spots, and a ring on some."""
    side = torch.sign(field.draw(k + 2) - 0.5)
    cx = wide(field) * (0.5 + side * field.draw(k + 3, 0.20, 0.42))
    cy = tall(field) * field.draw(k + 4, 0.14, 0.42)
    x, y = (field.x - cx) / radius, (field.y * tall(field) - cy) / radius
    away = (x * x + y * y).clamp(0, 4)
    z = (1 - away).clamp(min=1e-4).sqrt()
    tile = noise_tile(field, k)
    bands = sample(tile, x * 0.06 + 0.5, (y + 0.25 * x) * 0.55 + 0.5 + 0.03 * sample(tile, x * 0.5, y * 0.5))
    spots = sample(tile, x / (1 + z) * 0.8 + 0.5, y / (1 + z) * 0.8 + 0.5)
    pattern = ((torch.where(field.draw(k + 5) < 0.5, bands, spots) - 0.3) * 2.4).clamp(0, 1)
    one = among(
        field,
        k + 6,
        ((0.86, 0.58, 0.36), (0.28, 0.48, 0.80), (0.70, 0.36, 0.30), (0.62, 0.78, 0.80), (0.80, 0.74, 0.56)),
    )
    two = among(
        field, k + 7, ((0.98, 0.88, 0.70), (0.86, 0.94, 0.98), (0.42, 0.24, 0.36), (0.34, 0.60, 0.46))
    )
    light = (0.12 + 1.15 * (-0.55 * x - 0.45 * y + 0.7 * z)).clamp(0.04, 1.1)
    ball = edge(away.sqrt() - 1, 2 * field.texel / radius) * shown
    halo = torch.exp(-((away.sqrt() - 1).clamp(min=0) * 9)) * 0.35 * shown * (0.5 - 0.5 * (x + y)).clamp(0, 1)
    picture = mix(picture, two, halo)
    turn = (x + 0.3 * y) ** 2 + ((y - 0.3 * x) * 3.6) ** 2
    ring = (
        edge(((turn + 1e-6).sqrt() - 1.75).abs() - 0.32, 0.1)
        * (0.65 + 0.35 * torch.sin(turn.sqrt() * 22))
        * shown
    )
    ring = ring * (field.draw(k + 8) < 0.4).float()
    before = edge(-(y - 0.3 * x), 0.02)
    picture = mix(picture, mix(one, two, 0.6), ring * (1 - before) * 0.8)
    picture = mix(picture, (mix(one, two, pattern) * light).clamp(0, 1), ball)
    return mix(picture, mix(one, two, 0.6), ring * before * 0.85)


def moon_surface(field: Field) -> Tensor:
    """Grey dust with craters under black sky, the earth above."""
    tile = noise_tile(field, 20)
    dots = (stars(field, 36, 40) * 1.3 + stars(field, 12, 44, 0.3)).clamp(0, 1)
    picture = mix(rgb(0.01, 0.01, 0.025, like=dots), rgb(1.0, 1.0, 1.0, like=dots), dots)
    picture = _earth(field, picture)
    dust = between(field, 0, (0.70, 0.70, 0.72), (0.74, 0.70, 0.64))
    for layer, (base, height) in enumerate(((0.55, 0.07), (0.60, 0.03))):
        line = skyline(field, 60 + 8 * layer, base, height, 1.5)
        depth = (field.y - line) * tall(field)
        face = rolling(field, 80 + layer, field.x * 4 + depth * 3)
        picture = mix(picture, dust * (0.42 + 0.25 * layer) * (0.6 + 0.7 * face), below(field, line))
    u, v, near = plane(field, 0.57)
    rough = sample(tile, u * 0.18 + 0.5, v * 0.22) - 0.5 + 0.7 * (sample(tile, u * 0.9, v * 1.1) - 0.5) * near
    ground = dust * (0.72 + 0.30 * near + 0.45 * rough)
    for layer, (cells, salt) in enumerate(((1.1, 100), (0.45, 110))):
        ground = _craters(field, ground, u * cells + 20, v * cells * 0.9 + 20 * field.draw(3 + layer), salt)
    return mix(picture, ground.clamp(0, 1), below(field, skyline(field, 90, 0.625, 0.012))).clamp(0, 1)


def _craters(field: Field, ground: Tensor, u: Tensor, v: Tensor, salt: int) -> Tensor:
    """Bowls with a lit and a shaded wall and a bright rim."""
    column, row = torch.floor(u), torch.floor(v)
    size = 0.16 + 0.20 * hashed(field, salt, column, row)
    x = u - column - 0.5 - 0.2 * (hashed(field, salt + 1, column, row) - 0.5)
    y = v - row - 0.5 - 0.2 * (hashed(field, salt + 2, column, row) - 0.5)
    away = disc(x, y, 0.0) / size
    some = (hashed(field, salt + 3, column, row) < 0.55).float()
    bowl = edge(away - 0.9, 0.16) * some
    wall = (0.62 + 0.42 * x / size - 0.15 * y / size).clamp(0.25, 1.05)
    rim = torch.exp(-(((away - 1.02) / 0.13) ** 2)) * some * (0.5 - 0.6 * x / size).clamp(0, 1)
    return mix(ground, ground * wall, bowl) * (1 + 0.35 * rim)


def _earth(field: Field, picture: Tensor) -> Tensor:
    radius = field.draw(5, 0.06, 0.13)
    x = (field.x - wide(field) * field.draw(6, 0.18, 0.82)) / radius
    y = (field.y - field.draw(7, 0.16, 0.36)) * tall(field) / radius
    away = (x * x + y * y).sqrt()
    z = (1 - away * away).clamp(min=1e-4).sqrt()
    tile = noise_tile(field, 30)
    land = ((sample(tile, x / (1 + z) * 0.35 + 0.5, y / (1 + z) * 0.35 + 0.5) - 0.52) * 12).clamp(0, 1)
    cloud = ((sample(tile, x / (1 + z) * 0.9 + 0.1, y / (1 + z) * 1.3 + 0.3) - 0.55) * 6).clamp(0, 0.9)
    ball = mix(rgb(0.10, 0.34, 0.74, like=picture), rgb(0.36, 0.56, 0.28, like=picture), land)
    ball = mix(ball, rgb(1.0, 1.0, 1.0, like=picture), cloud)
    light = (0.15 + 1.2 * (-0.6 * x - 0.3 * y + 0.6 * z)).clamp(0.03, 1.1)
    halo = torch.exp(-((away - 1).clamp(min=0) * 8)) * 0.5 * (0.5 - 0.5 * x).clamp(0, 1)
    picture = mix(picture, rgb(0.42, 0.70, 1.0, like=picture), halo)
    return mix(picture, (ball * light).clamp(0, 1), edge(away - 1, 2 * field.texel / radius))
