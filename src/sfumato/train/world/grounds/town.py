"""Where people live outdoors: skylines, streets, villages, harbour, market, ruins. Painted over the sky."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, rgb
from sfumato.train.world.grounds.brush import (
    RGB,
    Row,
    among,
    banded,
    below,
    between,
    box,
    disc,
    edge,
    hashed,
    inside,
    mix,
    noise_tile,
    plane,
    row_of,
    sample,
    skyline,
    tall,
    wide,
)
from sfumato.train.world.grounds.land import GREENS, hill, range_of, turf
from sfumato.train.world.grounds.plants import crowns, meadow_rows
from sfumato.train.world.grounds.sky import Air
from sfumato.train.world.grounds.water import SEAS, water

WARM: RGB = (1.0, 0.80, 0.42)
ROOFS = ((0.72, 0.32, 0.22), (0.50, 0.28, 0.24), (0.36, 0.42, 0.52), (0.78, 0.48, 0.28))
WALLS = ((0.94, 0.89, 0.80), (0.90, 0.80, 0.66), (0.86, 0.84, 0.84), (0.92, 0.76, 0.66))


@banded
def houses(field: Field, air: Air, picture: Tensor, row: Row, far: float) -> Tensor:
    """Gabled cottages with door, windows and a smoking or plain chimney."""
    device = row.u.device
    pick = (row.value(1) * 4).long()[:, 0].clamp(max=3)
    wall = torch.tensor(WALLS, device=device)[pick].movedim(-1, 1)
    roof = torch.tensor(ROOFS, device=device)[(row.value(2) * 4).long()[:, 0].clamp(max=3)].movedim(-1, 1)
    high, half = 0.36 + 0.28 * row.value(3), 0.30 + 0.08 * row.value(4)
    body = row.inside(row.u.abs() - half) * row.inside(row.v - high) * row.inside(-row.v - 0.25)
    shade = 0.86 + 0.2 * edge(row.u, 0.02)
    picture = mix(picture, air.lit((wall * shade).clamp(0, 1), far), body)
    chimney = (
        row.inside((row.u - 0.16).abs() - 0.045) * row.inside(row.v - high - 0.34) * row.inside(high - row.v)
    )
    picture = mix(picture, air.lit((0.50, 0.32, 0.26), far), chimney)
    slope = row.inside(row.v - high - 0.36 * (1 - row.u.abs() / (half + 0.06))) * row.inside(
        high - 0.03 - row.v
    )
    tiles = 0.88 + 0.16 * edge(torch.sin((row.v - high) * 75), 0.6)
    picture = mix(picture, air.lit((roof * tiles * shade).clamp(0, 1), far), slope)
    door = row.inside(box(row.u, row.v - 0.09, (0.055, 0.11)))
    picture = mix(picture, air.lit((0.36, 0.22, 0.16), far), door)
    for x in (-0.17, 0.17):
        frame = box(row.u - x, row.v - 0.62 * high, (0.06, 0.065))
        glass = air.lamp(WARM, air.lit((0.40, 0.52, 0.62), far))
        bars = row.inside(torch.minimum((row.u - x).abs(), (row.v - 0.62 * high).abs()) - 0.008)
        picture = mix(picture, air.lit((0.96, 0.94, 0.90), far), row.inside(frame - 0.015))
        picture = mix(picture, mix(glass, air.lit((0.9, 0.88, 0.84), far), bars), row.inside(frame))
    return picture


def village(field: Field, air: Air, sky: Tensor) -> Tensor:
    green = among(field, 0, GREENS)
    picture = range_of(field, air, sky, 2, (0.44, 0.12, 1.3), rgb(0.40, 0.46, 0.58, like=sky), 0.75)
    picture = hill(field, air, picture, 20, (0.50, 0.05), green * 0.8, 0.55)
    for layer, size in enumerate((0.09, 0.15, 0.25)):
        middle = 0.555 + 0.06 * layer
        base = skyline(field, 30 + 5 * layer, middle, 0.008, 1.5)
        picture = crowns(
            field,
            air,
            picture,
            row_of(field, 50 + 15 * layer, base - 0.005, size * 0.8, 0.6, middle),
            green * 0.66,
            0.42 - 0.14 * layer,
        )
        picture = houses(
            field, air, picture, row_of(field, 100 + 15 * layer, base, size, 0.2, middle), 0.40 - 0.16 * layer
        )
        picture = mix(
            picture, air.lit(green * (0.92 + 0.06 * layer), 0.4 - 0.14 * layer), below(field, base - 0.003)
        )
    picture = mix(
        picture,
        turf(field, air, noise_tile(field, 160), 0.60, green, green * 1.05, 0.35),
        below(field, 0.705),
    )
    u, v, near = plane(field, 0.64)
    lane = (
        (field.x - wide(field) / 2 - 0.18 * torch.sin(near * 4 + 6 * field.draw(5)) * (1 - near)).abs()
        - 0.04
        - 0.22 * near
    )
    cobble = 0.9 + 0.18 * sample(noise_tile(field, 170), u * 0.8, v * 0.9)
    stone = air.lit((between(field, 6, (0.72, 0.64, 0.52), (0.66, 0.63, 0.60)) * cobble).clamp(0, 1), 0.1)
    picture = mix(picture, stone, inside(field, lane, 4) * below(field, 0.70))
    return mix(picture, meadow_rows(field, air, picture, 180, green * 0.85, 0.72), edge(0.06 - lane, 0.03))


def harbor(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Gabled houses on a quay, boats with masts on the water, a jetty in front."""
    picture = hill(field, air, sky, 2, (0.46, 0.07), among(field, 0, GREENS) * 0.75, 0.6)
    for layer, size in enumerate((0.09, 0.13)):
        picture = houses(
            field,
            air,
            picture,
            row_of(field, 30 + 20 * layer, 0.53 + 0.025 * layer, size, 0.05),
            0.45 - 0.2 * layer,
        )
    quay = below(field, 0.55) * (1 - below(field, 0.572))
    picture = mix(picture, air.lit((0.50, 0.46, 0.42), 0.25), quay)
    hulls = _boats(field, air, picture, 80, 0.592, 0.16, 0.25)
    picture = water(field, air, hulls, 0.585, among(field, 1, SEAS), 0.35)
    picture = _boats(field, air, picture, 120, 0.68, 0.30, 0.08)
    return _jetty(field, air, picture)


