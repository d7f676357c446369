"""Where things grow: woods, jungle, bamboo, flowers, gardens, terraces. Painted over the sky and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
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
from sfumato.train.world.grounds.plants import bamboo, flowers, meadow_rows, trunks
from sfumato.train.world.grounds.sky import Air

PETALS = (
    (0.93, 0.20, 0.26), (0.98, 0.80, 0.20), (0.62, 0.38, 0.82), (0.96, 0.52, 0.70),
    (0.98, 0.97, 0.94), (0.98, 0.58, 0.20),
    (0.40, 0.48, 0.92),
)  # fmt: skip


def shafts(field: Field, air: Air, picture: Tensor, k: int) -> Tensor:
    """Slanting rays of light from above, stronger in richer pictures."""
    slant = field.draw(k, -0.6, 0.6)
    across = field.x + slant * field.y * tall(field) + 3 * field.draw(k + 1)
    beam = (rolling(field, 240, across * 4.5) * rolling(field, 241, across * 11) * 2.4 - 0.45).clamp(0, 1)
    fade = (1 - field.y * 1.1).clamp(0, 1) * (0.25 + 0.45 * field.richness)
    return mix(picture, (air.sun * 0.7 + air.low * 0.3).clamp(0, 1), beam * fade)


def forest(field: Field, air: Air, sky: Tensor) -> Tensor:
    """A light haze between trunks that step back, a canopy above, ferns below, a path in the middle."""
    green = among(field, 0, ((0.26, 0.52, 0.20), (0.20, 0.46, 0.26), (0.40, 0.54, 0.18), (0.64, 0.42, 0.16)))
    bark = ((0.34, 0.25, 0.19), (0.30, 0.23, 0.18), (0.24, 0.18, 0.15), (0.17, 0.13, 0.11))
    tile, leafy = noise_tile(field, 20), noise_tile(field, 30, puffy=True)
    picture = mix(sky, air.lit(green * 1.25, 0.9), 0.35 + 0.4 * field.y)
    for layer, size in enumerate((0.05, 0.09, 0.17, 0.36)):
        far = 0.95 * (1 - layer / 3) ** 1.1
        base = 0.60 + 0.045 * layer * (1 + 0.35 * layer)
        leaves = sample(
            leafy,
            field.x * (1.7 - 0.35 * layer) + field.draw(3 + layer),
            field.y * (1.7 - 0.35 * layer) + 0.2,
        )
        roof = edge(field.y - 0.34 + 0.085 * layer - 0.30 * (leaves - 0.5), 0.05)
        tone = green * (0.95 - 0.17 * layer) * (0.45 + 1.0 * leaves)
        row = row_of(field, 40 + 12 * layer, base, size, 0.6)
        picture = trunks(field, air, picture, row, bark[layer], far)
        picture = mix(picture, air.lit(tone.clamp(0, 1), far), roof * (0.88 - 0.1 * (layer == 0)))
        floor = skyline(field, 100 + 6 * layer, base - 0.01, 0.02 + 0.01 * layer, 3.0)
        moss = green * (0.92 - 0.12 * layer) * (0.7 + 0.7 * sample(tile, field.x, field.y * 3.0))
        picture = mix(picture, air.lit(moss.clamp(0, 1), far * 0.8), below(field, floor))
        if layer == 1:
            picture = shafts(field, air, picture, 8)
    return _undergrowth(field, air, _path(field, air, picture, 0.64), green)


def _path(field: Field, air: Air, picture: Tensor, horizon: float) -> Tensor:
    _, _, near = plane(field, horizon)
    wind = 0.16 * torch.sin(near * 4.5 + 6 * field.draw(14)) * (1 - near)
    away = (
        (field.x - wide(field) / 2 - wind).abs()
        - (0.02 + 0.30 * near)
        + 0.04 * near * (rolling(field, 150, field.y * 50) - 0.5)
    )
    shown = (field.draw(15) < 0.6).float()
    return mix(
        picture,
        air.lit((0.56, 0.44, 0.29), 0.3 * (1 - near)),
        inside(field, away, 5) * below(field, horizon + 0.01) * shown * 0.85,
    )


def _undergrowth(field: Field, air: Air, picture: Tensor, green: Tensor) -> Tensor:
    sides = edge(0.16 - (field.x / wide(field) - 0.5).abs(), 0.06)
    ferns = meadow_rows(field, air, picture, 160, green * 0.8, 0.68)
    petals = rgb(0.96, 0.95, 1.0, like=picture), among(field, 16, PETALS)
    bloom = flowers(field, air, ferns, row_of(field, 210, 0.93, 0.05), petals, 0.1)
    return mix(picture, mix(ferns, bloom, (field.richness > 0.5).float()), sides)


def jungle(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Broad leaves at all depths, vines from above, mist between."""
    green = among(field, 0, ((0.16, 0.50, 0.20), (0.10, 0.44, 0.26), (0.28, 0.52, 0.14)))
    leafy = noise_tile(field, 20, puffy=True)
    picture = mix(sky, air.lit(green * 1.4, 0.9), 0.55)
    for layer in range(3):
        far = 0.8 - 0.3 * layer
        picture = trunks(
            field,
            air,
            picture,
            row_of(field, 30 + 9 * layer, 0.72 + 0.05 * layer, 0.13 + 0.09 * layer, 0.7),
            (0.28, 0.24, 0.18),
            far,
        )
        scale = 1.9 - 0.4 * layer
        leaves = sample(leafy, field.x * scale + field.draw(3 + layer), field.y * scale)
        frame = (field.y - 0.52).abs() * 2.2 + (0.32 - (field.x / wide(field) - 0.5).abs()).clamp(
            -1, 0
        ) * -0.9
        mass = edge(0.42 + 0.18 * layer - frame - 0.75 * (leaves - 0.5), 0.06)
        picture = mix(
            picture,
            air.lit((green * (0.35 + 1.1 * leaves) * (1.15 - 0.2 * layer)).clamp(0, 1), far * 0.7),
            mass * 0.95,
        )
    picture = shafts(field, air, picture, 8)
    picture = _vines(field, air, picture, green)
    for layer, (base, size) in enumerate(((0.80, 0.16), (0.92, 0.24), (1.06, 0.36))):
        picture = fans(
            field,
            air,
            picture,
            100 + 20 * layer,
            base,
            size,
            green * (1.15 - 0.22 * layer),
            0.2 - 0.08 * layer,
        )
    return picture


