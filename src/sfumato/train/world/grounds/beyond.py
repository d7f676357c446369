"""Where no weather of ours is: space, the moon, under water, caves; and the sky above the clouds."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    disc,
    hashed,
    inside,
    mix,
    noise_tile,
    plane,
    rolling,
    row_of,
    sample,
    skyline,
    tall,
    wide,
)
from sfumato.train.world.grounds.plants import Row
from sfumato.train.world.grounds.sky import Air, cloud_colours


def underwater(field: Field) -> Tensor:
    """Rays from the surface, a school of fish, corals and weed on the sand."""
    deep = among(field, 0, ((0.02, 0.16, 0.36), (0.02, 0.24, 0.36), (0.05, 0.12, 0.34)))
    light = among(field, 1, ((0.34, 0.80, 0.88), (0.46, 0.86, 0.80), (0.36, 0.70, 0.94)))
    picture = mix(light, deep, (field.y * 1.25).clamp(0, 1) ** 0.8)
    across = (field.x - wide(field) * field.draw(2)) / (0.45 + field.y * tall(field)) + 10
    beam = (rolling(field, 20, across * 8) * rolling(field, 21, across * 19) * 2.6 - 0.5).clamp(0, 1)
    picture = mix(picture, light * 0.7 + 0.3, beam * (0.8 - field.y).clamp(0, 1) * 0.75)
    tile = noise_tile(field, 30)
    waves = sample(tile, field.x / (field.y + 0.06) * 0.12, 0.10 / (field.y + 0.06))
    picture = mix(
        picture,
        rgb(0.92, 1.0, 1.0, like=picture),
        ((waves - 0.52) * 5).clamp(0, 0.8) * edge(field.y - 0.09, 0.14),
    )
    for layer, base in enumerate((0.72, 0.80)):
        reef = skyline(field, 40 + 6 * layer, base, 0.08, 2.2, False)
        picture = mix(picture, mix(deep, light, 0.28 - 0.13 * layer), below(field, reef))
    picture = _fishes(field, picture, mix(deep, light, 0.75))
    u, v, near = plane(field, 0.80)
    net = (sample(tile, u * 0.28, v * 0.32) - 0.5).abs()
    sand = mix(
        mix(deep, light, 0.35), rgb(0.86, 0.80, 0.62, like=deep) * (0.6 + 0.4 * light), 0.25 + 0.55 * near
    )
    picture = mix(
        picture,
        (sand * (0.86 + 0.4 * torch.exp(-net * 22))).clamp(0, 1),
        below(field, skyline(field, 60, 0.83, 0.02)),
    )
    for layer, (base, size) in enumerate(((0.86, 0.13), (0.94, 0.20), (1.03, 0.30))):
        picture = _reef(
            field,
            picture,
            row_of(field, 80 + 30 * layer, base, size, 0.4),
            mix(deep, light, 0.4),
            0.5 - 0.22 * layer,
        )
    return _bubbles(field, picture).clamp(0, 1)


def _reef(field: Field, picture: Tensor, row: Row, sea: Tensor, far: float) -> Tensor:
    """In each cell a fan of coral, a round coral, or weed."""
    kind, hue = row.value(1), row.value(2)
    tone = torch.cat(
        [0.55 + 0.42 * torch.cos(6.28 * (hue * 0.62 - 0.08 + shift)) for shift in (0.0, 0.36, 0.70)], 1
    )
    turn = torch.atan2(row.u, row.v.clamp(min=-0.2) + 0.05)
    away = disc(row.u, row.v + 0.05, 0.0)
    branch = 0.55 + 0.30 * row.value(3) + 0.08 * torch.sin(turn * 14)
    twig = (
        (torch.sin(turn * (15 + 6 * torch.floor(away * 4)) + 6 * hue)).abs()
        - 0.25
        - 0.5 * (0.3 - away).clamp(min=0) * 3
    )
    fan = row.inside(away - branch) * edge(-twig, 0.25) * row.inside(turn.abs() - 0.95)
    dome = row.inside(
        disc(row.u, row.v * 1.2, 0.36) + 0.015 * torch.sin(row.u * 50) * torch.sin(row.v * 50), 2
    )
    weed = row.inside(
        (row.u - 0.10 * torch.sin(row.v * 6 + 6 * hue)).abs() - 0.07 * (1.2 - row.v).clamp(0, 1)
    ) * row.inside(row.v - 1.2)
    weed = torch.maximum(
        weed,
        row.inside(
            (row.u - 0.2 - 0.08 * torch.sin(row.v * 7 + 9 * hue)).abs() - 0.06 * (0.8 - row.v).clamp(0, 1)
        )
        * row.inside(row.v - 0.8),
    )
    for shape, low, high in ((fan, 0.0, 0.42), (dome, 0.42, 0.66), (weed, 0.66, 0.96)):
        own = tone if high < 0.7 else rgb(0.16, 0.50, 0.30, like=tone)
        shade = (0.55 + 0.75 * row.v).clamp(0.3, 1.1)
        chosen = ((kind >= low) & (kind < high)).float()
        picture = mix(
            picture, mix((own * shade).clamp(0, 1), sea, far), shape * row.inside(-row.v - 0.02) * chosen
        )
    return picture


def _fishes(field: Field, picture: Tensor, tone: Tensor) -> Tensor:
    """Small silver fish in a loose school, more in rich pictures."""
    u, v = field.x * 11 + 9 * field.draw(4), field.y * 15 * tall(field)
    column, row = torch.floor(u), torch.floor(v)
    value = hashed(field, 140, column, row)
    x, y = (u - column - 0.5) - 0.2 * (value - 0.5), (v - row - 0.5) + 0.3 * (value * 7 % 1 - 0.5)
    x = x * torch.sign(field.draw(5) - 0.5)
    body = (x / 0.26) ** 2 + (y / 0.12) ** 2 - 1
    tail = torch.maximum((x - 0.29).abs() - 0.07, y.abs() - 0.55 * (x - 0.20))
    far = torch.minimum(body * 0.1, tail)
    middle = disc(
        (field.x - wide(field) * field.draw(6)) / 0.5, (field.y - field.draw(7, 0.25, 0.6)) / 0.2, 0.0
    )
    some = (value < 0.75 * (0.4 + 0.6 * field.richness)).float() * edge(middle - 0.8, 0.2)
    return mix(picture, tone * (0.8 - 1.2 * y), edge(far, 0.05 + 12 * field.texel) * some * 0.85)


def _bubbles(field: Field, picture: Tensor) -> Tensor:
    u, v = field.x * 9, field.y * 9 * tall(field)
    column, row = torch.floor(u), torch.floor(v)
    value = hashed(field, 150, column, row)
    away = disc(u - column - 0.3 - 0.4 * value, v - row - 0.5, 0.0)
    ring = edge((away - 0.06 - 0.08 * value).abs() - 0.012, 0.02 + 9 * field.texel) + 0.25 * edge(
        away - 0.06 - 0.08 * value, 0.03
    )
    return mix(
        picture,
        rgb(0.86, 0.98, 1.0, like=picture),
        ring.clamp(0, 1) * 0.7 * (value < 0.08 + 0.12 * field.richness).float(),
    )


def cave(field: Field) -> Tensor:
    """Rock all round a bright way out, stalactites, a pool or glowing crystals on the floor."""
    rock = among(field, 0, ((0.34, 0.28, 0.30), (0.26, 0.30, 0.36), (0.40, 0.31, 0.24)))
    light = among(field, 1, ((1.00, 0.88, 0.62), (0.70, 0.90, 1.00), (0.66, 1.00, 0.86), (1.00, 0.74, 0.52)))
    tile = noise_tile(field, 20)
    x = field.x - wide(field) * field.draw(2, 0.40, 0.60)
    y = (field.y - 0.46) * tall(field)
    turn = torch.atan2(y + 1e-4, x + 1e-4)
    away = disc(x, y * 0.85, 0.0)
    picture = mix(light, rgb(1.0, 1.0, 0.97, like=light), 0.5 * torch.exp(-away * 5)).expand(
        -1, -1, *field.size
    )
    for layer in range(4):
        jag = sample(tile, torch.cos(turn) * 0.16 + 0.3 + 0.2 * layer, torch.sin(turn) * 0.16 + 0.5) - 0.5
        mouth = 0.15 + 0.115 * layer + 0.30 * jag * (0.5 + 0.25 * layer)
        rough = sample(tile, field.x * (1.3 - 0.2 * layer) + 0.3 * layer, field.y * 1.2) - 0.5
        glow = torch.exp(-(away - mouth).clamp(min=0) * (7.0 - layer)) * (0.80 - 0.16 * layer)
        tone = mix(
            (rock * (0.62 - 0.10 * layer) * (1 + 1.5 * rough)).clamp(0, 1),
            light,
            glow * (0.65 + 0.7 * rough).clamp(0, 1),
        )
        picture = mix(picture, tone, inside(field, mouth - away, 3))
    picture = _dripstones(field, picture, rock, light)
    return _cave_floor(field, picture, rock, light, tile, x)


def _dripstones(field: Field, picture: Tensor, rock: Tensor, light: Tensor) -> Tensor:
    for layer, (size, far) in enumerate(((0.08, 0.35), (0.15, 0.12))):
        row = row_of(field, 60 + 10 * layer, 0.0, size, 0.5)
        long = (0.8 + 1.9 * row.value(1)) * (0.7 + 0.5 * layer)
        down = -row.v
        half = 0.34 * (1 - down / long).clamp(min=0) ** 1.4
        body = row.inside(row.u.abs() - half) * row.inside(down - long)
        tone = mix(
            rock * (0.42 - 0.16 * layer), light, far * (0.5 + row.u / half.clamp(min=0.05) * 0.4).clamp(0, 1)
        )
        picture = mix(picture, tone, body)
    return picture


def _cave_floor(
    field: Field, picture: Tensor, rock: Tensor, light: Tensor, tile: Tensor, x: Tensor
) -> Tensor:
    u, v, near = plane(field, 0.66)
    line = skyline(field, 90, 0.70, 0.03, 3.0)
    rough = sample(tile, u * 0.2, v * 0.3) - 0.5
    shine = torch.exp(-((x / (0.10 + 0.40 * near)) ** 2)) * (0.75 - 0.4 * near)
    ground = mix((rock * (0.50 + 0.9 * rough)).clamp(0, 1), light, (shine * (0.5 + 0.9 * rough)).clamp(0, 1))
    picture = mix(picture, ground, below(field, line))
    crystal = among(field, 5, ((0.36, 0.86, 1.0), (0.80, 0.46, 1.0), (0.42, 1.0, 0.72), (1.0, 0.56, 0.76)))
    shown = (field.draw(6) < 0.3 + 0.4 * field.richness).float() * edge(
        0.14 - (field.x / wide(field) - 0.5).abs(), 0.02
    )
    for layer, (base, size) in enumerate(((0.76, 0.12), (0.95, 0.22))):
        row = row_of(field, 110 + 20 * layer, base, size, 0.4)
        glow = torch.exp(-disc(row.u, row.v - 0.3, 0.0) * 4) * 0.5
        picture = mix(picture, crystal, glow * shown)
        for part in range(3):
            lean = (part - 1) * 0.4 + 0.3 * (row.value(4 + part) - 0.5)
            high = 0.45 + 0.4 * row.value(1 + part)
            along = row.u - lean * row.v
            body = row.inside(along.abs() - 0.12 * ((high - row.v) / 0.2).clamp(0, 1)) * row.inside(-row.v)
            body = body * row.inside(row.v - high)
            tone = crystal * (0.45 + 0.6 * row.v.clamp(0, 1)) * (1.15 - 0.4 * edge(-along, 0.03))
            picture = mix(picture, tone.clamp(0, 1), body * shown)
    return picture.clamp(0, 1)


def above_clouds(field: Field, air: Air, sky: Tensor) -> Tensor:
    """A sea of cloud below, towers of cloud that step back into the light."""
    bright, dark = cloud_colours(air)
    bright = mix(bright, air.light.clamp(max=1), 0.35 * (1 - air.night))
    picture = sky
    for layer in range(6):
        near = layer / 5
        base = 0.60 + 0.34 * near**1.2
        rise = rolling(field, 20 + 5 * layer, field.x * (2.4 - 0.9 * near) + 9 * field.draw(layer))
        for octave in range(3):
            step = (5.5 - 2.2 * near) * 2.0**octave
            rise = (
                rise
                + ((torch.sin(field.x * step + 40 * field.draw(10 + layer) + 1.5 * rise)).abs() - 0.6)
                * 0.5
                * 0.5**octave
            )
        line = base - (rise - 0.4) * (0.10 + 0.10 * near) / tall(field)
        depth = (field.y - line) * tall(field)
        puff = (
            sample(
                noise_tile(field, 60, puffy=True),
                field.x * (0.9 - 0.4 * near) + 0.2 * layer,
                field.y * (1.5 - 0.6 * near),
            )
            - 0.5
        )
        light = torch.exp(-(depth + 0.12 * puff).clamp(min=0) * (9 - 4 * near))
        tone = mix(mix(dark, bright, 0.35), bright, (light + 0.5 * puff).clamp(0, 1))
        picture = mix(picture, mix(tone, air.low, 0.6 * (1 - near) ** 1.5), below(field, line, 4))
    return picture