def _boats(
    field: Field, air: Air, picture: Tensor, salt: int, line: float, size: float, far: float
) -> Tensor:
    row = row_of(field, salt, line, size, 0.3)
    shown = (row.value(1) < 0.5 + 0.35 * field.richness).float()
    half = 0.34 * (0.75 + 0.6 * row.v.clamp(-0.2, 0.4))
    hull = (
        row.inside(row.u.abs() - half)
        * row.inside(row.v - 0.13 - 0.25 * row.u**2)
        * row.inside(-row.v - 0.03)
    )
    paint = torch.cat([0.35 + 0.6 * row.value(2 + part) for part in range(3)], 1)
    mast = row.inside(row.u.abs() - 0.012) * row.inside(row.v - 0.9) * row.inside(-row.v)
    sail = (
        row.inside(-row.u + 0.03)
        * row.inside(row.u - 0.32 * (1 - (row.v - 0.2) / 0.65))
        * row.inside(0.2 - row.v)
        * row.inside(row.v - 0.85)
    )
    cabin = row.inside(box(row.u + 0.1, row.v - 0.19, (0.12, 0.08)))
    picture = mix(picture, air.lit((0.30, 0.22, 0.17), far), mast * shown)
    picture = mix(
        picture,
        air.lit((0.95, 0.93, 0.88), far),
        torch.maximum(sail * (row.value(5) < 0.55).float(), cabin) * shown,
    )
    stripe = mix(paint, rgb(0.95, 0.94, 0.92, like=paint), edge((row.v - 0.11).abs() - 0.018, 0.01))
    return mix(picture, air.lit(stripe, far), hull * shown)


def _jetty(field: Field, air: Air, picture: Tensor) -> Tensor:
    """Planks that run from the viewer into the water."""
    u, v, near = plane(field, 0.60, 0.02)
    middle = field.draw(10, -0.35, 0.35)
    x = u - middle * (1 - near)
    body = edge(x.abs() - 0.62, 3 * field.texel * v) * below(field, 0.74)
    plank = (v * 4.5) % 1
    tone = rgb(0.56, 0.42, 0.29, like=picture) * (
        0.85
        + 0.2 * hashed(field, 160, torch.floor(v * 4.5))
        - 0.35 * edge((plank - 0.5).abs() * -1 + 0.44, 0.06)
    )
    return mix(picture, air.lit(tone.clamp(0, 1), 0.15 * (1 - near)), body)


