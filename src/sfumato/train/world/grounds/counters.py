"""Rooms with a counter: the kitchen and the cafe."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    box,
    disc,
    hashed,
    mix,
    wide,
)
from sfumato.train.world.grounds.brush import inside as within
from sfumato.train.world.grounds.inside import CLOTHS, PALE, WALLS, WOODS, rounded
from sfumato.train.world.grounds.shell import (
    Room,
    lamp,
    shell,
    window,
)


def kitchen(field: Field) -> Tensor:
    wall, front = (
        among(field, 2, WALLS),
        among(
            field, 3, (PALE, (0.44, 0.60, 0.60), (0.36, 0.46, 0.56), (0.66, 0.72, 0.58), (0.72, 0.50, 0.34))
        ),
    )
    place, picture = shell(
        field, wall, among(field, 4, ((0.82, 0.78, 0.72), (0.66, 0.52, 0.40), (0.72, 0.74, 0.76))), -6.0
    )
    reach = 0.24 * wide(field)
    tiles = edge(0.44 - ((place.x * 16) % 1 - 0.5).abs(), 0.06) + edge(
        0.42 - ((place.y * 22) % 1 - 0.5).abs(), 0.08
    )
    splash = place.slab(0.0, 0.21, (reach, 0.07))
    picture = place.lay(picture, rgb(0.93, 0.95, 0.95, like=wall) * (1 - 0.13 * tiles.clamp(0, 1)), splash)
    picture = window(place, picture, (0.0, 0.30), (0.11, 0.11), rgb(*PALE, like=wall))
    for x in (-0.72, 0.72):
        picture = _cupboards(place, picture, x * reach, 0.36, (0.28 * reach + 0.02, 0.085), front)
    picture = _cupboards(place, picture, 0.0, 0.03, (reach, 0.10), front)
    top = among(field, 5, ((0.90, 0.88, 0.86), (0.30, 0.30, 0.32), (0.66, 0.46, 0.30)))
    picture = place.lay(picture, top, place.slab(0.0, 0.14, (reach + 0.02, 0.014)))
    picture = _stove(place, picture, -0.45 * reach)
    picture = place.lay(picture, (0.80, 0.83, 0.86), place.slab(1.5 * reach, 0.10, (0.12, 0.33)))
    for y in (0.19, -0.02):
        picture = place.lay(picture, (0.55, 0.58, 0.62), place.slab(1.5 * reach - 0.09, y, (0.008, 0.07)))
    picture = place.lay(picture, (0.60, 0.63, 0.66), place.slab(1.5 * reach, 0.11, (0.12, 0.004)))
    picture = _crockery(place, picture, 0.55 * reach)
    for x in (-0.5, 0.5):
        picture = lamp(place, picture, x * reach * 0.8, 0.46, among(field, 6, CLOTHS))
    return picture.clamp(0, 1)


def _cupboards(
    place: Room, picture: Tensor, x: float, y: float, half: tuple[float, float], front: Tensor
) -> Tensor:
    body = place.slab(x, y, half)
    picture = place.lay(picture, front * 0.72, body)
    u = (place.x - x) / 0.14 + 20
    dx, dy = (u % 1 - 0.5) * 0.14, place.y - y
    door = within(place.field, box(dx, dy, (0.062, half[1] - 0.010))) * body
    panel = within(place.field, box(dx, dy, (0.044, half[1] - 0.030))) * body
    picture = place.lay(picture, front, door)
    picture = place.lay(picture, front * 0.92, panel)
    return place.lay(
        picture, (0.78, 0.64, 0.36), within(place.field, box(dx - 0.048, dy, (0.005, 0.018))) * body
    )


def _stove(place: Room, picture: Tensor, x: float) -> Tensor:
    picture = place.lay(picture, (0.24, 0.25, 0.27), place.slab(x, 0.03, (0.10, 0.10)))
    picture = place.lay(picture, (0.10, 0.10, 0.12), place.slab(x, 0.005, (0.075, 0.045)))
    picture = mix(
        picture, rgb(1.0, 0.62, 0.25, like=picture), 0.5 * place.slab(x, -0.005, (0.065, 0.03)) * place.dusk
    )
    for part in range(4):
        picture = place.lay(picture, (0.85, 0.85, 0.86), place.ball(x - 0.06 + 0.04 * part, 0.095, 0.010))
    pot = place.slab(x + 0.03, 0.195, (0.045, 0.036))
    picture = place.lay(
        picture, among(place.field, 12, ((0.76, 0.22, 0.18), (0.20, 0.36, 0.56), (0.62, 0.64, 0.66))), pot
    )
    return place.lay(picture, (0.18, 0.18, 0.2), place.slab(x + 0.03, 0.238, (0.052, 0.006)))


def _crockery(place: Room, picture: Tensor, x: float) -> Tensor:
    """Jars and bowls on the counter."""
    for part in range(4):
        tone = among(place.field, 14 + part, CLOTHS)
        high = 0.03 + 0.012 * (part % 3)
        picture = place.lay(
            picture, tone * 1.15, rounded(place, x + 0.065 * (part - 1), 0.155 + high, (0.024, high), 0.012)
        )
        picture = place.lay(
            picture, (0.75, 0.58, 0.38), place.slab(x + 0.065 * (part - 1), 0.16 + 2 * high, (0.020, 0.007))
        )
    return picture


def cafe(field: Field) -> Tensor:
    wood = among(field, 3, WOODS)
    wall = among(field, 2, ((0.34, 0.44, 0.42), (0.72, 0.52, 0.42), (0.88, 0.80, 0.68), (0.36, 0.36, 0.42)))
    place, picture = shell(field, wall, wood, 7.0)
    reach = 0.24 * wide(field)
    board = place.slab(-0.45 * reach, 0.32, (0.42 * reach, 0.09))
    picture = place.lay(picture, wood * 0.8, place.slab(-0.45 * reach, 0.32, (0.42 * reach + 0.012, 0.102)))
    picture = place.lay(picture, (0.12, 0.15, 0.14), board)
    chalk = (
        edge(((place.y * 34) % 1 - 0.5).abs() - 0.12, 0.1)
        * (hashed(field, 60, torch.floor(place.x * 70), torch.floor(place.y * 34)) < 0.6).float()
    )
    picture = place.lay(
        picture, (0.90, 0.90, 0.84), 0.75 * chalk * place.slab(-0.45 * reach, 0.32, (0.36 * reach, 0.065))
    )
    picture = window(place, picture, (0.55 * reach, 0.29), (0.36 * reach, 0.13), rgb(*PALE, like=wall))
    for x in (-1.0, -0.33, 0.33):
        picture = _bottles(place, picture, (x * 0.6 - 0.1) * reach, 0.175)
    picture = place.lay(picture, wood * 0.62, place.slab(0.0, 0.03, (reach, 0.11)))
    slats = edge(torch.sin(place.x * 120), 0.5)
    picture = place.lay(picture, wood * (0.72 + 0.16 * slats), place.slab(0.0, 0.02, (reach - 0.02, 0.09)))
    picture = place.lay(picture, wood * 1.2, place.slab(0.0, 0.145, (reach + 0.02, 0.014)))
    picture = place.lay(
        picture, (0.76, 0.78, 0.80), rounded(place, 0.35 * reach, 0.215, (0.09, 0.058), 0.012)
    )
    picture = place.lay(picture, (0.26, 0.27, 0.30), place.slab(0.35 * reach, 0.20, (0.07, 0.022)))
    for x in (0.28, 0.42):
        picture = place.lay(picture, (0.97, 0.95, 0.92), place.slab(x * reach, 0.185, (0.014, 0.012)))
    for x in (-1.35, 1.35):
        picture = _table(place, picture, x * reach, wood)
    for part in range(3):
        picture = lamp(
            place, picture, (part - 1) * 0.62 * reach, 0.44, among(field, 10, ((0.18, 0.18, 0.2), *CLOTHS))
        )
    return picture.clamp(0, 1)


def _bottles(place: Room, picture: Tensor, x: float, y: float) -> Tensor:
    for part in range(4):
        tone = among(place.field, 30 + part, CLOTHS)
        cx = x + 0.034 * (part - 1)
        picture = place.lay(picture, tone, rounded(place, cx, y + 0.02, (0.012, 0.036), 0.008))
        picture = place.lay(picture, tone * 0.8, place.slab(cx, y + 0.06, (0.004, 0.016)))
    return picture


def _table(place: Room, picture: Tensor, x: float, wood: Tensor) -> Tensor:
    picture = place.lay(picture, (0.18, 0.17, 0.17), place.slab(x, -0.17, (0.010, 0.13)))
    picture = place.lay(picture, (0.18, 0.17, 0.17), place.slab(x, -0.30, (0.07, 0.010)))
    for part in (-0.15, 0.15):
        picture = place.lay(picture, wood * 0.6, place.slab(x + part, -0.20, (0.05, 0.010)))
        picture = place.lay(picture, wood * 0.6, place.slab(x + 1.32 * part, -0.10, (0.008, 0.11)))
        for leg in (-0.042, 0.042):
            picture = place.lay(picture, wood * 0.5, place.slab(x + part + leg, -0.26, (0.006, 0.06)))
    oval = within(place.field, disc((place.x - x) / 3.4, place.y + 0.035, 0.042))
    picture = place.lay(picture, wood * 1.25, oval)
    picture = place.lay(picture, (0.97, 0.96, 0.93), rounded(place, x + 0.03, -0.005, (0.024, 0.020), 0.010))
    return place.lay(picture, (0.97, 0.96, 0.93), place.slab(x + 0.03, -0.028, (0.036, 0.004)))
