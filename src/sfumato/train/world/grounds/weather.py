"""What falls or drifts between the viewer and the ground: rain, snow, fog, lightning."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import SKY, hashed, mix, noise_tile, rolling, sample, tall, wide
from sfumato.train.world.grounds.sky import FOG, RAIN, SNOW, STORM, Air


def bolt(field: Field, picture: Tensor, horizon: float) -> Tensor:
    """Lightning behind everything on the ground, in the rows with a storm."""
    keep = (field.weather == STORM).nonzero()[:, 0]
    if not len(keep):
        return picture
    return picture.index_copy(0, keep, _bolt(field.rows(keep), picture[keep], horizon))


def _bolt(field: Field, picture: Tensor, horizon: float) -> Tensor:
    """One crooked flash with two branches."""
    way = wide(field) * field.draw(384, 0.12, 0.88)
    light = torch.zeros_like(picture[:, :1])
    for branch in range(3):
        salt, top = 90 + 5 * branch, 0.0 if branch == 0 else 0.15 + 0.12 * branch
        down = (field.y - top).clamp(min=0)
        bend = (rolling(field, 90, field.y * 5, SKY, False) - 0.5) * 0.24 * (field.y > 0)
        bend = bend + (rolling(field, 91, field.y * 19, SKY, False) - 0.5) * 0.07
        lean = 0.0 if branch == 0 else (field.draw(385 + branch) - 0.5) * 1.6
        crook = (
            (rolling(field, salt, field.y * 23, SKY, False) - 0.5)
            * 0.12
            * (down * 4).clamp(0, 1)
            * (branch > 0)
        )
        far = (field.x - way - bend - lean * down - crook).abs()
        end = horizon if branch == 0 else top + 0.2 + 0.15 * field.draw(388 + branch)
        alive = edge(field.y - end, 0.06) * edge(top - field.y, 0.01)
        core = edge(far - (0.006 - 0.0015 * branch), 2.5 * field.texel)
        light = torch.maximum(light, (core + 0.45 * torch.exp(-far * 16) * edge(field.y - end, 0.3)) * alive)
    return mix(picture, rgb(0.90, 0.90, 1.0, like=picture), light.clamp(0, 1))


def fall(field: Field, air: Air, picture: Tensor, horizon: float) -> Tensor:
    """Fog by depth, rain and snow over a painted ground, each only in the rows that have it."""
    for weathers, paint in (((FOG,), _fog), ((RAIN, STORM), _rain), ((SNOW,), _snow)):
        keep = torch.isin(field.weather, torch.tensor(weathers, device=picture.device)).nonzero()[:, 0]
        if len(keep):
            own = paint(field.rows(keep), air.haze()[keep], picture[keep], horizon)
            picture = picture.index_copy(0, keep, own)
    return picture


def _fog(field: Field, haze: Tensor, picture: Tensor, horizon: float) -> Tensor:
    drift = sample(noise_tile(field, 80, SKY), field.x * 0.35 + field.draw(390), field.y * 1.1)
    depth = 0.62 * torch.exp(-(((field.y - horizon) * 2.6) ** 2))
    return mix(picture, haze, (depth + (drift - 0.5) * 0.7 * (0.4 + depth)).clamp(0.12, 0.85))


def _rain(field: Field, haze: Tensor, picture: Tensor, horizon: float) -> Tensor:
    """Two depths of slanting streaks."""
    slant = field.draw(391, -0.35, 0.35)
    light = torch.zeros_like(picture[:, :1])
    for layer, (density, long) in enumerate(((46.0, 0.10), (22.0, 0.18))):
        down = field.y * tall(field)
        across = (field.x + slant * down) * density
        column = torch.floor(across)
        fallen = down / long / 2.2 + 31 * hashed(field, 82 + layer, column, 0, SKY)
        drop = torch.floor(fallen)
        wet = (hashed(field, 85 + layer, column, drop, SKY) < 0.35 + 0.3 * field.richness).float()
        thin = edge((across - column - 0.5).abs() - 0.06, 2.2 * field.texel * density)
        part = fallen - drop
        light = light + thin * wet * (part * (1 - part) * 4 - 0.35).clamp(0, 1) * (0.35 + 0.15 * layer)
    return mix(picture, haze * 0.5 + 0.5, light.clamp(0, 0.75))


def _snow(field: Field, haze: Tensor, picture: Tensor, horizon: float) -> Tensor:
    """Three depths of flakes, the near ones large and soft."""
    white = torch.zeros_like(picture[:, :1])
    for layer, (density, radius) in enumerate(((30.0, 0.10), (15.0, 0.10), (6.5, 0.085))):
        u = (field.x + 0.12 * field.y + 0.013 * torch.sin(field.y * 25)) * density + field.draw(
            392 + layer
        ) * 9
        v = field.y * (tall(field) * density) - u * 0.31
        column, row = torch.floor(u), torch.floor(v)
        value = hashed(field, 88 + layer, column, row, SKY)
        size = radius * (0.7 + 0.8 * value)
        x = u - column - 0.5 - 0.5 * (value * 5 % 1 - 0.5)
        y = v - row - 0.5 - 0.5 * (value * 11 % 1 - 0.5)
        flake = edge((x * x + y * y).sqrt() - size, max(0.05, 2 * field.texel * density))
        white = torch.maximum(white, flake * (value < 0.35 + 0.45 * field.richness).float())
    return mix(picture, rgb(0.98, 0.99, 1.0, like=picture), white * 0.88)
