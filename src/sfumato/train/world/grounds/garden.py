"""What is grown: flowers, gardens, terraces. Painted over the sky and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    between,
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
from sfumato.train.world.grounds.growth import PETALS
from sfumato.train.world.grounds.land import GREENS, hill, range_of, turf
from sfumato.train.world.grounds.plants import crowns, flowers, pines
from sfumato.train.world.grounds.sky import Air


def flower_field(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Bands of bloom in perspective up to low hills, single flowers near the viewer."""
    green, first, second = among(field, 0, GREENS), among(field, 1, PETALS), among(field, 2, PETALS)
    picture = range_of(field, air, sky, 2, (0.47, 0.07, 1.3), rgb(0.42, 0.50, 0.62, like=sky), 0.85)
    picture = hill(field, air, picture, 20, (0.51, 0.04), green * 0.8, 0.6)
    picture = crowns(field, air, picture, row_of(field, 30, 0.555, 0.07, 0.6), green * 0.65, 0.4)
    u, v, near = plane(field, 0.545)
    tile = noise_tile(field, 40)
    speck = ((sample(tile, u * 0.5, v * 0.6) - 0.42) * 7).clamp(0, 1)
    bands = edge(torch.sin(u * 5 * field.draw(3, 0.8, 1.6) + 6 * field.draw(4)), 0.5)
    bloom = mix(first, second, bands * (field.draw(5) < 0.6).float())
    bloom = bloom * (0.8 + 0.35 * speck)
    tone = mix(green * 0.8, bloom, (0.35 + 0.6 * speck) * (1 - 0.35 * near))
    picture = mix(picture, air.lit(tone.clamp(0, 1), 0.55 * (1 - near) ** 2), below(field, 0.55))
    for layer in range(7):
        size = 0.016 * 1.42**layer
        base = 0.585 + 0.42 * (layer / 6.0) ** 1.35 + 0.01
        row = row_of(field, 100 + 10 * layer, base, size)
        picture = flowers(field, air, picture, row, (first, second), 0.25 - 0.035 * layer)
    return picture


def garden(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Lawn with a winding path, clipped hedges, flower beds, trees behind, a pond on some."""
    green = among(field, 0, GREENS[:3])
    picture = crowns(field, air, sky, row_of(field, 30, 0.56, 0.17, 0.4), green * 0.55, 0.45)
    picture = crowns(
        field,
        air,
        picture,
        row_of(field, 50, 0.59, 0.24, 0.5),
        among(field, 1, (*GREENS[:2], (0.92, 0.60, 0.68))) * 0.85,
        0.25,
    )
    picture = _hedge(field, air, picture, 70, (0.55, 0.60), green * 0.5)
    picture = mix(
        picture,
        turf(field, air, noise_tile(field, 80), 0.59, green * 1.02, green * 1.15, 0.25),
        below(field, 0.60),
    )
    picture = _lawn_stripes(field, air, picture, green)
    picture = _path_of_stone(field, air, picture)
    petals = among(field, 2, PETALS), among(field, 3, PETALS)
    beds = picture
    for layer, base in enumerate((0.66, 0.76, 0.93)):
        size = 0.03 * 1.6**layer
        beds = flowers(field, air, beds, row_of(field, 130 + 10 * layer, base, size), petals, 0.15)
        beds = flowers(
            field, air, beds, row_of(field, 170 + 10 * layer, base + 0.02 + 0.01 * layer, size), petals, 0.1
        )
    sides = edge(0.20 - (field.x / wide(field) - 0.5).abs() + 0.03 * torch.sin(field.y * 30), 0.01)
    return mix(picture, beds, sides)


def _hedge(
    field: Field, air: Air, picture: Tensor, salt: int, line: tuple[float, float], leaf: Tensor
) -> Tensor:
    bump = 0.006 * torch.sin(field.x * 70 + 2 * torch.sin(field.x * 31))
    top = line[0] - (0.02 + bump) / tall(field)
    rise = ((line[1] - field.y) / (line[1] - line[0])).clamp(0, 1)
    mottle = sample(noise_tile(field, salt), field.x * 2.5, field.y * 2.5)
    return mix(
        picture,
        air.lit((leaf * (0.7 + 0.5 * rise) * (0.6 + 0.8 * mottle)).clamp(0, 1), 0.15),
        below(field, top) * (1 - below(field, line[1])),
    )


def _lawn_stripes(field: Field, air: Air, picture: Tensor, green: Tensor) -> Tensor:
    u, _, near = plane(field, 0.59, 0.12)
    band = edge(torch.sin(u * 5.5), 0.3) * below(field, 0.60)
    return mix(picture, air.lit((green * 1.22).clamp(0, 1), 0.2), 0.4 * band * near.sqrt())


def _path_of_stone(field: Field, air: Air, picture: Tensor) -> Tensor:
    u, v, near = plane(field, 0.59)
    wind = 0.20 * torch.sin(near * 4.2 + 6 * field.draw(5)) * (1 - near)
    away = (field.x - wide(field) / 2 - wind).abs() - (0.018 + 0.20 * near)
    joint = ((torch.sin(v * 5.0) * torch.sin(u * 14)).abs() < 0.12).float() * near
    own = between(field, 6, (0.78, 0.74, 0.68), (0.74, 0.62, 0.52))
    picture = mix(
        picture, air.lit(own * 0.6, 0.1), inside(field, away - 0.015 * near, 2) * below(field, 0.60)
    )
    return mix(
        picture,
        air.lit(own * (1 - 0.18 * joint), 0.25 * (1 - near)),
        inside(field, away, 2) * below(field, 0.60),
    )


def rice_terraces(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Steps of flooded fields that mirror the sky, with green rims, down a hillside."""
    green = among(field, 0, ((0.42, 0.66, 0.18), (0.34, 0.58, 0.22), (0.72, 0.66, 0.22)))
    picture = range_of(field, air, sky, 2, (0.40, 0.12, 1.3), rgb(0.38, 0.46, 0.56, like=sky), 0.75)
    picture = hill(field, air, picture, 20, (0.46, 0.05), green * 0.62, 0.6)
    picture = pines(field, air, picture, row_of(field, 30, 0.50, 0.05), green * 0.45, 0.5)
    for step in range(10):
        near = step / 9
        base = 0.495 + 0.46 * near**1.25
        line = skyline(field, 60 + 4 * (step // 2), base, 0.022 + 0.035 * near, 1.2 + 0.1 * (step % 2))
        bank = 0.006 + 0.030 * near
        depth = field.y - line
        shine = mix(air.middle, air.low, (0.9 - near + 0.4 * torch.sin(field.x * 3 + step)).clamp(0, 1))
        wet = (torch.sin(step * 2.4 + 20 * field.draw(4)) > -0.4).float()
        crop = air.lit(
            (green * (1.02 + 0.10 * torch.sin(depth * 500 / (1 + 3 * near)))).clamp(0, 1), 0.45 * (1 - near)
        )
        pool = mix(crop, mix(shine, air.lit(green), 0.18), wet * 0.9)
        rim = air.lit(green * (0.62 + 0.10 * (step % 2)), 0.5 * (1 - near))
        picture = mix(picture, mix(rim, pool, below(field, line + bank)), below(field, line))
        lip = below(field, line) * (1 - below(field, line + 0.004 + 0.004 * near))
        picture = mix(picture, air.lit((green * 1.25).clamp(0, 1), 0.4 * (1 - near)), lip)
    return picture
