"""Open land: snow, grass, sand and a road. Painted over the sky (B, 3, H, W) and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    between,
    edge,
    mix,
    noise_tile,
    plane,
    rolling,
    row_of,
    sample,
    skyline,
    tall,
)
from sfumato.train.world.grounds.plants import crowns, flowers, meadow_rows, pines
from sfumato.train.world.grounds.sky import Air

GREENS = ((0.36, 0.62, 0.22), (0.46, 0.66, 0.24), (0.28, 0.56, 0.28), (0.56, 0.66, 0.26))


def turf(
    field: Field, air: Air, tile: Tensor, horizon: float, near: Tensor, far: Tensor, rough: float = 0.5
) -> Tensor:
    """The colours of a level ground below the horizon: mottled in perspective, hazy far away."""
    u, v, close = plane(field, horizon)
    mottle = sample(tile, u * 0.10 + 0.5, v * 0.16) - 0.5
    fine = sample(tile, u * 0.55 + 0.3, v * 0.9) - 0.5
    tone = mix(far, near, close) * (1 + rough * (mottle + 0.7 * fine * close))
    return air.lit(tone.clamp(0, 1), 0.7 * (1 - close) ** 2)


def range_of(
    field: Field,
    air: Air,
    picture: Tensor,
    salt: int,
    shape: tuple[float, float, float],
    rock: Tensor,
    far: float,
):
    """Peaks with lit and shaded faces and snow on the heights; `shape`: base, height, cells a short side."""
    base, height, cells = shape
    line = skyline(field, salt, base, height, cells, False)
    depth = (field.y - line) * tall(field)
    fold = field.x * cells * 2.2 + 9 * field.draw(salt)
    grain = rolling(field, salt + 8, fold * 3 + depth * 9) - 0.5
    face = rolling(field, salt + 7, fold + (0.9 * depth * cells + 0.35 * grain)) - 0.5
    light = edge(face + 0.5 * grain * 0.6, 0.10)
    tone = rock * (0.68 + 0.5 * light + 0.25 * grain)
    heights = base - height * field.draw(salt + 1, -0.3, 0.5) / tall(field)
    white = edge(field.y - heights - 0.12 * grain - 0.10 * (line - base), 0.03)
    tone = mix(tone, rgb(0.93, 0.96, 1.0, like=picture) * (0.72 + 0.3 * light), white)
    return mix(picture, air.lit(tone, far + 0.5 * (depth * 2).clamp(0, 1) * far), below(field, line))


def hill(
    field: Field, air: Air, picture: Tensor, salt: int, shape: tuple[float, float], tone: Tensor, far: float
) -> Tensor:
    """One soft ridge, lighter along its crest."""
    line = skyline(field, salt, shape[0], shape[1], 1.6)
    depth = ((field.y - line) * tall(field)).clamp(0, 1)
    own = tone * (1.12 - 0.9 * depth.clamp(0, 0.35))
    return mix(picture, air.lit(own.clamp(0, 1), far), below(field, line))


def snow(field: Field, air: Air, sky: Tensor) -> Tensor:
    picture = range_of(
        field, air, sky, 2, (0.50, 0.13, 1.6), between(field, 0, (0.42, 0.48, 0.60), (0.56, 0.56, 0.66)), 0.6
    )
    tile = noise_tile(field, 20)
    firs = between(field, 1, (0.10, 0.26, 0.24), (0.16, 0.28, 0.32))
    for layer, (base, size) in enumerate(((0.60, 0.045), (0.635, 0.085))):
        row = row_of(field, 30 + 20 * layer, skyline(field, 40 + layer, base, 0.012), size, about=base)
        picture = pines(field, air, picture, row, firs, 0.5 - 0.28 * layer, 0.75)
    for layer, base in enumerate((0.60, 0.68, 0.83)):
        line = skyline(field, 70 + 4 * layer, base, 0.03 + 0.02 * layer, 1.3)
        depth = ((field.y - line) * tall(field)).clamp(min=0)
        sparkle = (sample(tile, field.x * 1.7, field.y * 5.0) - 0.5) * 0.05
        tone = mix(
            rgb(0.98, 0.99, 1.0, like=sky),
            rgb(0.70, 0.80, 0.95, like=sky),
            (depth * (3.4 - 0.6 * layer)).clamp(0, 0.75),
        )
        picture = mix(picture, air.lit(tone + sparkle, 0.32 - 0.15 * layer), below(field, line))
    shown = (field.draw(12) < 0.35 + 0.35 * field.richness).float()
    row = row_of(field, 100, 0.80, 0.30, 0.3)
    return mix(picture, pines(field, air, picture, row, firs * 1.25, 0.08, 0.85), shown * row.aside(0.24))


def meadow(field: Field, air: Air, sky: Tensor) -> Tensor:
    green = among(field, 0, GREENS)
    picture = hill(field, air, sky, 4, (0.52, 0.05), green * 0.85, 0.75)
    picture = hill(field, air, picture, 9, (0.56, 0.03), green * 0.9, 0.5)
    picture = crowns(field, air, picture, row_of(field, 20, 0.60, 0.11, 0.5), green * 0.72, 0.34)
    picture = mix(
        picture, turf(field, air, noise_tile(field, 40), 0.585, green, green * 1.15, 0.4), below(field, 0.59)
    )
    picture = meadow_rows(field, air, picture, 50, green * 0.92, 0.62)
    petals = (
        among(field, 1, ((0.98, 0.96, 0.92), (0.98, 0.82, 0.22), (0.94, 0.42, 0.56))),
        rgb(0.98, 0.97, 0.9, like=sky),
    )
    bloom = picture
    for layer in range(3):
        bloom = flowers(
            field,
            air,
            bloom,
            row_of(field, 90 + 10 * layer, 0.76 + 0.14 * layer, 0.035 * 1.45**layer),
            petals,
            0.1,
        )
    return mix(picture, bloom, (field.richness > 0.3).float())


def desert(field: Field, air: Air, sky: Tensor) -> Tensor:
    sand = among(field, 0, ((0.94, 0.74, 0.44), (0.90, 0.62, 0.36), (0.96, 0.82, 0.58), (0.86, 0.50, 0.30)))
    tile, picture = noise_tile(field, 20), sky
    for layer, (base, height) in enumerate(((0.52, 0.04), (0.58, 0.06), (0.67, 0.07), (0.84, 0.08))):
        line = skyline(field, 2 + 9 * layer, base, height, 1.1)
        depth = ((field.y - line) * tall(field)).clamp(min=0)
        crest = skyline(field, 6 + 9 * layer, 0.0, 0.09, 1.4)
        side = edge(
            torch.sin(field.x * 3.1 + 30 * field.draw(10 + layer) + 5 * crest) - 3.5 * depth + 0.2, 0.22
        )
        ripple = torch.sin(
            (depth * 70 + 3.0 * sample(tile, field.x * 0.5, field.y) + field.x * 9) * (1.4 - 0.25 * layer)
        )
        tone = sand * (
            1.06 - 0.36 * side * (1 - 2 * depth).clamp(0, 1) + 0.03 * ripple * layer * 0.4 - 0.3 * depth
        )
        picture = mix(picture, air.lit(tone.clamp(0, 1), 0.75 * (1 - layer / 3) ** 1.3), below(field, line))
    return picture


def mountains(field: Field, air: Air, sky: Tensor) -> Tensor:
    rock = among(field, 0, ((0.36, 0.42, 0.56), (0.44, 0.42, 0.50), (0.34, 0.44, 0.50), (0.50, 0.42, 0.42)))
    picture = range_of(field, air, sky, 2, (0.45, 0.24, 2.1), rock, 0.75)
    picture = range_of(field, air, picture, 14, (0.56, 0.22, 1.7), rock * 0.92, 0.34)
    green = among(field, 1, GREENS) * 0.8
    for layer, base in enumerate((0.62, 0.68)):
        picture = hill(
            field,
            air,
            picture,
            30 + 8 * layer,
            (base, 0.035),
            green * (0.62 + 0.1 * layer),
            0.42 - 0.16 * layer,
        )
        row = row_of(field, 50 + 20 * layer, base + 0.02 + 0.03 * layer, 0.04 + 0.025 * layer)
        picture = pines(field, air, picture, row, green * 0.52, 0.36 - 0.18 * layer)
    picture = mix(
        picture,
        turf(field, air, noise_tile(field, 90), 0.70, green, green * 1.1, 0.5),
        below(field, skyline(field, 100, 0.735, 0.012)),
    )
    return meadow_rows(field, air, picture, 110, green * 1.05, 0.75)


def hills(field: Field, air: Air, sky: Tensor) -> Tensor:
    green = among(field, 0, GREENS)
    picture = range_of(field, air, sky, 2, (0.48, 0.08, 1.4), rgb(0.42, 0.50, 0.62, like=sky), 0.9)
    for layer, base in enumerate((0.52, 0.58, 0.66, 0.78)):
        tone = green * (0.82 + 0.5 * field.draw(20 + layer) * 0.6)
        if layer:
            row = row_of(
                field,
                60 + 20 * layer,
                skyline(field, 30 + 6 * layer, base, 0.06, 1.6) + 0.01,
                0.035 + 0.028 * layer,
                0.6,
            )
            grove = crowns(field, air, picture, row, green * 0.66, 0.5 - 0.14 * layer)
            sparse = (row.value(9) < 0.3 + 0.3 * field.richness).float()
            picture = mix(picture, grove, sparse)
        picture = hill(field, air, picture, 30 + 6 * layer, (base, 0.06), tone, 0.72 - 0.2 * layer)
    return _stripes(field, air, picture, green)


def _stripes(field: Field, air: Air, picture: Tensor, green: Tensor) -> Tensor:
    """Ploughed rows on the nearest hill, that run together far away."""
    u, _, close = plane(field, 0.62, 0.12)
    rows = torch.sin(u * 22 + 6 * field.draw(40))
    tone = air.lit((green * rgb(1.2, 1.1, 0.7, like=picture)).clamp(0, 1), 0.1)
    return mix(
        picture,
        tone,
        0.35 * edge(-rows, 0.8) * below(field, skyline(field, 48, 0.78, 0.06, 1.6) + 0.01) * close.sqrt(),
    )


def road(field: Field, air: Air, sky: Tensor) -> Tensor:
    green = among(field, 0, (*GREENS, (0.76, 0.62, 0.36), (0.70, 0.50, 0.34)))
    picture = range_of(field, air, sky, 2, (0.50, 0.12, 1.5), rgb(0.40, 0.46, 0.58, like=sky), 0.75)
    picture = hill(field, air, picture, 20, (0.54, 0.03), green * 0.8, 0.6)
    picture = crowns(field, air, picture, row_of(field, 40, 0.565, 0.05, 0.5), green * 0.6, 0.5)
    picture = mix(
        picture, turf(field, air, noise_tile(field, 60), 0.555, green, green * 1.1), below(field, 0.56)
    )
    u, v, close = plane(field, 0.555, 0.006)
    bend = field.draw(3, -1, 1) * 0.5 * (1 - close) ** 3 / (close + 0.05)
    x = (u - bend) * 0.9
    soft = 2.5 * field.texel * v
    tarmac = air.lit(rgb(0.30, 0.30, 0.33, like=sky), 0.6 * (1 - close) ** 2)
    line = edge(x.abs() - 0.75, soft)
    picture = mix(
        picture,
        air.lit(green * 0.35 + 0.35, 0.4 * (1 - close)),
        edge(x.abs() - 0.86, soft) * (field.y > 0.555),
    )
    picture = mix(picture, tarmac, line * below(field, 0.556))
    dash = edge(((v * 1.4) % 1 - 0.5).abs() - 0.25, 0.1) * edge(v - 22, 8) + 0.5 * edge(22 - v, 8)
    white = edge(x.abs() - 0.022, soft) * dash + edge((x.abs() - 0.66).abs() - 0.018, soft)
    yellow = among(field, 5, ((0.98, 0.96, 0.92), (0.98, 0.80, 0.28)))
    return mix(
        picture, air.lit(yellow, 0.3 * (1 - close)), (white * close.sqrt() * below(field, 0.56)).clamp(0, 0.9)
    )
