"""Skylines with lit windows and streets in perspective. Painted over the sky and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, rgb
from sfumato.train.world.grounds.brush import (
    Row,
    among,
    below,
    box,
    disc,
    edge,
    hashed,
    inside,
    mix,
    noise_tile,
    row_of,
    sample,
    tall,
    wide,
)
from sfumato.train.world.grounds.land import turf
from sfumato.train.world.grounds.plants import crowns
from sfumato.train.world.grounds.sky import Air
from sfumato.train.world.grounds.town import ROOFS, WARM
from sfumato.train.world.grounds.water import SEAS, water


def panes(field: Field, u: Tensor, v: Tensor, salt: int, texel: float) -> tuple[Tensor, Tensor]:
    """Windows, one in each whole cell of u, v: (where glass is, how brightly each is lit)."""
    column, row = torch.floor(u), torch.floor(v)
    glass = edge(box(u - column - 0.5, v - row - 0.5, (0.28, 0.30)), max(0.05, 1.5 * texel))
    lit = hashed(field, salt, column, row)
    share = 0.35 + 0.5 * field.richness
    return glass, ((share - lit) * 8).clamp(0, 1) * (0.65 + 0.35 * (lit * 13 % 1))


def towers(
    field: Field, air: Air, picture: Tensor, row: Row, shape: tuple[float, float], wall: Tensor, far: float
) -> Tensor:
    """A row of high buildings: least and greatest height in cells, spires on some, windows on all."""
    high = shape[0] + (shape[1] - shape[0]) * row.value(1) ** 1.6
    half = 0.30 + 0.17 * row.value(2)
    step = (row.value(3) < 0.5).float() * 0.12
    width = half - step * edge(0.78 * high - row.v, 0.02)
    body = row.inside(row.u.abs() - width) * row.inside(row.v - high)
    mast = row.inside(row.u.abs() - 0.018) * row.inside(row.v - high - 0.5) * (row.value(4) < 0.4).float()
    slope = (
        row.inside(row.v - high - 0.35 * (1 - row.u.abs() / half))
        * row.inside(row.u.abs() - width)
        * (row.value(5) < 0.25).float()
    )
    body = torch.maximum(torch.maximum(body, slope), mast)
    side = 0.78 + 0.34 * edge(row.u - 0.14, 0.01)
    own = wall * (0.72 + 0.5 * row.value(6)) * side * (0.9 + 0.25 * (row.v / high).clamp(0, 1))
    tone = air.lit(own.clamp(0, 1), far)
    picture = mix(picture, tone, body)
    count = 5 + torch.floor(4 * row.value(7))
    glass, glow = panes(field, row.u * count + 40 + 50 * row.cell, row.v * 6, row.salt + 60, row.texel * 7)
    day = mix(tone, mix(air.middle, air.low, 0.4), 0.5)
    shine = mix(day, tone * 0.55, air.lamps) + (rgb(*WARM, like=tone) - tone * 0.55) * glow * air.lamps
    blur = min(1.0, 0.14 / (row.texel * 1.2 * 6))
    return mix(
        picture,
        shine.clamp(0, 1),
        glass * body * (1 - mast) * (1 - 0.45 * far) * (0.55 + 0.45 * blur) * row.inside(row.v - high + 0.1),
    )


def city(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Three depths of towers; in front of them water, or a park."""
    cool, tile = (
        among(field, 0, ((0.42, 0.48, 0.60), (0.52, 0.46, 0.52), (0.40, 0.50, 0.54), (0.58, 0.50, 0.44))),
        noise_tile(field, 20),
    )
    glow = torch.exp(-(((field.y - 0.60) * 5) ** 2)) * air.night * 0.5
    picture = mix(sky, rgb(0.95, 0.62, 0.45, like=sky), glow)
    for layer, (size, low, high) in enumerate(((0.055, 2.6, 7.2), (0.085, 1.4, 5.0), (0.13, 0.6, 2.9))):
        row = row_of(field, 30 + 70 * layer, 0.64, size, 0.3)
        picture = towers(
            field,
            air,
            picture,
            row,
            (low, high),
            cool * (1.02 - 0.14 * layer),
            0.62 - 0.26 * layer,
        )
    wet = water(field, air, picture, 0.64, among(field, 5, SEAS) * 0.6, 0.35)
    park = mix(
        picture,
        turf(field, air, tile, 0.63, rgb(0.24, 0.46, 0.22, like=sky), rgb(0.30, 0.5, 0.26, like=sky)),
        below(field, 0.64),
    )
    park = crowns(
        field, air, park, row_of(field, 250, 0.665, 0.07, 0.5), rgb(0.20, 0.42, 0.20, like=sky), 0.2
    )
    picture = mix(park, wet, (field.draw(6) < 0.65).float())
    quay = below(field, 0.638) * (1 - below(field, 0.648))
    return mix(picture, air.lit((0.30, 0.31, 0.34), 0.2), quay)


