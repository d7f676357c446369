"""Things and characters drawn by code, once, as sprites: what no emoji font has, or has only one look of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from zlib import crc32

import numpy as np
from PIL.Image import Image

from sfumato.train.world.drawn import (
    animals,
    boats,
    buildings,
    flowers,
    furniture,
    heavens,
    heroes,
    home,
    land,
    landmarks,
    monuments,
    people,
    robots,
    rural,
    treasures,
    trees,
    vehicles,
    watches,
    works,
)  # fmt: skip
from sfumato.train.world.drawn.names import NAMES
from sfumato.train.world.drawn.pen import Pen
from sfumato.train.world.drawn.sprites import fitted
from sfumato.train.world.scene import View

__all__ = [
    "CHARACTERS", "DESIGNS", "LOOKS", "NAMES", "PAINTERS", "VIEWS", "CharacterPainter", "Painter",
    "draw_characters", "draw_things",
]  # fmt: skip

Painter = Callable[[Pen, np.random.Generator], None]
CharacterPainter = Callable[[Pen, View, np.random.Generator], None]

LOOKS = 8  # of a thing: other shapes, colours, details and finish
DESIGNS = 12  # of a character: other hair, clothes, colours and finish
VIEWS: tuple[View, ...] = ("front", "side", "back")

PAINTERS = MappingProxyType({
    **trees.PAINTERS, **flowers.PAINTERS, **land.PAINTERS, **buildings.PAINTERS, **rural.PAINTERS,
    **landmarks.PAINTERS, **monuments.PAINTERS, **boats.PAINTERS, **vehicles.PAINTERS, **heavens.PAINTERS,
    **works.PAINTERS, **watches.PAINTERS, **furniture.PAINTERS, **home.PAINTERS, **treasures.PAINTERS,
})  # fmt: skip
CHARACTERS = MappingProxyType({
    **people.CHARACTERS, **heroes.CHARACTERS, **robots.CHARACTERS, **animals.CHARACTERS,
})  # fmt: skip


def draw_things(names: Sequence[str]) -> Iterator[Image]:
    """The looks of each thing in order, LOOKS a name: RGBA, 128 × 128, a clear rim of at least 2 pixels.

    The same on every machine: random numbers are seeded by name and look.

    Raises:
        KeyError: no painter has this name.
    """
    for name in names:
        for look in range(LOOKS):
            rng = _random(name, look)
            pen = Pen(look, rng)
            PAINTERS[name](pen, rng)
            yield fitted([pen.canvas])[0]


def draw_characters(names: Sequence[str]) -> Iterator[Image]:
    """The designs of each character in order, DESIGNS a name, each from the front, the side and the back.

    The side faces right; the three views have one scale and height. RGBA, 128 × 128.

    Raises:
        KeyError: no painter has this name.
    """
    for name in names:
        for design in range(DESIGNS):
            yield from fitted([_view(name, design, view) for view in VIEWS])


def _view(name: str, design: int, view: View) -> np.ndarray:
    rng = _random(name, design)
    pen = Pen(design, rng)
    CHARACTERS[name](pen, view, rng)
    return pen.canvas


def _random(name: str, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(crc32(f"{name} {number}".encode())))
