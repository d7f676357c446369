"""What stands where: things drawn at random into a picture of a stated shape.

`room` is half of the picture's width and height, in short sides. Everything fits into it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sfumato.train.world.grounds import HORIZONS
from sfumato.train.world.lexicon import CLOSED, COLOURS, COUNTS, GROUNDS, RELATIONS, index, things
from sfumato.train.world.looks import looks, turning
from sfumato.train.world.scene import Placed, View

WIDE = (9, 28)  # height and width of pictures of three views
MOST = len(COUNTS)  # things in one picture
RIM = 0.03
FOOT = 0.46  # of a sprite's side, from its centre down to what it stands on
SIGNS = frozenset({"face", "symbol"})
FLYING = frozenset({"sky"})
LEFT, RIGHT, ABOVE, BELOW, BEHIND = range(len(RELATIONS))


class Room(NamedTuple):
    """Half the width and height of the picture in short sides, and where its ground begins (None:
    anywhere)."""

    x: float
    y: float
    horizon: float | None = None


def room_of(shape: tuple[int, int], ground: int | None) -> Room:
    """The room in a picture of (height, width)."""
    height, width = shape
    y = height / min(shape) / 2
    if ground is None or HORIZONS[GROUNDS[ground].en[0]] >= 1:
        return Room(width / min(shape) / 2, y)
    return Room(width / min(shape) / 2, y, (2 * HORIZONS[GROUNDS[ground].en[0]] - 1) * y)


def pick(rng: np.random.Generator) -> int:
    """A thing: one in four is one that many pictures are made of, and has many looks; few are signs and
    faces."""
    known = things()
    if rng.random() < 0.25:
        return int(rng.choice([i for i, thing in enumerate(known) if thing.drawn]))
    while True:
        thing = int(rng.integers(len(known)))
        if known[thing].kind not in SIGNS or rng.random() < 0.4:
            return thing


def place(thing: int, x: float, y: float, size: float, rng: np.random.Generator, **told) -> Placed:
    """A thing there, in one of its looks, turned a little."""
    look = told.pop("look", int(rng.integers(looks(things()[thing]))))
    turn, mirrored = float(rng.normal(0, 0.03)), bool(rng.random() < 0.15)
    return Placed(thing, look, x, y, size, turn, mirrored, **told)


def colour(rng: np.random.Generator, share: float) -> int | None:
    """A colour for that share of things."""
    return int(rng.integers(len(COLOURS))) if rng.random() < share else None


def one(
    room: Room, thing: int, dyed: int | None, close: bool, rng: np.random.Generator
) -> tuple[Placed, ...]:
    """One thing near the middle; a close one fills the picture."""
    size = rng.uniform(0.95, 1.15) if close else rng.uniform(0.45, 0.82)
    x = rng.uniform(-0.12, 0.12) if close else rng.uniform(-0.5, 0.5) * (room.x - size / 2)
    y = rng.uniform(0, 0.08) if close else _standing(room, size, thing, rng)
    return (place(thing, float(x), float(y), float(size), rng, colour=dyed),)


def row(
    room: Room, chosen: list[int], dyed: list[int | None], rng: np.random.Generator
) -> tuple[Placed, ...]:
    """Two to four things apart from each other: beside one another, or in two rows where the picture is
    tall."""
    rows = 1 if len(chosen) < 3 and room.x >= room.y else _rows(room, len(chosen), rng)
    columns = math.ceil(len(chosen) / rows)
    cell_x, cell_y = 2 * (room.x - RIM) / columns, 2 * (room.y - RIM) / rows
    size = min(0.62, cell_x * 0.92, cell_y * 0.92) * rng.uniform(0.72, 1)
    same = bool(len(set(chosen)) == 1 and rng.random() < 0.7)  # all in one look
    look = {"look": int(rng.integers(looks(things()[chosen[0]])))} if same else {}
    placed = []
    for number, (thing, own) in enumerate(zip(chosen, dyed, strict=True)):
        line, column = divmod(number, columns)
        inside = min(
            columns, len(chosen) - line * columns
        )  # a last row that is not full stands in the middle
        x = (column - (inside - 1) / 2) * cell_x + rng.uniform(-0.4, 0.4) * (cell_x - size)
        y = (line - (rows - 1) / 2) * cell_y + rng.uniform(-0.4, 0.4) * (cell_y - size)
        y = _standing(room, size, thing, rng) if rows == 1 else y
        placed.append(place(thing, float(x), float(y), float(size), rng, colour=own, **look))
    return tuple(placed)


def related(
    room: Room, chosen: list[int], dyed: list[int | None], relation: int, rng: np.random.Generator
) -> tuple[Placed, ...]:
    """Two things, the first one there from the second."""
    if relation == BEHIND:
        size = float(rng.uniform(0.42, 0.55))
        x, y = rng.uniform(-0.1, 0.1), min(_standing(room, size, chosen[1], rng) + 0.1, room.y - size / 2)
        aside, most = x + rng.choice([-1, 1]) * size * rng.uniform(0.3, 0.45), room.x - size / 2
        far = place(
            chosen[0], float(np.clip(aside, -most, most)), y - 0.3 * size, size * 1.05, rng, colour=dyed[0]
        )
        return far, place(chosen[1], float(x), y, size, rng, colour=dyed[1])
    across, down = {LEFT: (-1, 0), RIGHT: (1, 0), ABOVE: (0, -1), BELOW: (0, 1)}[relation]
    half = room.x if across else room.y
    size = float(min(0.55, 0.9 * half) * rng.uniform(0.75, 1))
    apart = float(rng.uniform(0.53 * size, max(0.53 * size, half - RIM - size / 2)))
    shift = float(rng.uniform(-0.1, 0.1))
    x, y = (0.0, shift if down == 0 else 0.0) if across else (shift, 0.0)
    if across:
        y = _standing(room, size, chosen[0], rng)
    first = place(chosen[0], x + across * apart, y + down * apart, size, rng, colour=dyed[0])
    return first, place(chosen[1], x - across * apart, y - down * apart, size, rng, colour=dyed[1])


def three(room: Room, thing: int, rng: np.random.Generator) -> tuple[Placed, ...]:
    """One character from the front, the side and behind."""
    look = int(rng.choice(turning(things()[thing])))
    cell = 2 * (room.x - RIM) / 3
    size = float(min(cell * 1.1, 2 * (room.y - RIM)) * rng.uniform(0.85, 1))
    sides: tuple[View, ...] = ("front", "side", "back")
    return tuple(Placed(thing, look, (i - 1) * cell, 0.0, size, view=side) for i, side in enumerate(sides))


def _rows(room: Room, count: int, rng: np.random.Generator) -> int:
    if count == 2:
        return 2
    wide = room.x / room.y
    return 1 if wide > 1.6 else count if wide < 0.6 else 2 if count == 4 or rng.random() < 0.6 else 1


def _standing(room: Room, size: float, thing: int, rng: np.random.Generator) -> float:
    """The middle of a thing whose feet are on the ground; in the air where there is none."""
    lowest = room.y - RIM - size / 2
    if room.horizon is None or things()[thing].kind in FLYING:
        return float(rng.uniform(-0.35, 0.35) * 2 * lowest) if lowest > 0 else 0.0
    highest = min(lowest, room.horizon + 0.06 - FOOT * size)
    return float(rng.uniform(highest, lowest))


def closed(ground: int | None) -> bool:
    """Whether the place has no sky: time and weather are not seen there."""
    return ground is not None and GROUNDS[ground].en[0] in CLOSED


def characters() -> list[int]:
    """The things that can be seen from three sides."""
    return [i for i, thing in enumerate(things()) if turning(thing)]


def ground(name: str) -> int:
    """The ground of that name."""
    return index(GROUNDS, name)