def _vines(field: Field, air: Air, picture: Tensor, green: Tensor) -> Tensor:
    row = row_of(field, 80, 0.0, 0.10, 0.6)
    hang = 0.18 + 0.5 * row.value(1)
    x = row.u - 0.10 * torch.sin(field.y * (9 + 5 * row.value(2)))
    leaf = 0.10 * (torch.sin(field.y * 60 + 6 * row.value(3)) - 0.3).clamp(min=0)
    body = row.inside(x.abs() - 0.03 - leaf) * edge(field.y - hang, 0.01) * (row.value(4) < 0.55).float()
    return mix(picture, air.lit(green * 0.5, 0.1), body)


def fans(
    field: Field, air: Air, picture: Tensor, salt: int, base: float, size: float, leaf: Tensor, far: float
) -> Tensor:
    """Rosettes of long pointed leaves, seven to a cell."""
    row = row_of(field, salt, base, size, 0.4)
    for blade in (0, 6, 1, 5, 2, 4, 3):
        turn = (blade - 3) * 0.42 + 0.3 * (row.value(2) - 0.5)
        x, y = row.u, row.v + 0.05
        along, beside = x * torch.sin(turn) + y * torch.cos(turn), x * torch.cos(turn) - y * torch.sin(turn)
        long = 0.55 + 0.25 * row.value(3 + blade)
        t = (along / long).clamp(0, 1)
        thick = 0.34 * t * (1 - t) * long
        rib = 0.75 + 0.45 * (beside > 0).float() * 0.5 + 0.5 * t * 0.5
        shade = leaf * rib * (0.86 + 0.28 * row.value(11 + blade))
        body = row.inside(beside.abs() - thick) * row.inside(along - long) * row.inside(-along)
        picture = mix(picture, air.lit(shade.clamp(0, 1), far), body)
    return picture


def bamboo_forest(field: Field, air: Air, sky: Tensor) -> Tensor:
    stalk = among(field, 0, ((0.42, 0.62, 0.22), (0.34, 0.58, 0.28), (0.56, 0.66, 0.26)))
    leafy = noise_tile(field, 20, puffy=True)
    picture = mix(sky, air.lit(stalk * 1.25, 0.7), 0.5 + 0.3 * field.y)
    for layer, size in enumerate((0.035, 0.055, 0.09, 0.16)):
        far = 0.85 * (1 - layer / 3)
        base = 0.66 + 0.05 * layer
        row = row_of(field, 40 + 12 * layer, base, size, 0.5)
        picture = bamboo(field, air, picture, row, stalk * (1.1 - 0.12 * layer), far)
        leaves = sample(leafy, field.x * 2.2 + 0.4 * field.y + field.draw(3 + layer), field.y * 0.9)
        roof = edge(field.y - 0.20 + 0.03 * layer - 0.45 * (leaves - 0.45), 0.06) * 0.9
        picture = mix(picture, air.lit((stalk * (0.4 + 0.9 * leaves)).clamp(0, 1), far), roof)
        ground = stalk * rgb(0.72, 0.64, 0.60, like=sky) * (1.0 - 0.12 * layer)
        picture = mix(
            picture,
            air.lit(ground, far),
            below(field, skyline(field, 100 + 6 * layer, base - 0.01, 0.012, 3.0)),
        )
        if layer == 2:
            picture = shafts(field, air, picture, 8)
    return _undergrowth(field, air, _path(field, air, picture, 0.68), stalk)
