"""Trees, stalks and flowers, whole rows at a time."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, rgb
from sfumato.train.world.grounds.brush import RGB, Row, banded, disc, mix, row_of
from sfumato.train.world.grounds.sky import Air


@banded
def pines(
    field: Field,
    air: Air,
    picture: Tensor,
    row: Row,
    leaf: Tensor | RGB,
    far: float,
    snowy: Tensor | float = 0.0,
):
    """Conifers of about 1.6 cells height over the picture, snow on their boughs where `snowy`."""
    high = 1.2 + 0.9 * row.value(1)
    rise = row.v / high
    tier = rise * 6 % 1
    half = (0.40 * (1 - rise) + 0.02) * (1.08 - 0.42 * tier)
    body = row.inside(row.u.abs() - half) * row.inside(-rise + 0.04) * row.inside(row.v - high)
    trunk = row.inside(row.u.abs() - 0.04) * row.inside(rise - 0.1) * row.inside(-row.v - 0.1)
    side = (0.5 - 0.8 * row.u / half.clamp(min=0.02)).clamp(0, 1)
    own = rgb(*leaf, like=picture) if isinstance(leaf, tuple) else leaf
    tone = own * (0.62 + 0.5 * side * (1 - 0.5 * tier)) * (0.8 + 0.4 * row.value(2))
    tone = mix(
        tone,
        rgb(0.94, 0.97, 1.0, like=picture),
        snowy * (0.15 + 0.85 * (1.2 - 1.6 * tier).clamp(0, 1)) * (0.55 + 0.45 * side),
    )
    picture = mix(picture, air.lit((0.25, 0.17, 0.12), far), trunk)
    return mix(picture, air.lit(tone, far), body)


@banded
def crowns(field: Field, air: Air, picture: Tensor, row: Row, leaf: Tensor, far: float) -> Tensor:
    """Leafy trees: a trunk and a crown of four overlapping heaps, lit from the upper left."""
    high = 0.8 + 0.4 * row.value(1)
    trunk = row.inside(row.u.abs() - 0.05 - 0.05 * (0.3 - row.v).clamp(0, 1)) * row.inside(row.v - high)
    picture = mix(picture, air.lit((0.30, 0.21, 0.15), far), trunk * row.inside(-row.v - 0.02))
    tint = 0.82 + 0.36 * row.value(2)
    for part, (x, y, size) in enumerate(
        ((0.0, 0.18, 0.27), (-0.19, -0.02, 0.22), (0.20, 0.0, 0.21), (0.0, -0.05, 0.24))
    ):
        dx = row.u - x * (0.7 + 0.6 * row.value(3 + part))
        dy = row.v - high - y
        ripple = 0.018 * torch.sin(dx * 34 + 6 * tint) + 0.018 * torch.sin(dy * 37 + 3 * part)
        blob = row.inside(disc(dx, dy, size) + ripple, 2)
        shade = (0.62 + (dy - dx * 0.6) * 1.5).clamp(0.35, 1.15)
        picture = mix(picture, air.lit(leaf * tint * shade, far), blob)
    return picture


def trunks(field: Field, air: Air, picture: Tensor, row: Row, bark: RGB, far: float) -> Tensor:
    """Tall trunks that leave the picture at the top, flared at the foot."""
    half = 0.10 + 0.10 * row.value(1) + 0.10 * torch.exp(-(row.v * 5).clamp(-1, 20))
    lean = (row.value(2) - 0.5) * 0.16
    x = row.u - lean * row.v
    body = row.inside(x.abs() - half) * row.inside(-row.v)
    grain = 0.06 * torch.sin(x * 60 + 2 * torch.sin(row.v * 4))
    own = rgb(*bark, like=picture) * (0.72 + grain + 0.42 * (0.5 - x / half * 0.5).clamp(0, 1))
    return mix(picture, air.lit(own, far), body)


def bamboo(field: Field, air: Air, picture: Tensor, row: Row, stalk: Tensor, far: float) -> Tensor:
    """Jointed stalks from the ground to beyond the top."""
    x = row.u - (row.value(2) - 0.5) * 0.10 * row.v
    half = 0.10 + 0.06 * row.value(1)
    joint = (row.v * 0.85 + 3 * row.value(3)) % 1
    ring = row.inside((joint - 0.5).abs() - 0.025, 2)
    body = row.inside(x.abs() - half - 0.02 * ring) * row.inside(-row.v)
    round_ = (0.72 + 0.42 * (1 - (x / half + 0.35) ** 2)).clamp(0.45, 1.15) * (0.85 + 0.3 * row.value(4))
    tone = stalk * round_ * (1 - 0.45 * ring)
    return mix(picture, air.lit(tone, far), body)


@banded
def flowers(
    field: Field, air: Air, picture: Tensor, row: Row, petals: tuple[Tensor, Tensor], far: float
) -> Tensor:
    """Five-petalled flowers on stems; each takes the first or the second colour."""
    high = 0.75 + 0.7 * row.value(1)
    stem = row.inside((row.u - 0.04 * torch.sin(row.v * 3)).abs() - 0.035) * row.inside(row.v - high)
    picture = mix(picture, air.lit((0.20, 0.46, 0.16), far), stem * row.inside(-row.v - 0.6))
    dx, dy = row.u, (row.v - high) * 1.15
    away = disc(dx, dy, 0.0)
    turn = torch.atan2(dy + 1e-4, dx + 1e-4)
    size = 0.24 + 0.12 * row.value(2)
    bloom = row.inside(away - size * (0.82 + 0.18 * torch.cos(5 * turn + 6 * row.value(3))))
    own = torch.where(row.value(4) < 0.5, petals[0], petals[1])
    tone = own * (0.74 + 0.4 * (away / size).clamp(0, 1) + 0.15 * dy)
    picture = mix(picture, air.lit(tone.clamp(0, 1), far), bloom)
    return mix(picture, air.lit((0.98, 0.80, 0.24), far), row.inside(away - size * 0.28))


@banded
def tufts(field: Field, air: Air, picture: Tensor, row: Row, blade: Tensor, far: float) -> Tensor:
    """Blades of grass, three in a cell, that bend to one side."""
    for part in range(3):
        high = 0.5 + 0.7 * row.value(1 + part)
        rise = (row.v / high).clamp(-1, 1)
        x = row.u - (part - 1) * 0.28 - (row.value(5 + part) - 0.4) * 0.5 * rise.clamp(min=0) ** 2
        body = row.inside(x.abs() - 0.11 * (1 - rise)) * row.inside(-row.v - 0.4) * row.inside(row.v - high)
        picture = mix(picture, air.lit(blade * (0.8 + 0.45 * rise.clamp(min=0)), far), body)
    return picture


def meadow_rows(field: Field, air: Air, picture: Tensor, salt: int, blade: Tensor, top: float) -> Tensor:
    """Grass that grows larger towards the viewer, in three rows."""
    for layer in range(3):
        base = top + (1.04 - top) * (0.45 + 0.3 * layer)
        row = row_of(field, salt + 12 * layer, base, 0.025 * 1.5**layer)
        picture = tufts(field, air, picture, row, blade * (0.95 - 0.08 * layer), 0.08)
    return picture
