"""What one picture of the painted world shows: drawn at random, before any pixel or word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sfumato.train.world.lexicon import COLOURS, GROUNDS, OBJECTS, STYLES, TIMES

Kind = Literal["objects", "scene", "pattern", "abstract"]
HELD_OUT = 10  # one (object, surrounding) pair in ten is kept from training
SPACE = 8  # index in GROUNDS: no horizon, always night


@dataclass(frozen=True)
class Placed:
    """One object on the canvas: centre and size in units of the short side, from the canvas centre."""

    index: int
    x: float
    y: float
    size: float
    turn: float  # radians
    mirrored: bool
    colour: int | None = None


@dataclass(frozen=True)
class Scene:
    """One picture. `ground` is None on a plain ground, whose colour is then `colour`."""

    kind: Kind
    objects: tuple[Placed, ...]
    ground: int | None
    colour: int
    time: int
    style: int
    seed: int
    close: bool = False

    @property
    def surrounding(self) -> int:
        """The ground's index, or one past the last of them for each plain colour."""
        return len(GROUNDS) + self.colour if self.ground is None else self.ground


def held_out(index: int, surrounding: int) -> bool:
    """Whether training never shows this object in this surrounding (one pair in ten)."""
    return (7 * index + 3 * surrounding) % HELD_OUT == 0


def draw_scene(rng: np.random.Generator) -> Scene:
    """A random scene that training may show."""
    kind: Kind = rng.choice(np.array(["objects", "scene", "pattern", "abstract"]), p=[0.83, 0.11, 0.03, 0.03])
    while True:
        scene = _draw(kind, rng)
        if not any(held_out(o.index, scene.surrounding) for o in scene.objects):
            return scene


def single(index: int, surrounding: int, rng: np.random.Generator) -> Scene:
    """One object in a stated surrounding, by day and in the plain style; for tests of recognition."""
    ground = surrounding if surrounding < len(GROUNDS) else None
    colour = 0 if ground is not None else surrounding - len(GROUNDS)
    time = 2 if ground == SPACE else 0
    return Scene("objects", (_place(index, rng, 0.0, 0.72),), ground, colour, time, 0, _seed(rng))


def _draw(kind: Kind, rng: np.random.Generator) -> Scene:
    ground = int(rng.integers(len(GROUNDS)))
    plain = kind in ("pattern", "abstract") or (kind == "objects" and rng.random() < 0.45)
    time = 2 if ground == SPACE else int(rng.choice(len(TIMES), p=[0.48, 0.17, 0.15, 0.08, 0.12]))
    style = int(rng.integers(1, len(STYLES))) if rng.random() < 0.12 else 0
    close = kind == "objects" and rng.random() < 0.10
    return Scene(
        kind=kind,
        objects=_objects(kind, close, rng),
        ground=None if plain else ground,
        colour=int(rng.integers(len(COLOURS))),
        time=0 if plain else time,
        style=style,
        seed=_seed(rng),
        close=close,
    )


def _objects(kind: Kind, close: bool, rng: np.random.Generator) -> tuple[Placed, ...]:
    if kind in ("scene", "abstract"):
        return ()
    if kind == "pattern":
        return (_place(_pick(rng), rng, 0.0, 0.3),)
    if close:
        return (_place(_pick(rng), rng, 0.0, 0.95),)
    if rng.random() < 0.92:
        return (_place(_pick(rng), rng, 0.0, 0.72, tinted=rng.random() < 0.08),)
    left, right = rng.choice(len(OBJECTS), size=2, replace=False)
    return (_place(int(left), rng, -0.24, 0.46), _place(int(right), rng, 0.24, 0.46))


def _pick(rng: np.random.Generator) -> int:
    return int(rng.integers(len(OBJECTS)))


def _place(index: int, rng: np.random.Generator, x: float, size: float, tinted: bool = False) -> Placed:
    return Placed(
        index=index,
        x=x + rng.uniform(-0.03, 0.03),
        y=rng.uniform(-0.02, 0.05),
        size=size * rng.uniform(0.94, 1.06),
        turn=rng.normal(0.0, 0.03),
        mirrored=bool(rng.random() < 0.1),
        colour=int(rng.integers(len(COLOURS))) if tinted else None,
    )


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**63))
