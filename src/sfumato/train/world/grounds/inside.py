"""Rooms: what stands in them leaves the floor in the middle free."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    RGB,
    among,
    box,
    disc,
    hashed,
    mix,
    tall,
    wide,
)
from sfumato.train.world.grounds.brush import inside as within
from sfumato.train.world.grounds.shell import (
    Room,
    curtains,
    framed,
    lamp,
    plant,
    shell,
    shelves,
    window,
)

WALLS = (
    (0.90, 0.84, 0.74), (0.62, 0.74, 0.74), (0.84, 0.68, 0.60), (0.70, 0.72, 0.60),
    (0.80, 0.80, 0.84), (0.46, 0.54, 0.62),
)  # fmt: skip
WOODS = ((0.62, 0.42, 0.26), (0.48, 0.31, 0.20), (0.76, 0.58, 0.40))
CLOTHS = (
    (0.22, 0.42, 0.48), (0.76, 0.40, 0.30), (0.46, 0.52, 0.36), (0.80, 0.62, 0.30),
    (0.58, 0.36, 0.46), (0.30, 0.36, 0.52),
)  # fmt: skip
PALE: RGB = (0.95, 0.93, 0.89)


def rug(room: Room, picture: Tensor, k: int) -> Tensor:
    """An oval rug with a border in the middle of the floor."""
    away = disc(room.x / 0.40, (room.y + 0.15) / 0.075, 0.0)
    cloth, rim = (
        among(room.field, k, CLOTHS),
        among(room.field, k + 1, (PALE, (0.86, 0.70, 0.46), (0.30, 0.26, 0.30))),
    )
    ring = edge((away - 0.82).abs() - 0.05, 0.03) + 0.6 * edge((away - 0.5).abs() - 0.03, 0.03)
    return room.lay(picture, mix(cloth, rim, ring.clamp(0, 1)), edge(away - 1, 0.02))


def sofa(room: Room, picture: Tensor, x: float, cloth: Tensor) -> Tensor:
    """A sofa with two cushions against the back wall."""
    for part in (-0.17, 0.17):
        picture = room.lay(picture, cloth * 0.92, rounded(room, x + part, 0.10, (0.165, 0.11), 0.03))
    for part in (-0.17, 0.17):
        picture = room.lay(picture, cloth * 1.12, rounded(room, x + part, 0.005, (0.16, 0.045), 0.02))
    picture = room.lay(picture, cloth * 0.72, rounded(room, x, -0.055, (0.36, 0.035), 0.01))
    for part in (-0.36, 0.36):
        picture = room.lay(picture, cloth, rounded(room, x + part, 0.0, (0.05, 0.09), 0.035))
    for part, tone in ((-0.24, (0.95, 0.86, 0.66)), (0.25, (0.88, 0.52, 0.38))):
        dx, dy = room.x - x - part, room.y - 0.10
        turned = box(0.8 * dx + 0.6 * dy, 0.8 * dy - 0.6 * dx, (0.05, 0.05)) - 0.01
        picture = room.lay(picture, tone, within(room.field, turned))
    return picture


def rounded(room: Room, x: float, y: float, half: tuple[float, float], corner: float) -> Tensor:
    """An upright box with round corners as a mask."""
    dx = ((room.x - x).abs() - half[0] + corner).clamp(min=0)
    dy = ((room.y - y).abs() - half[1] + corner).clamp(min=0)
    return within(room.field, disc(dx, dy, corner))


def panelled(room: Room, picture: Tensor, tone: Tensor) -> Tensor:
    """Faint stripes of wallpaper on the back wall, on some rows."""
    shown = (
        (room.field.draw(20) < 0.5).float()
        * edge(-room.y, 0.01)
        * edge(room.x.abs() - 0.24 * wide(room.field), 0.002)
    )
    stripes = edge(torch.sin(room.x * 62), 0.4) * edge(room.y - 0.40 * tall(room.field), 0.01)
    return mix(picture, picture * 0.93, stripes * shown)


def _living(field: Field) -> tuple[Room, Tensor, float, Tensor, Tensor]:
    wall, wood = among(field, 2, WALLS), among(field, 3, WOODS)
    room, picture = shell(field, wall, wood, 7.0)
    return room, panelled(room, picture, wall), 0.24 * wide(field), wood, rgb(*PALE, like=wall)


def room(field: Field) -> Tensor:
    place, picture, reach, wood, pale = _living(field)
    cloth = among(field, 4, CLOTHS)
    x = field.draw(5, -0.35, 0.35) * reach
    picture = window(place, picture, (x, 0.30), (0.13, 0.12), pale)
    picture = curtains(place, picture, (x, 0.30), (0.13, 0.12), among(field, 6, CLOTHS))
    rich = (field.richness > 0.35).float()
    picture = mix(picture, framed(place, picture, -0.85 * reach + 0.02, 0.27, 40), rich)
    picture = mix(picture, framed(place, picture, 0.85 * reach - 0.02, 0.29, 44), rich)
    picture = mix(
        picture,
        shelves(place, picture, (1.45 * reach, 0.12), (0.10, 0.26), wood * 0.8, 50),
        (field.draw(7) < 0.7).float(),
    )
    picture = sofa(place, picture, 0.0, cloth)
    picture = rug(place, picture, 8)
    picture = plant(place, picture, -1.5 * reach, -0.14, 0.26)
    picture = lamp(place, picture, field.draw(9, -0.6, 0.6) * reach, 0.44, among(field, 10, CLOTHS))
    return picture.clamp(0, 1)


def bedroom(field: Field) -> Tensor:
    place, picture, _, wood, pale = _living(field)
    cloth, linen = among(field, 4, CLOTHS), among(field, 5, (PALE, (0.90, 0.86, 0.92), (0.86, 0.92, 0.94)))
    side = torch.sign(field.draw(6) - 0.5)
    picture = window(place, picture, (-side * 0.13, 0.31), (0.13, 0.12), pale)
    picture = curtains(place, picture, (-side * 0.13, 0.31), (0.13, 0.12), among(field, 7, CLOTHS))
    x = side * 0.10
    picture = place.lay(picture, wood * 0.8, place.slab(x, 0.10, (0.27, 0.14)))
    picture = place.lay(picture, wood * 0.95, place.slab(x, 0.12, (0.25, 0.10)))
    spread = (0.02 - place.y).clamp(0, 1)
    half = 0.25 + 0.28 * spread
    quilt = within(field, (place.x - x).abs() - half) * within(field, (place.y + 0.10).abs() - 0.12)
    fold = 1 - 0.10 * edge(torch.sin((place.x - x) / half * 10 + 2 * torch.sin(place.y * 30)), 1.2)
    picture = place.lay(picture, cloth * fold, quilt)
    picture = place.lay(picture, linen, quilt * within(field, -0.035 - place.y))
    picture = place.lay(
        picture,
        cloth * 0.66,
        within(field, (place.x - x).abs() - 0.32) * within(field, (place.y + 0.25).abs() - 0.035),
    )
    for part in (-0.12, 0.12):
        dx, dy = (place.x - x - part) / 0.11, (place.y - 0.055) / 0.05
        puff = within(field, ((dx**4 + dy**4) ** 0.25 - 1) * 0.05)
        picture = place.lay(picture, linen * (0.90 + 0.10 * dy.clamp(-1, 1)), puff)
    for part in (-0.37, 0.37):
        picture = _night_table(place, picture, x + part, wood)
    return picture.clamp(0, 1)


def _night_table(place: Room, picture: Tensor, x: Tensor, wood: Tensor) -> Tensor:
    picture = place.lay(picture, wood * 0.85, place.slab(x, -0.03, (0.075, 0.06)))
    picture = place.lay(picture, wood * 1.1, place.slab(x, 0.03, (0.085, 0.008)))
    picture = place.lay(picture, (0.9, 0.8, 0.5), place.ball(x, -0.02, 0.008))
    picture = place.glow(picture, x, 0.12, 0.11, 0.6)
    picture = place.lay(picture, (0.62, 0.50, 0.36), place.slab(x, 0.06, (0.008, 0.03)))
    dy = place.y - 0.12
    hood = torch.maximum((place.x - x).abs() - 0.045 + 0.4 * dy, dy.abs() - 0.035)
    return mix(picture, rgb(1.0, 0.91, 0.68, like=picture), within(place.field, hood))


def library(field: Field) -> Tensor:
    wood = among(field, 2, ((0.42, 0.26, 0.16), (0.34, 0.20, 0.13), (0.52, 0.35, 0.22)))
    place, picture = shell(
        field, among(field, 3, ((0.42, 0.34, 0.28), (0.28, 0.36, 0.32), (0.46, 0.30, 0.26))), wood * 1.15, 7.0
    )
    reach = 0.24 * wide(field)
    picture = shelves(place, picture, (0.0, 0.225), (reach, 0.225), wood, 50)
    shown = (field.draw(5) < 0.6).float()
    arch = torch.minimum(box(place.x, place.y - 0.20, (0.10, 0.16)), disc(place.x, place.y - 0.36, 0.10))
    picture = mix(picture, place.lay(picture, wood * 1.1, within(field, arch - 0.02)), shown)
    glazed = mix(place.pane_low, place.pane_top, ((place.y - 0.1) * 2.5).clamp(0, 1))
    leads = within(field, torch.minimum(place.x.abs(), ((place.y * 9) % 1 - 0.5).abs() / 9) - 0.004)
    picture = mix(picture, mix(glazed, wood * 0.5, leads), within(field, arch) * shown)
    picture = _side_cases(place, picture, wood)
    picture = rug(place, picture, 8)
    picture = place.lay(picture, wood * 0.9, place.slab(-0.8 * reach, -0.03, (0.12, 0.012)))
    for x in (-0.10, 0.10):
        picture = place.lay(picture, wood * 0.7, place.slab(-0.8 * reach + x, -0.10, (0.010, 0.07)))
    picture = place.glow(picture, -0.8 * reach, 0.08, 0.14, 0.7)
    picture = place.lay(picture, (0.72, 0.58, 0.26), place.slab(-0.8 * reach, 0.02, (0.006, 0.04)))
    hood = torch.maximum(
        (place.x + 0.8 * reach).abs() - 0.055 + 0.7 * (place.y - 0.075), (place.y - 0.085).abs() - 0.018
    )
    picture = mix(picture, rgb(0.20, 0.62, 0.42, like=picture), within(field, hood))
    return lamp(place, picture, 0.0, 0.50, rgb(0.80, 0.64, 0.32, like=picture)).clamp(0, 1)


def _side_cases(place: Room, picture: Tensor, wood: Tensor) -> Tensor:
    """Cases of books along both side walls, in perspective."""
    field = place.field
    side = place.x.abs() / (wide(field) / 2)
    depth = 1 / side.clamp(min=0.2)
    level = (field.y - 0.46) / side.clamp(min=0.2)
    rows = level * 6.5 + 20
    board = torch.floor(rows)
    u = depth * 24 + torch.where(place.x < 0, 0.0, 300.0)
    book = torch.floor(u)
    tint = [hashed(field, 90 + part, book, board) for part in range(3)]
    spine = torch.cat([0.15 + 0.65 * tint[0], 0.14 + 0.46 * tint[1], 0.14 + 0.40 * tint[2]], 1) * (
        0.75 + 0.35 * torch.sin((u - book) * 3.14)
    )
    filled = edge(0.10 + 0.3 * tint[1] - (rows - board), 0.05) * edge(rows - board - 0.88, 0.05)
    tone = mix(wood * 0.4, spine, filled)
    tone = mix(
        tone,
        wood,
        torch.maximum(edge(0.88 - (rows - board), 0.04), edge(((depth * 3.2) % 1 - 0.5).abs() - 0.04, 0.03)),
    )
    on_wall = edge(0.49 - side, 2 * field.texel) * edge(level - 0.50, 0.006) * edge(-level - 0.42, 0.006)
    return place.lay(picture, tone.clamp(0, 1) * (0.7 + 0.2 * depth / 2), on_wall)