def street(field: Field, air: Air, sky: Tensor) -> Tensor:
    """House fronts on both sides in one-point perspective, a road with crosswalk, lamps along it."""
    horizon, middle = 0.52, wide(field) * 0.5
    x, y = (field.x - middle) / (wide(field) / 2), (field.y - horizon) * tall(field)
    picture = towers(
        field,
        air,
        sky,
        row_of(field, 30, horizon + 0.01, 0.07),
        (0.8, 3.2),
        rgb(0.5, 0.5, 0.58, like=sky),
        0.6,
    )
    reach = x.abs().clamp(min=0.06)
    depth = 1 / reach
    salt = 110
    block = torch.floor(depth * 1.25 + torch.where(x < 0, 40.0, 80.0))
    storey = -y / reach / max(wide(field) / 2, 0.5)
    high = 1.0 + 1.5 * hashed(field, salt, block)
    wall = _fronts(field, block)
    front = edge(storey - high, 3 * field.texel * 2) * edge(0.085 - x.abs(), 2 * field.texel)
    far = (0.85 * (depth - 1) / 9).clamp(0, 1)
    part = depth * 1.25 % 1
    dim = 0.82 + 0.18 * edge(x, 0.01)
    ground_floor = edge(storey - 0.22, 0.01)
    tone = air.lit((wall * dim * (1 - 0.3 * edge((part - 0.5).abs() * -1 + 0.47, 0.03))).clamp(0, 1), far)
    glass, glow = panes(field, part * 4 + 8 * block, storey * 5.5 + 20, salt + 20, field.texel * 6)
    pane = mix(mix(tone * 0.5, air.middle, 0.25), rgb(*WARM, like=sky), (glow * air.lamps).clamp(0, 1))
    tone = mix(tone, pane, glass * 0.92 * (1 - ground_floor))
    shop = mix(among(field, 3, ROOFS) * air.light, rgb(1.0, 0.86, 0.56, like=sky), 0.25 + 0.65 * air.lamps)
    awning = edge((storey - 0.20).abs() - 0.035, 0.015)
    tone = mix(
        tone, shop.clamp(0, 1), ground_floor * edge((part - 0.5).abs() - 0.38, 0.05) * edge(0.0 - storey, 0.3)
    )
    stripes = edge(torch.sin(part * 50), 0.4)
    cloth = mix(_fronts(field, block + 31) * 0.9, rgb(0.95, 0.93, 0.9, like=sky), stripes)
    tone = mix(tone, air.lit(cloth.clamp(0, 1), far * 0.5), awning * edge((part - 0.5).abs() - 0.42, 0.05))
    picture = mix(picture, tone, front * edge(y - 0.0 - 0.30 * reach, 0.004))
    return _roadway(field, air, picture, x, y)


def _fronts(field: Field, block: Tensor) -> Tensor:
    """A house colour for each block."""
    tint = hashed(field, 140, block)
    base = torch.cat([hashed(field, 141 + part, block) for part in range(3)], 1)
    return (0.55 + 0.32 * tint) * (0.72 + 0.36 * base) * rgb(1.08, 0.98, 0.90, like=tint)


def _roadway(field: Field, air: Air, picture: Tensor, x: Tensor, y: Tensor) -> Tensor:
    down = y.clamp(min=0.004)
    u, v = x / down, 1 / down
    soft = 3 * field.texel * v
    ground = below(field, 0.52)
    near = ((field.y - 0.52) / 0.48).clamp(0, 1)
    wetness = (
        0.30
        + 0.35 * torch.isin(field.weather, torch.tensor((2, 5), device=x.device)).float()[:, None, None, None]
    )
    image = mirrored_lights(field, picture)
    road = mix(air.lit((0.26, 0.27, 0.30), 0.5 * (1 - near) ** 3), image, wetness * 0.55)
    walk = air.lit((0.62, 0.60, 0.57), 0.5 * (1 - near) ** 3)
    picture = mix(picture, walk, ground * edge(u.abs() - 3.4, soft))
    picture = mix(picture, road, ground * edge(u.abs() - 1.75, soft))
    dash = edge(u.abs() - 0.03, soft) * edge(((v * 1.1) % 1 - 0.5).abs() - 0.27, 0.1)
    zebra = (
        edge(torch.sin(u * 9.5), 0.5) * edge((field.y - 0.80).abs() - 0.045, 0.01) * edge(u.abs() - 1.6, soft)
    )
    paint = torch.maximum(
        dash * edge(0.13 - (field.y - 0.80).abs() + 0.05, 0.02), zebra * (field.draw(4) < 0.6).float()
    )
    picture = mix(picture, air.lit((0.93, 0.92, 0.88), 0.2), ground * paint * 0.85 * near.sqrt())
    return _lamps(field, air, picture)


def mirrored_lights(field: Field, picture: Tensor) -> Tensor:
    """What stands above the road, upside down and drawn out, as on wet stone."""
    v = (0.52 - (field.y - 0.52) * 0.8).clamp(0.01, 0.51)
    return sample(
        picture, field.x / wide(field) + 0.004 * torch.sin(field.y * 160), v + 0 * field.x, "border"
    )


def _lamps(field: Field, air: Air, picture: Tensor) -> Tensor:
    """Street lamps on both sides, four depths."""
    middle = wide(field) / 2
    for step, near in enumerate((0.07, 0.13, 0.24, 0.46)):
        for side in (-1, 1):
            foot = 0.52 + near / tall(field) * 0.9
            x = field.x - middle - side * near * 2.1 * middle
            up = (foot - field.y) * tall(field) / near
            pole = inside(field, x.abs() - 0.025 * near) * edge(up - 1.5, 0.02) * edge(-up, 0.02)
            head = inside(field, disc(x, (up - 1.55) * near, 0.075 * near))
            picture = mix(picture, air.lit((0.16, 0.17, 0.20), 0.4 - 0.1 * step), pole)
            picture = mix(
                picture, air.lamp((1.0, 0.92, 0.66), air.lit((0.80, 0.80, 0.76), 0.3 - 0.1 * step)), head
            )
            glow = torch.exp(-disc(x, (up - 1.55) * near, 0.0) / (0.20 * near)) * 0.75 * air.lamps
            picture = mix(picture, rgb(1.0, 0.80, 0.45, like=picture), glow)
    return picture
