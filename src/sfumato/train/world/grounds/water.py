"""Water under the sky: it mirrors what was painted above it. Painted over the sky and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    inside,
    mirrored,
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
from sfumato.train.world.grounds.land import GREENS, hill, range_of, turf
from sfumato.train.world.grounds.plants import crowns, meadow_rows, pines
from sfumato.train.world.grounds.sky import Air

SEAS = ((0.05, 0.30, 0.52), (0.04, 0.38, 0.54), (0.06, 0.24, 0.44), (0.10, 0.42, 0.50))


def water(
    field: Field, air: Air, picture: Tensor, line: float, deep: Tensor, rough: Tensor | float
) -> Tensor:
    """Water below the line, `rough` 0 for a mirror and 1 for waves, with the sun's glitter on it."""
    tile = noise_tile(field, 200)
    u, v, near = plane(field, line, 0.03)
    wave = sample(tile, u * 0.16 + 0.5, v * 0.22) - 0.5
    wave = wave + 0.6 * (sample(tile, u * 0.45 + 0.1, v * 0.6) - 0.5)
    sway = wave * (0.02 + (0.04 + 0.20 * rough) * near)
    image = mirrored(field, picture, line, sway)
    body = air.lit((deep * (1 + 1.5 * rough * wave)).clamp(0, 1), 0.35 * (1 - near) ** 4)
    clear = (0.82 - (0.3 + 0.5 * rough) * near ** (1.0 - 0.4 * rough)).clamp(0.1, 1)
    surface = mix(body, image, clear)
    crest = ((wave - 0.16) * (5 - 2 * near)).clamp(0, 1) * rough
    surface = mix(surface, mix(air.lit((0.86, 0.95, 0.98)), air.low, 0.3), crest * (0.2 + 0.35 * near))
    return mix(picture, _glitter(field, air, surface, wave, near), below(field, line))


def _glitter(field: Field, air: Air, surface: Tensor, wave: Tensor, near: Tensor) -> Tensor:
    """A broken path of light below the sun or the moon."""
    width = 0.035 + 0.16 * near
    path = torch.exp(-(((field.x - air.sun_x) / width) ** 2)) * (0.25 + 0.75 * air.shining)
    dim = 0.45 + 0.55 * (field.time != 0).float()[:, None, None, None]
    glints = ((wave + 0.10) * 5).clamp(0, 1) * path * dim
    return mix(
        surface, (air.sun * 0.8 + 0.2).clamp(0, 1), (glints * (0.6 + 0.4 * field.richness)).clamp(0, 0.92)
    )


def sea(field: Field, air: Air, sky: Tensor) -> Tensor:
    isles = range_of(field, air, sky, 2, (0.575, 0.05, 1.1), rgb(0.34, 0.40, 0.50, like=sky), 0.8)
    picture = mix(sky, isles, (field.draw(0) < 0.4).float())
    rough = 0.75 + 0.25 * (field.weather == 5).float()[:, None, None, None]
    return water(field, air, picture, 0.56, among(field, 1, SEAS), rough)


