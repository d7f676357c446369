"""A room in one-point perspective: floor, walls, ceiling, window and light, before any furniture."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    box,
    disc,
    hashed,
    inside,
    mix,
    noise_tile,
    sample,
    tall,
    wide,
)

EYE, BACK = 0.46, 0.48  # y of the vanishing point; the back wall's share of the canvas
FLOOR = EYE + BACK * (1 - EYE)  # y where the back wall meets the floor

# Moods of a room: the sky in its windows (top, bottom), the light in the room.
_MOODS = (
    ((0.46, 0.72, 0.95), (0.86, 0.95, 1.00), (1.00, 0.98, 0.95)),
    ((0.95, 0.62, 0.42), (1.00, 0.84, 0.56), (1.00, 0.84, 0.68)),
    ((0.05, 0.08, 0.22), (0.18, 0.22, 0.42), (0.74, 0.60, 0.50)),
)


@dataclass(frozen=True)
class Room:
    """Places in a room: x from the middle and y upwards from the back wall's floor line, in short sides."""

    field: Field
    x: Tensor  # (1, 1, 1, W)
    y: Tensor  # (1, 1, H, 1)
    light: Tensor
    pane_top: Tensor
    pane_low: Tensor
    dusk: Tensor  # 1 where lamps are lit

    def lay(self, picture: Tensor, colour: Tensor | tuple[float, float, float], cover: Tensor) -> Tensor:
        """A colour in the room's light laid over the picture."""
        own = rgb(*colour, like=picture) if isinstance(colour, tuple) else colour
        return mix(picture, (own * self.light).clamp(0, 1), cover)

    def slab(
        self, x: Tensor | float, y: Tensor | float, half: tuple[Tensor | float, Tensor | float]
    ) -> Tensor:
        """An upright box round x, y as a mask."""
        return inside(self.field, box(self.x - x, self.y - y, half))

    def ball(self, x: Tensor | float, y: Tensor | float, radius: Tensor | float) -> Tensor:
        """A disc round x, y as a mask."""
        return inside(self.field, disc(self.x - x, self.y - y, radius))

    def glow(
        self, picture: Tensor, x: Tensor | float, y: Tensor | float, reach: float, strength: float = 0.5
    ) -> Tensor:
        """Warm light round a lamp, stronger when it is dark outside."""
        halo = torch.exp(-disc(self.x - x, self.y - y, 0.0) / reach) * strength * (0.45 + 0.55 * self.dusk)
        return mix(picture, rgb(1.0, 0.86, 0.56, like=picture), halo)


def shell(field: Field, wall: Tensor, floor: Tensor, boards: float) -> tuple[Room, Tensor]:
    """The empty room (B, 3, H, W) and its places; `boards` planks on the floor, tiles where negative."""
    mood = (field.draw(0) * 3).long()[:, 0, 0, 0]
    moods = torch.tensor(_MOODS, device=mood.device)[mood][..., None, None]
    x = field.x - wide(field) / 2
    room = Room(
        field,
        x,
        (FLOOR - field.y) * tall(field),
        moods[:, 2],
        moods[:, 0],
        moods[:, 1],
        (mood == 2).float()[:, None, None, None],
    )
    down = field.y - EYE
    side = x.abs() / (wide(field) / 2)
    under, over = down / (1 - EYE), -down / EYE
    depth = torch.maximum(
        torch.maximum(side, torch.maximum(under, over)), torch.tensor(BACK, device=mood.device)
    )
    soft = 2 * field.texel
    fade = 0.80 + 0.20 * ((depth - BACK) / (1 - BACK))
    picture = (wall * (1.0 - 0.10 * (field.y - 0.3))).expand(-1, -1, *field.size)
    picture = mix(picture, wall * (0.82 - 0.10 * torch.sign(x)) * (1.1 - 0.2 * fade), edge(BACK - side, soft))
    ceiling = mix(wall, rgb(0.97, 0.96, 0.94, like=wall), 0.7) * (0.72 + 0.25 * fade)
    picture = mix(
        picture, ceiling, edge(torch.maximum(side, torch.tensor(BACK, device=mood.device)) - over, soft)
    )
    ground = _floor(field, floor, x / (wide(field) / 2) / depth, 1 / depth, boards) * fade
    on_floor = edge(torch.maximum(side, torch.tensor(BACK, device=mood.device)) - under, soft)
    skirt = edge(torch.maximum(side, torch.tensor(BACK, device=mood.device)) - under * 1.07, soft) * (
        1 - on_floor
    )
    picture = mix(picture, mix(wall, rgb(1.0, 1.0, 1.0, like=wall), 0.55) * 0.85, skirt)
    corner = 1 - 0.16 * torch.exp(-(side - BACK).abs() * 30) * (1 - on_floor)
    return room, (mix(picture, ground, on_floor) * corner * room.light).clamp(0, 1)


