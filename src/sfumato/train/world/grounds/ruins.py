"""Broken columns and arches among grass. Painted over the sky and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    RGB,
    Row,
    among,
    banded,
    below,
    between,
    box,
    disc,
    mix,
    noise_tile,
    plane,
    row_of,
    sample,
)
from sfumato.train.world.grounds.land import GREENS, hill, range_of, turf
from sfumato.train.world.grounds.plants import meadow_rows
from sfumato.train.world.grounds.sky import Air

WARM: RGB = (1.0, 0.80, 0.42)


def ruins(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Broken columns and an arcade among grass, moss on old stone."""
    green, stone = among(field, 0, GREENS), between(field, 1, (0.80, 0.74, 0.62), (0.66, 0.64, 0.60))
    picture = range_of(field, air, sky, 2, (0.50, 0.09, 1.4), rgb(0.42, 0.48, 0.58, like=sky), 0.8)
    picture = hill(field, air, picture, 20, (0.55, 0.03), green * 0.8, 0.55)
    tile = noise_tile(field, 30)
    picture = _arcade(field, air, picture, tile, stone)
    picture = mix(picture, turf(field, air, tile, 0.60, green, green * 1.1), below(field, 0.625))
    u, v, near = plane(field, 0.60)
    slab = edge((((u * 2.2) % 1 - 0.5).abs() * -1) + 0.46, 0.06) + edge(
        (((v * 1.2) % 1 - 0.5).abs() * -1) + 0.46, 0.06
    )
    paved = ((sample(tile, u * 0.15 + 0.5, v * 0.2) - 0.42) * 9).clamp(0, 1)
    picture = mix(
        picture,
        air.lit((stone * (0.86 - 0.3 * slab.clamp(0, 1))).clamp(0, 1), 0.3 * (1 - near)),
        paved * below(field, 0.628) * 0.85,
    )
    for layer, (base, size) in enumerate(((0.68, 0.22), (0.82, 0.42))):
        row = row_of(field, 60 + 20 * layer, base, size, 0.35)
        columns = _columns(field, air, picture, row, stone, 0.25 - 0.15 * layer)
        picture = mix(picture, columns, row.aside(0.2 * layer))
    return meadow_rows(field, air, picture, 110, green * 0.9, 0.70)


def _arcade(field: Field, air: Air, picture: Tensor, tile: Tensor, stone: Tensor) -> Tensor:
    row = row_of(field, 40, 0.63, 0.20, 0.0)
    ragged = 0.85 + 0.55 * row.value(1) + 0.25 * (sample(tile, field.x * 1.2, field.y * 0.1) - 0.5)
    hole = torch.minimum(box(row.u, row.v - 0.2, (0.26, 0.35)), disc(row.u, row.v - 0.55, 0.26))
    wall = row.inside(row.v - ragged) * (1 - row.inside(hole)) * (row.value(2) < 0.72).float()
    bricks = 1 - 0.16 * edge(((row.v * 9) % 1 - 0.5).abs() * -1 + 0.44, 0.08)
    tone = stone * 0.9 * bricks * (0.75 + 0.5 * sample(tile, field.x * 2, field.y * 2))
    return mix(picture, air.lit(tone.clamp(0, 1), 0.38), wall)


@banded
def _columns(field: Field, air: Air, picture: Tensor, row: Row, stone: Tensor, far: float) -> Tensor:
    high = 0.35 + 1.05 * row.value(1)
    whole = (row.value(1) > 0.6).float()
    half = (
        0.12
        + 0.05 * edge((row.v - 0.05).abs() - 0.05, 0.01)
        + 0.06 * whole * edge((row.v - high + 0.05).abs() - 0.05, 0.01)
    )
    crack = 0.10 * (1 - whole) * torch.sin(row.u * 26 + 6 * row.value(2))
    body = row.inside(row.u.abs() - half) * row.inside(row.v - high + crack) * row.inside(-row.v - 0.02)
    flute = 0.90 + 0.10 * torch.cos(row.u * 110)
    light = 0.58 + 0.55 * (1 - ((row.u / 0.14) + 0.4).clamp(-1, 1.4) ** 2 * 0.6)
    moss = edge(row.v - 0.22 - 0.1 * torch.sin(row.u * 40), 0.2) * 0.5
    tone = mix(stone * flute * light, rgb(0.34, 0.44, 0.22, like=stone), moss)
    return mix(picture, air.lit(tone.clamp(0, 1), far), body * (row.value(3) < 0.8).float())