def market(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Stalls with striped awnings and heaps of fruit on both sides of a lane, strings of lights above."""
    picture = houses(field, air, sky, row_of(field, 30, 0.60, 0.26, 0.05), 0.45)
    u, v, near = plane(field, 0.58)
    cobble = 0.85 + 0.3 * sample(noise_tile(field, 60), u * 0.9 + 0.2, v * 1.1)
    stone = between(field, 1, (0.74, 0.64, 0.50), (0.60, 0.58, 0.58))
    picture = mix(picture, air.lit((stone * cobble).clamp(0, 1), 0.3 * (1 - near) ** 2), below(field, 0.585))
    for layer, (base, size) in enumerate(((0.63, 0.20), (0.70, 0.32), (0.84, 0.52))):
        row = row_of(field, 80 + 25 * layer, base, size, 0.1)
        stalls = _stalls(field, air, picture, row, 0.3 - 0.12 * layer)
        picture = mix(picture, stalls, row.aside(0.12 * layer))
    return _bulbs(field, air, picture)


@banded
def _stalls(field: Field, air: Air, picture: Tensor, row: Row, far: float) -> Tensor:
    post = row.inside((row.u.abs() - 0.38).abs() - 0.015) * row.inside(row.v - 0.7) * row.inside(-row.v)
    shade = row.inside(box(row.u, row.v - 0.45, (0.38, 0.25)))
    picture = mix(picture, air.lit((0.34, 0.26, 0.22), far), torch.maximum(post, 0.55 * shade))
    picture = mix(
        picture, air.lit((0.52, 0.36, 0.22), far), row.inside(box(row.u, row.v - 0.13, (0.42, 0.14)))
    )
    wave = row.u * 9 + 40
    bin_ = torch.floor(wave / 1.5)
    heap = 0.27 + 0.07 * torch.cos((wave / 1.5 - bin_ - 0.5) * 2.6) + 0.012 * torch.sin(row.u * 110)
    fruit = torch.cat(
        [0.25 + 0.75 * hashed(field, row.salt + part, bin_ + 9 * row.cell) for part in (11, 12, 13)], 1
    )
    dots = 0.78 + 0.3 * (torch.sin(row.u * 110) * torch.sin(row.v * 110))
    picture = mix(
        picture,
        air.lit((fruit * dots).clamp(0, 1), far),
        row.inside(row.v - heap) * row.inside(0.25 - row.v) * row.inside(row.u.abs() - 0.40),
    )
    cloth = torch.cat([0.35 + 0.65 * row.value(4 + part) for part in range(3)], 1)
    stripes = edge(torch.sin(row.u * 38), 0.3)
    scallop = 0.66 - 0.03 * torch.sin(row.u * 38).abs()
    awning = (
        row.inside(row.u.abs() - 0.46 + 0.35 * (row.v - 0.66).clamp(0, 1))
        * row.inside(row.v - 0.86)
        * row.inside(scallop - row.v)
    )
    tone = mix(cloth, rgb(0.97, 0.95, 0.9, like=cloth), stripes) * (0.85 + 0.9 * (row.v - 0.68))
    return mix(picture, air.lit(tone.clamp(0, 1), far * 0.6), awning)


def _bulbs(field: Field, air: Air, picture: Tensor) -> Tensor:
    """Two strings of lamps that sag across the picture."""
    for string in range(2):
        part = (field.x / 0.62 + field.draw(12 + string)) % 1
        line = (0.14 + 0.13 * string) * tall(field) + 0.20 * (0.25 - (part - 0.5) ** 2)
        wire = inside(field, (field.y * tall(field) - line).abs() - 0.002)
        picture = mix(picture, air.lit((0.22, 0.2, 0.2)), wire * 0.8)
        spot = (field.x / 0.062 + 10 * field.draw(12 + string)) % 1 - 0.5
        away = disc(spot * 0.062, field.y * tall(field) - line - 0.012, 0.0)
        picture = mix(
            picture, rgb(1.0, 0.84, 0.46, like=picture), torch.exp(-away * 45) * (0.25 + 0.6 * air.lamps)
        )
        picture = mix(picture, rgb(1.0, 0.93, 0.70, like=picture), inside(field, away - 0.010))
    return picture