def _floor(field: Field, colour: Tensor, across: Tensor, depth: Tensor, boards: float) -> Tensor:
    u = across * abs(boards) * wide(field)
    v = depth * (2.2 if boards > 0 else abs(boards) * 1.3)
    column = torch.floor(u)
    along = v + (hashed(field, 1, column) * 3 if boards > 0 else 0)
    tint = 0.86 + 0.22 * hashed(field, 2, column, torch.floor(along))
    gap = edge(0.47 - (u - column - 0.5).abs(), 0.05) + edge(
        0.48 - (along - torch.floor(along) - 0.5).abs(), 0.03
    )
    grain = sample(noise_tile(field, 3), u * 0.9, v * 0.12) - 0.5
    if boards < 0:
        chequer = ((column + torch.floor(v)) % 2) * 0.16 * (field.draw(1) < 0.5).float()
        return (colour * (1.02 - chequer) * (1 - 0.14 * gap.clamp(0, 1))).clamp(0, 1)
    return (colour * tint * (1 + 0.22 * grain) * (1 - 0.35 * gap.clamp(0, 1))).clamp(0, 1)


def window(
    room: Room, picture: Tensor, place: tuple[Tensor | float, float], half: tuple[float, float], frame: Tensor
) -> Tensor:
    """A window with a view of sky and hills, four panes, curtains; light falls from it onto the floor."""
    (x, y), field = place, room.field
    dx, dy = room.x - x, room.y - y
    t = (0.5 - dy / (2 * half[1])).clamp(0, 1)
    view = mix(room.pane_top, room.pane_low, t)
    far = dy + 0.25 * half[1] - 0.10 * half[1] * torch.sin(dx * 14 + 6 * field.draw(30))
    near = dy + 0.55 * half[1] - 0.12 * half[1] * torch.sin(dx * 21 + 6 * field.draw(31))
    green = mix(rgb(0.36, 0.56, 0.34, like=view), room.pane_top * 0.6, 0.35 + 0.5 * room.dusk)
    view = mix(mix(view, mix(green, room.pane_low, 0.5), inside(field, far)), green, inside(field, near))
    bars = torch.minimum(dx.abs(), (dy - 0.1 * half[1]).abs()) - 0.006
    picture = room.lay(picture, frame, inside(field, box(dx, dy, (half[0] + 0.022, half[1] + 0.022))))
    glass = inside(field, box(dx, dy, half))
    picture = mix(picture, view, glass)
    picture = room.lay(picture, frame, glass * inside(field, bars))
    sill = box(dx, dy + half[1] + 0.028, (half[0] + 0.045, 0.010))
    picture = room.lay(picture, frame * 0.92, inside(field, sill))
    beam = dx - (room.y + 0.02) * field.draw(32, -0.9, 0.9)
    spill = (
        edge(beam.abs() - half[0] * (1 - 1.5 * room.y), 0.05)
        * edge(room.y + 0.05, 0.03)
        * edge(-0.25 - room.y, 0.06)
    )
    bar = edge(0.02 - beam.abs(), 0.02)
    return mix(picture, room.pane_low, 0.32 * spill * bar * (1 - 0.8 * room.dusk))


def curtains(
    room: Room, picture: Tensor, place: tuple[Tensor | float, float], half: tuple[float, float], cloth: Tensor
) -> Tensor:
    """Two curtains in folds beside a window, on a rail."""
    dx, dy = (room.x - place[0]).abs() - half[0] - 0.03, room.y - place[1]
    fold = 0.80 + 0.24 * torch.sin(dx * 160 + 3 * torch.sin(dy * 6))
    hang = inside(room.field, box(dx, dy + 0.02, (0.055, half[1] + 0.09)))
    picture = room.lay(picture, (cloth * fold).clamp(0, 1), hang)
    rail = box(room.x - place[0], dy - half[1] - 0.075, (half[0] + 0.11, 0.007))
    return room.lay(picture, (0.30, 0.22, 0.16), inside(room.field, rail))


