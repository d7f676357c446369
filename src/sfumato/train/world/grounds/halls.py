"""Halls: the factory and the stage."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    box,
    disc,
    hashed,
    mix,
    row_of,
    tall,
    wide,
)
from sfumato.train.world.grounds.brush import inside as within
from sfumato.train.world.grounds.inside import WOODS, rounded
from sfumato.train.world.grounds.shell import (
    Room,
    lamp,
    shell,
    window,
)


def factory(field: Field) -> Tensor:
    wall = among(field, 2, ((0.56, 0.60, 0.62), (0.62, 0.44, 0.36), (0.50, 0.56, 0.54)))
    place, picture = shell(field, wall, among(field, 3, ((0.58, 0.58, 0.57), (0.50, 0.48, 0.44))), -4.0)
    reach = 0.24 * wide(field)
    for x in (-0.66, 0.0, 0.66):
        picture = window(
            place, picture, (x * reach, 0.35), (0.24 * reach, 0.09), rgb(0.30, 0.34, 0.36, like=wall)
        )
        lines = edge(((place.x * 26) % 1 - 0.5).abs() - 0.06, 0.06)
        picture = place.lay(
            picture, (0.30, 0.34, 0.36), lines * place.slab(x * reach, 0.35, (0.24 * reach, 0.09))
        )
    picture = _pipes(place, picture, reach)
    steel = among(field, 4, ((0.36, 0.54, 0.56), (0.80, 0.62, 0.22), (0.44, 0.50, 0.60)))
    for x, side in ((-0.62, 1), (0.62, 2)):
        picture = _machine(place, picture, x * reach, 0.05, 1.0, steel, side)
    picture = _belt(place, picture, reach)
    for x in (-1.55, 1.55):
        picture = _machine(place, picture, x * reach, -0.05, 1.7, steel * 0.85, 3)
    for x in (-0.6, 0.6):
        picture = lamp(place, picture, x * reach, 0.47, rgb(0.24, 0.30, 0.30, like=wall))
    return picture.clamp(0, 1)


def _pipes(place: Room, picture: Tensor, reach: float) -> Tensor:
    for y, thick in ((0.22, 0.016), (0.262, 0.010)):
        dy = (place.y - y) / thick
        tone = rgb(0.72, 0.50, 0.34, like=picture) * (0.70 + 0.5 * (1 - dy * dy).clamp(0, 1))
        picture = place.lay(picture, tone.clamp(0, 1), place.slab(0.0, y, (reach, thick)))
    for x in (-0.33, 0.33):
        dx = (place.x - x * reach) / 0.016
        tone = rgb(0.62, 0.64, 0.66, like=picture) * (0.70 + 0.5 * (1 - dx * dx).clamp(0, 1))
        picture = place.lay(picture, tone.clamp(0, 1), place.slab(x * reach, 0.30, (0.016, 0.30)))
    return picture


def _machine(
    place: Room, picture: Tensor, x: float, y: float, size: float, steel: Tensor, salt: int
) -> Tensor:
    """A cabinet with a gear, dials, a chimney and a warning stripe."""
    picture = place.lay(
        picture, steel * 0.7, place.slab(x + 0.05 * size, y + 0.15 * size, (0.022 * size, 0.08 * size))
    )
    picture = place.lay(picture, steel, rounded(place, x, y, (0.11 * size, 0.12 * size), 0.02 * size))
    picture = place.lay(picture, steel * 0.62, place.slab(x, y - 0.02 * size, (0.085 * size, 0.055 * size)))
    dx, dy = place.x - x + 0.03 * size, place.y - y + 0.02 * size
    teeth = 0.040 * size + 0.007 * size * torch.sin(8 * torch.atan2(dy + 1e-4, dx + 1e-4))
    gear = within(place.field, disc(dx, dy, teeth)) * (1 - within(place.field, disc(dx, dy, 0.014 * size)))
    picture = place.lay(picture, (0.82, 0.82, 0.80), gear)
    for part in range(3):
        tone = ((0.90, 0.26, 0.20), (0.96, 0.80, 0.24), (0.32, 0.80, 0.40))[part]
        picture = mix(
            picture,
            rgb(*tone, like=picture),
            place.ball(x - 0.06 * size + 0.03 * part * size, y + 0.075 * size, 0.010 * size),
        )
    stripes = edge(torch.sin((place.x + place.y) * 120 / size), 0.3)
    band = place.slab(x, y - 0.10 * size, (0.11 * size, 0.016 * size))
    return place.lay(
        picture, mix(rgb(0.12, 0.12, 0.12, like=picture), rgb(0.96, 0.78, 0.16, like=picture), stripes), band
    )


def _belt(place: Room, picture: Tensor, reach: float) -> Tensor:
    """A conveyor with boxes between the machines."""
    u = place.x / 0.10 + 20
    dx = (u % 1 - 0.5) * 0.10
    crate = within(place.field, box(dx, place.y - 0.02, (0.032, 0.030))) * within(
        place.field, place.x.abs() - 0.42 * reach
    )
    picture = place.lay(picture, (0.78, 0.58, 0.36), crate)
    picture = place.lay(picture, (0.60, 0.42, 0.24), crate * within(place.field, dx.abs() - 0.006))
    picture = place.lay(picture, (0.16, 0.17, 0.18), place.slab(0.0, -0.025, (0.5 * reach, 0.014)))
    return place.lay(
        picture,
        (0.66, 0.68, 0.70),
        within(place.field, disc((place.x * 20 % 1 - 0.5) / 20, place.y + 0.025, 0.008))
        * place.slab(0.0, -0.025, (0.5 * reach, 0.02)),
    )


def stage(field: Field) -> Tensor:
    """A curtain in folds, boards, footlights, beams from above, heads of the audience."""
    red = among(field, 2, ((0.70, 0.08, 0.12), (0.48, 0.08, 0.30), (0.12, 0.18, 0.46), (0.62, 0.10, 0.08)))
    x, y = field.x - wide(field) / 2, field.y
    side = x.abs() / (wide(field) / 2)
    fold = 0.58 + 0.36 * torch.sin(x * 42 + 1.2 * torch.sin(y * 5 + x * 6)) + 0.12 * torch.sin(x * 97)
    hall = among(field, 3, ((0.10, 0.08, 0.16), (0.06, 0.10, 0.18), (0.16, 0.07, 0.10)))
    back = mix(red * 0.62 * fold, hall * (1.6 - y), (field.draw(4) < 0.5).float())
    picture = (back * (1.15 - 0.5 * side)).expand(-1, -1, *field.size)
    wood = among(field, 5, WOODS) * 0.9
    u, near = x / ((y - 0.42).clamp(min=0.05) * 2.2), ((y - 0.70) / 0.2).clamp(0, 1)
    plank = torch.floor(u * 9)
    boards = (
        wood
        * (0.8 + 0.25 * hashed(field, 6, plank))
        * (1 - 0.3 * edge(0.46 - (u * 9 - plank - 0.5).abs(), 0.06))
        * (0.7 + 0.4 * near)
    )
    picture = mix(picture, boards, below(field, 0.70))
    picture = _beams(field, picture, x)
    opening = (
        0.66 + 0.16 * ((y - 0.15).clamp(0, 1)) - 0.10 * torch.exp(-(((y - 0.52) / 0.08) ** 2) * 0.5) * 1.2
    )
    wing = edge(opening - side, 0.006) * (1 - below(field, 0.79))
    picture = mix(picture, (red * fold * 1.05).clamp(0, 1), wing)
    tie = edge((y - 0.53).abs() - 0.012, 0.004) * wing
    picture = mix(picture, rgb(0.92, 0.74, 0.30, like=picture), tie)
    swag = 0.13 + 0.045 * torch.sin(x * 11).abs()
    picture = mix(
        picture,
        (red * (0.55 + 0.5 * torch.sin((y - 0.04 * torch.cos(x * 11)) * 90) * 0.4 + 0.25)).clamp(0, 1),
        1 - below(field, swag),
    )
    picture = mix(picture, rgb(0.94, 0.76, 0.32, like=picture), edge((y - swag).abs() - 0.009, 0.004))
    return _front(field, picture, wood, x)


def _beams(field: Field, picture: Tensor, x: Tensor) -> Tensor:
    """Spotlights from above and their pools on the boards."""
    tones = ((1.0, 0.94, 0.78), (1.0, 0.66, 0.50), (0.60, 0.74, 1.0))
    for part in range(3):
        goal, start = (part - 1) * 0.20 * wide(field) * field.draw(10 + part), (1 - part) * 0.24 * wide(field)
        way = start + (goal - start) * (field.y / 0.78)
        half = 0.03 + 0.15 * field.y
        beam = edge((x - way).abs() - half, 0.05) * (1 - 0.6 * field.y) * (1 - below(field, 0.80))
        pool = edge(disc((x - goal) / 0.19, (field.y - 0.775) / 0.042, 0.0) - 1, 0.25)
        shown = 1.0 if part == 0 else (field.richness > 0.2 + 0.2 * part).float()
        picture = mix(
            picture, among(field, 14 + part, tones), (0.26 * beam + 0.42 * pool).clamp(0, 1) * shown
        )
    return picture


def _front(field: Field, picture: Tensor, wood: Tensor, x: Tensor) -> Tensor:
    picture = mix(picture, wood * 0.35, below(field, 0.86))
    lights = disc(((x * 11) % 1 - 0.5) / 11, (field.y - 0.868) * tall(field), 0.0)
    picture = mix(picture, rgb(1.0, 0.88, 0.60, like=picture), torch.exp(-lights * 42) * 0.9)
    dark = rgb(0.05, 0.04, 0.06, like=picture)
    row = row_of(field, 20, 1.0, 0.12, 0.3)
    head = torch.minimum(
        disc(row.u, row.v - 0.50 - 0.2 * row.value(1), 0.22),
        disc(row.u, row.v + 0.02 - 0.2 * row.value(1), 0.38),
    )
    picture = mix(picture, dark, below(field, 0.985))
    return mix(picture, dark, row.inside(head)).clamp(0, 1)