def beach(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Sea, foam that runs out over wet sand, dry sand before it, and palms at one side."""
    deep = among(field, 1, ((0.05, 0.48, 0.60), (0.06, 0.40, 0.58), (0.12, 0.56, 0.60)))
    picture = water(field, air, sky, 0.48, deep, 0.6)
    tile = noise_tile(field, 40)
    shore = skyline(field, 30, 0.66, 0.035, 1.2)
    sand = among(field, 2, ((0.95, 0.85, 0.64), (0.93, 0.78, 0.56), (0.97, 0.90, 0.76)))
    depth = (field.y - shore) * tall(field)
    shallow = air.lit(mix(deep * 1.5, rgb(0.55, 0.88, 0.84, like=sky), 0.5).clamp(0, 1), 0.1)
    picture = mix(picture, shallow, (1 + depth * 7).clamp(0, 0.75) * below(field, 0.485))
    ground = turf(field, air, tile, 0.5, sand, sand * 1.05, 0.16)
    wet = mix(air.lit(sand * 0.72), air.low, 0.25)
    picture = mix(picture, mix(wet, ground, (depth * 11).clamp(0, 1)), below(field, shore))
    lace = sample(tile, field.x * 1.5, field.y * 4) - 0.5
    for step, (offset, thick) in enumerate(((0.012, 0.012), (-0.045, 0.007), (-0.095, 0.004))):
        foam = inside(field, (depth - offset - 0.03 * lace).abs() - thick * (1 + 1.5 * lace), 3)
        picture = mix(picture, air.lit((0.97, 0.99, 1.0)), foam * (0.95 - 0.2 * step))
    return mix(picture, palms(field, air, picture), (field.draw(3) < 0.35 + 0.4 * field.richness).float())


def palms(field: Field, air: Air, picture: Tensor) -> Tensor:
    """Two palms that lean in from one side, their feet on the sand."""
    side = (field.draw(5) < 0.5).float()
    for part in range(2):
        foot = mix(0.06 + 0.13 * part, wide(field) - 0.06 - 0.13 * part, side) + field.draw(
            6 + part, -0.03, 0.03
        )
        way, high = 1 - 2 * side, field.draw(8 + part, 0.45, 0.62)
        rise = ((0.84 * tall(field) - 0.03 * part) - field.y * tall(field)) / high
        bow = way * 0.16 * rise.clamp(0, 1) ** 2
        trunk = inside(field, (field.x - foot - bow).abs() - 0.016 + 0.006 * rise) * inside(
            field, (rise - 0.5).abs() * high - 0.5 * high
        )
        ring = 0.85 + 0.2 * torch.sin(rise * 90)
        picture = mix(picture, air.lit(rgb(0.45, 0.33, 0.22, like=picture) * ring, 0.05), trunk)
        x, y = field.x - foot - way * 0.16, (rise - 1) * high
        picture = _fronds(field, air, picture, x, y)
    return picture


def _fronds(field: Field, air: Air, picture: Tensor, x: Tensor, y: Tensor) -> Tensor:
    for leaf in range(7):
        lean = (leaf - 3) / 3.0
        reach = 0.20 - 0.03 * abs(lean)
        along = x * lean / (abs(lean) + 0.01) / reach if leaf != 3 else x / 0.05
        t = along.clamp(0, 1) if leaf != 3 else (y / 0.15).clamp(0, 1)
        arc = 0.16 * (1 - abs(lean)) * t + (0.10 - 0.03 * abs(lean)) * t - 0.30 * abs(lean) * t * t
        thick = 0.030 * (t * (1 - t) * 4).clamp(0, 1) ** 0.6 * (0.75 + 0.25 * torch.sin(t * 60))
        away = (y - arc).abs() - thick if leaf != 3 else x.abs() - 0.6 * thick
        tone = rgb(0.16, 0.42 - 0.05 * (leaf % 3), 0.20, like=picture)
        picture = mix(picture, air.lit(tone, 0.05), inside(field, away) * (t > 0) * (t < 1))
    return picture


def river(field: Field, air: Air, sky: Tensor) -> Tensor:
    """A stream that winds from the hills to the viewer between grassy banks."""
    green = among(field, 0, GREENS)
    picture = range_of(field, air, sky, 2, (0.46, 0.13, 1.4), rgb(0.40, 0.46, 0.56, like=sky), 0.75)
    picture = hill(field, air, picture, 20, (0.52, 0.03), green * 0.75, 0.6)
    picture = pines(field, air, picture, row_of(field, 30, 0.57, 0.055), green * 0.5, 0.45)
    picture = crowns(field, air, picture, row_of(field, 50, 0.585, 0.10, 0.5), green * 0.68, 0.35)
    shore = mix(
        picture, turf(field, air, noise_tile(field, 70), 0.565, green, green * 1.12), below(field, 0.57)
    )
    shore = meadow_rows(field, air, shore, 80, green * 0.9, 0.62)
    flow = water(
        field,
        air,
        picture,
        0.57,
        among(field, 1, ((0.10, 0.40, 0.50), (0.08, 0.34, 0.52), (0.14, 0.44, 0.44))),
        0.3,
    )
    _, _, near = plane(field, 0.57)
    wind = (
        field.draw(3, 0.6, 1.4)
        * torch.sin(near.sqrt() * 8.5 + 6 * field.draw(4))
        * (0.30 * near * (1 - near) + 0.03)
    )
    bank = (field.x - wide(field) / 2 - wind).abs() - (0.015 + 0.36 * near**1.2)
    bank = bank + 0.03 * near * (rolling(field, 120, field.y * 45) - 0.5)
    brown = air.lit((0.42, 0.34, 0.22), 0.2)
    shore = mix(shore, brown, inside(field, bank - 0.02 * near, 3) * below(field, 0.575) * 0.8)
    return mix(shore, flow, inside(field, bank, 2) * below(field, 0.572))


def lake(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Mountains and woods, upside down in still water, reeds at the near shore."""
    rock = among(field, 0, ((0.36, 0.42, 0.56), (0.44, 0.44, 0.52), (0.34, 0.46, 0.54)))
    green = among(field, 1, GREENS) * 0.7
    picture = range_of(field, air, sky, 2, (0.45, 0.22, 2.0), rock, 0.6)
    picture = hill(field, air, picture, 20, (0.53, 0.04), green, 0.5)
    for layer, base in enumerate((0.575, 0.59)):
        row = row_of(field, 30 + 20 * layer, base, 0.05 + 0.03 * layer)
        picture = pines(field, air, picture, row, green * 0.6, 0.45 - 0.2 * layer)
    picture = mix(picture, air.lit(green * 0.8, 0.3), below(field, skyline(field, 80, 0.578, 0.004)))
    picture = water(field, air, picture, 0.59, among(field, 2, SEAS) * 0.8, 0.08)
    shore = skyline(field, 90, 0.90, 0.03, 1.5)
    picture = mix(picture, air.lit(green * 0.7, 0.05), below(field, shore))
    return meadow_rows(field, air, picture, 100, green * 0.9, 0.88)


def waterfall(field: Field, air: Air, sky: Tensor) -> Tensor:
    """A white fall over a wooded cliff into a pool with spray."""
    tile, green = noise_tile(field, 20), among(field, 0, GREENS) * 0.75
    middle = wide(field) * field.draw(1, 0.40, 0.60)
    top = skyline(field, 2, 0.24, 0.04, 2.0)
    x = (field.x - middle).abs()
    cliff = rgb(0.36, 0.36, 0.36, like=sky) * (0.8 + 0.9 * (sample(tile, field.x * 1.5, field.y * 0.5) - 0.3))
    moss = ((sample(tile, field.x * 0.8 + 0.3, field.y * 1.1) - 0.48) * 5).clamp(0, 0.85)
    picture = pines(field, air, sky, row_of(field, 30, 0.27, 0.09), green * 0.55, 0.35)
    picture = mix(
        picture,
        air.lit(mix(cliff, green, moss).clamp(0, 1), 0.16),
        below(field, top + 0.03 * edge(x - 0.1, 0.1)),
    )
    drop = field.y - top
    half = field.draw(3, 0.06, 0.15) * (1 + 0.6 * drop) + 0.02 * (rolling(field, 50, field.y * 9) - 0.5)
    strand = sample(tile, (field.x - middle) * 2.6 + 0.5, field.y * 0.18 + 0.1) - 0.5
    white = rgb(0.92, 0.97, 1.0, like=sky) * (0.9 + 0.55 * strand)
    fall = inside(field, x - half, 6) * below(field, top + 0.035)
    picture = mix(picture, air.lit(white.clamp(0, 1), 0.08), fall * (0.82 + 0.6 * strand).clamp(0, 1))
    row = row_of(field, 60, 0.66, 0.16, 0.5)
    picture = mix(picture, crowns(field, air, picture, row, green, 0.2), row.aside(0.22))
    pool = water(field, air, picture, 0.66, among(field, 2, ((0.06, 0.42, 0.46), (0.08, 0.36, 0.50))), 0.3)
    picture = mix(picture, pool, below(field, 0.66))
    spray = torch.exp(-((x / (half * 1.7)) ** 2) - ((field.y - 0.66) * 13) ** 2) * (
        0.6 + 0.8 * sample(tile, field.x * 2, field.y * 2)
    )
    picture = mix(picture, air.lit((0.95, 0.98, 1.0)), spray.clamp(0, 0.9))
    return _stones(field, air, picture)


def _stones(field: Field, air: Air, picture: Tensor) -> Tensor:
    for layer, (base, size) in enumerate(((0.84, 0.13), (1.0, 0.24))):
        row = row_of(field, 110 + 10 * layer, base, size, 0.4)
        away = (row.u / (0.32 + 0.2 * row.value(1))) ** 2 + (row.v / (0.25 + 0.25 * row.value(2))) ** 2 - 1
        light = (0.65 + 0.6 * row.v - 0.4 * row.u).clamp(0.3, 1)
        some = (row.value(3) < 0.65).float()
        picture = mix(
            picture,
            air.lit(rgb(0.44, 0.44, 0.42, like=picture) * light),
            row.inside(away * 0.2, 2) * row.inside(-row.v) * some,
        )
    return picture
