"""Small random choices that both languages make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sfumato.train.world import lexicon
from sfumato.train.world.scene import Placed, Scene

HIGH, LOW = 0.75, 0.25  # richness beyond which it may be said


class Seen(NamedTuple):
    """What of a scene's surroundings can be seen, hence said: indices, or None."""

    ground: int | None
    colour: int | None  # of a plain ground
    time: int | None
    weather: int | None
    light: int | None
    style: int
    rich: int  # 1 high, -1 low, 0 neither


class Group(NamedTuple):
    """The same thing in the same colour, `number` times."""

    thing: lexicon.Thing
    colour: int | None
    number: int


def pick(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def say(names: tuple[str, ...], rng: np.random.Generator) -> str:
    """The first name two times in three, else any other."""
    return names[0] if rng.random() < 0.6 else pick(names, rng)


def chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def seen(scene: Scene) -> Seen:
    """What may be said; abstract pictures have no ground, and a plain or closed one no time or weather."""
    ground = scene.ground if scene.kind != "abstract" else None
    unseen = scene.kind == "abstract" or scene.covered or scene.grey or _is_geometric(scene)
    plain = scene.colour if scene.ground is None and not unseen else None
    is_open = ground is not None and lexicon.GROUNDS[ground].en[0] not in lexicon.CLOSED
    return Seen(
        ground=ground,
        colour=plain,
        time=scene.time if is_open else None,
        weather=scene.weather if is_open else None,
        light=scene.light or None,
        style=scene.style,
        rich=(scene.richness > HIGH) - (scene.richness < LOW),
    )


def _is_geometric(scene: Scene) -> bool:
    return scene.kind == "pattern" and not scene.objects


def groups(objects: Sequence[Placed]) -> list[Group]:
    """Objects that look the same, counted, in the order they first appear."""
    kinds = list(dict.fromkeys((each.thing, each.colour) for each in objects))
    table, found = lexicon.things(), [(each.thing, each.colour) for each in objects]
    return [Group(table[thing], colour, found.count((thing, colour))) for thing, colour in kinds]


def is_related(scene: Scene) -> bool:
    """Whether a relation can be said: one thing and another, no crowd."""
    one_two = [(each.thing, each.colour) for each in scene.objects]
    return scene.relation is not None and len(one_two) == 2 and one_two[0] != one_two[1]