def lamp(room: Room, picture: Tensor, x: Tensor | float, high: float, shade: Tensor) -> Tensor:
    """A hanging lamp with a conical shade, its lower rim at `high` above the floor line."""
    dx, dy = room.x - x, room.y - high
    cord = inside(room.field, dx.abs() - 0.003) * inside(room.field, 0.06 - dy)
    picture = room.glow(picture, x, high - 0.01, 0.13, 0.6)
    picture = room.lay(picture, (0.18, 0.16, 0.15), cord)
    hood = torch.maximum(dx.abs() - 0.07 + 0.75 * dy, torch.maximum(dy - 0.07, -dy))
    picture = room.lay(picture, (shade * (1.0 - 2.0 * dx)).clamp(0, 1), inside(room.field, hood))
    return mix(
        picture,
        rgb(1.0, 0.95, 0.76, like=picture),
        inside(room.field, disc(dx * 0.6, dy, 0.022)) * inside(room.field, dy),
    )


def shelves(
    room: Room,
    picture: Tensor,
    place: tuple[float, float],
    half: tuple[float, float],
    wood: Tensor,
    salt: int,
) -> Tensor:
    """A case of books whose centre is `place`: rows of spines of many heights and colours."""
    dx, dy = room.x - place[0], room.y - place[1]
    case = inside(room.field, box(dx, dy, half))
    picture = room.lay(picture, wood * 0.45, case)
    level = (dy + half[1]) / 0.105
    board = torch.floor(level)
    rise = level - board
    u = dx * 46 + 500 + 7 * board
    book = torch.floor(u / 1.3)
    tint = [hashed(room.field, salt + part, book, board) for part in range(4)]
    high = 0.48 + 0.34 * tint[3]
    spine = torch.cat(
        [0.18 + 0.72 * tint[0] * (0.5 + 0.5 * tint[3]), 0.16 + 0.50 * tint[1], 0.16 + 0.44 * tint[2]], 1
    )
    round_ = 0.72 + 0.4 * torch.sin((u / 1.3 - book) * 3.1416)
    bands = 1 + 0.35 * edge((rise / high - 0.72).abs() - 0.05, 0.05)
    filled = edge(rise - high, 0.03) * edge(0.10 - rise, 0.03) * (tint[2] > 0.06).float()
    picture = room.lay(picture, (spine * round_ * bands).clamp(0, 1), filled * case)
    upright = edge(((dx / 0.24 + 0.5) % 1 - 0.5).abs() - 0.03, 0.02)
    planks = torch.maximum(edge(rise - 0.10, 0.04), upright) * case
    return room.lay(picture, wood, planks)


def framed(room: Room, picture: Tensor, x: float, y: float, k: int) -> Tensor:
    """A small painting of a landscape on the wall."""
    half = (0.075, 0.055)
    dx, dy = room.x - x, room.y - y
    picture = room.lay(
        picture, (0.34, 0.24, 0.15), inside(room.field, box(dx, dy, (half[0] + 0.012, half[1] + 0.012)))
    )
    sky = among(room.field, k, ((0.96, 0.80, 0.60), (0.64, 0.80, 0.90), (0.92, 0.72, 0.70)))
    land = among(room.field, k + 1, ((0.36, 0.48, 0.38), (0.34, 0.40, 0.54), (0.72, 0.46, 0.34)))
    art = mix(sky, land, inside(room.field, dy + 0.008 - 0.014 * torch.sin(dx * 50 + k)))
    return room.lay(picture, art, inside(room.field, box(dx, dy, half)))


def plant(room: Room, picture: Tensor, x: float, foot: float, size: float) -> Tensor:
    """A plant with broad leaves in a pot."""
    dx, dy = (room.x - x) / size, (room.y - foot) / size
    soft = room.field.texel / size * 1.5
    for leaf in range(7):
        turn = torch.tensor((leaf - 3) * 0.42, device=dx.device)
        along = dx * torch.sin(turn) + (dy - 0.3) * torch.cos(turn)
        beside = dx * torch.cos(turn) - (dy - 0.3) * torch.sin(turn)
        t = (along / 0.75).clamp(0, 1)
        body = edge(beside.abs() - 0.62 * t * (1 - t), soft) * edge(-along, soft) * edge(along - 0.75, soft)
        tone = rgb(0.16, 0.42, 0.22, like=picture) * (0.75 + 0.5 * t + 0.08 * (leaf % 3))
        picture = room.lay(picture, tone, body)
    pot = edge(torch.maximum(dx.abs() - 0.17 - 0.15 * dy, (dy - 0.17).abs() - 0.17), soft)
    return room.lay(picture, rgb(0.78, 0.48, 0.34, like=picture) * (1 - 0.6 * dx), pot)
