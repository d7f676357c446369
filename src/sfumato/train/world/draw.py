"""Scenes at random: everything that a picture of the painted world may show, as training may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from zlib import crc32

import numpy as np

from sfumato.train.world import compose
from sfumato.train.world.compose import MOST, Room, closed, colour, pick, room_of
from sfumato.train.world.inscribe import inscribe
from sfumato.train.world.lexicon import (
    COLOURS,
    GROUNDS,
    LIGHTS,
    RELATIONS,
    STYLES,
    TIMES,
    WEATHERS,
    things,
)
from sfumato.train.world.scene import Kind, Placed, Scene

HELD_OUT = 10  # one (thing, surrounding) pair in so many is kept from training
KINDS: Mapping[Kind, float] = MappingProxyType(
    {"objects": 0.62, "scene": 0.15, "writing": 0.08, "pattern": 0.06, "abstract": 0.04, "views": 0.05}
)


def draw_scene(rng: np.random.Generator, shape: tuple[int, int] = (1, 1), kind: Kind | None = None) -> Scene:
    """A random scene that training may show, composed for pictures of (height, width)."""
    chosen: Kind = kind or rng.choice(np.array(list(KINDS)), p=list(KINDS.values()))
    while True:
        scene = _draw(chosen, shape, rng)
        if not any(held_out(o.thing, scene) for o in scene.objects):
            return scene


def held_out(thing: int, scene: Scene) -> bool:
    """Whether training never shows this thing in this surrounding (one pair in ten)."""
    place = COLOURS[scene.colour] if scene.ground is None else GROUNDS[scene.ground]
    return crc32(f"{things()[thing].en[0]} / {place.en[0]}".encode()) % HELD_OUT == 0


def _draw(kind: Kind, shape: tuple[int, int], rng: np.random.Generator) -> Scene:
    scene = _surrounding(kind, rng)
    room = room_of(shape, scene.ground)
    if kind == "objects":
        return _with_objects(scene, room, rng)
    if kind == "views":
        thing = int(rng.choice(compose.characters()))
        return replace(scene, objects=compose.three(room, thing, rng))
    if kind == "pattern":
        thing = Placed(pick(rng), 0, 0.0, 0.0, float(rng.uniform(0.15, 0.35)), colour=colour(rng, 0.3))
        look = int(rng.integers(compose.looks(things()[thing.thing])))
        return replace(scene, objects=(replace(thing, look=look),) if rng.random() < 0.75 else ())
    if kind == "writing":
        return _inscribed(scene, rng)
    return scene


def _inscribed(scene: Scene, rng: np.random.Generator) -> Scene:
    """Mostly without a style, so that letters can be read; some surfaces leave nothing to see of the
    place."""
    writing = inscribe(rng)
    style = 0 if rng.random() < 0.85 else scene.style
    written = replace(scene, writing=writing, style=style)
    return replace(written, ground=None, time=0, weather=0) if written.covered else written


def _surrounding(kind: Kind, rng: np.random.Generator) -> Scene:
    """The scene before anything stands in it."""
    plain = kind in ("pattern", "abstract", "views") or (kind != "scene" and rng.random() < 0.4)
    ground = None if plain else int(rng.integers(len(GROUNDS)))
    open_air = not plain and not closed(ground)
    return Scene(
        kind=kind,
        ground=ground,
        colour=int(rng.integers(len(COLOURS))),
        time=_mostly_first(len(TIMES), 0.5, rng) if open_air else 0,
        weather=_mostly_first(len(WEATHERS), 0.6, rng) if open_air else 0,
        light=_mostly_first(len(LIGHTS), 0.7, rng),
        style=_mostly_first(len(STYLES), 0.45, rng),
        richness=round(float(rng.random()), 3),
        seed=int(rng.integers(2**63)),
    )


def _mostly_first(count: int, share: float, rng: np.random.Generator) -> int:
    return 0 if rng.random() < share else int(rng.integers(1, count))


def _with_objects(scene: Scene, room: Room, rng: np.random.Generator) -> Scene:
    """One thing (close or not), two in a relation, several alike, or several different ones."""
    dyes = 0.0 if scene.grey else 0.4
    group = rng.choice(4, p=[0.5, 0.22, 0.13, 0.15])
    if group == 0:
        close = bool(rng.random() < 0.2)
        return replace(
            scene, close=close, objects=compose.one(room, pick(rng), colour(rng, dyes), close, rng)
        )
    if group == 2:
        count, thing, dyed = int(rng.integers(2, MOST + 1)), pick(rng), colour(rng, dyes)
        return replace(scene, objects=compose.row(room, [thing] * count, [dyed] * count, rng))
    count = 2 if group == 1 else int(rng.choice([2, 3, 4], p=[0.6, 0.25, 0.15]))
    chosen = _different(count, rng)
    dyed = [colour(rng, dyes) for _ in chosen]
    if group == 3:
        return replace(scene, objects=compose.row(room, chosen, dyed, rng))
    relation = int(rng.integers(len(RELATIONS)))
    return replace(scene, relation=relation, objects=compose.related(room, chosen, dyed, relation, rng))


def _different(count: int, rng: np.random.Generator) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < count:
        thing = pick(rng)
        if thing not in chosen:
            chosen.append(thing)
    return chosen
