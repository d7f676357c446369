"""Where things stand: inside the picture, apart from each other, as the relation says; and what is kept
from training."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.train.world import compose, inscribe
from sfumato.train.world.batch import SHAPES
from sfumato.train.world.compose import ABOVE, BEHIND, BELOW, LEFT, MOST, RIGHT, WIDE, room_of
from sfumato.train.world.draw import KINDS, draw_scene, held_out
from sfumato.train.world.lexicon import (
    CLOSED,
    COLOURS,
    GROUNDS,
    LIGHTS,
    RELATIONS,
    STYLES,
    SURFACES,
    TIMES,
    WEATHERS,
    things,
)
from sfumato.train.world.looks import looks, sprite, starts, turning
from sfumato.train.world.scene import Placed, Scene

SEEDS = st.integers(0, 2**32)
SHAPE = st.sampled_from(SHAPES)


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    rng = generator(1)
    return [draw_scene(rng, SHAPES[i % len(SHAPES)]) for i in range(8000)]


def inside(placed: Placed, shape: tuple[int, int], slack: float = 0.1) -> bool:
    """Whether it sticks out by no more than a part of it; sprites have clear corners."""
    height, width = (side / min(shape) / 2 for side in shape)
    reach = placed.size * (0.5 - slack)
    return abs(placed.x) + reach <= width + 1e-6 and abs(placed.y) + reach <= height + 1e-6


@given(seed=SEEDS, shape=SHAPE)
def test_everything_is_in_the_picture(seed: int, shape: tuple[int, int]) -> None:
    for kind in ("objects", "views"):
        scene = draw_scene(generator(seed), shape if kind == "objects" else WIDE, kind)
        if not scene.close:
            assert all(inside(o, shape if kind == "objects" else WIDE) for o in scene.objects), scene


@given(seed=SEEDS, shape=SHAPE, relation=st.sampled_from(range(len(RELATIONS))), ground=st.booleans())
def test_a_relation_holds(seed: int, shape: tuple[int, int], relation: int, ground: bool) -> None:
    rng = generator(seed)
    room = room_of(shape, int(rng.integers(len(GROUNDS))) if ground else None)
    one, other = compose.related(room, [0, 1], [None, None], relation, rng)
    x, y = one.x - other.x, one.y - other.y
    apart = {LEFT: -x > abs(y), RIGHT: x > abs(y), ABOVE: -y > abs(x), BELOW: y > abs(x)}
    assert apart.get(relation, True)
    reach = (one.size + other.size) / 2
    assert (max(abs(x), abs(y)) < 0.7 * reach) == (relation == BEHIND)
    assert inside(one, shape) and inside(other, shape)


@given(seed=SEEDS, shape=SHAPE, count=st.integers(2, MOST), ground=st.booleans())
def test_what_is_counted_can_be_counted(seed: int, shape: tuple[int, int], count: int, ground: bool) -> None:
    rng = generator(seed)
    room = room_of(shape, int(rng.integers(len(GROUNDS))) if ground else None)
    placed = compose.row(room, [3] * count, [None] * count, rng)
    assert len(placed) == count and all(inside(o, shape) for o in placed)
    for i, one in enumerate(placed):
        for other in placed[:i]:
            assert max(abs(one.x - other.x), abs(one.y - other.y)) > 0.9 * one.size, "they do not overlap"


def test_training_never_shows_what_is_held_out(scenes: list[Scene]) -> None:
    assert not any(held_out(o.thing, scene) for scene in scenes for o in scene.objects)
    every = [Scene("objects", ground=g) for g in range(len(GROUNDS))]
    every += [Scene("objects", colour=c) for c in range(len(COLOURS))]
    kept = np.array([[held_out(i, scene) for scene in every] for i in range(len(things()))])
    assert 0.08 < kept.mean() < 0.12
    assert kept.any(1).mean() > 0.95, "nearly every thing has surroundings kept for the test"


def test_everything_in_the_lexicon_is_drawn(scenes: list[Scene]) -> None:
    assert {s.kind for s in scenes} == set(KINDS)
    assert {s.ground for s in scenes} == {None, *range(len(GROUNDS))}
    for name, table in (("time", TIMES), ("weather", WEATHERS), ("light", LIGHTS), ("style", STYLES)):
        assert {getattr(s, name) for s in scenes} == set(range(len(table))), name
    assert {s.relation for s in scenes} == {None, *range(len(RELATIONS))}
    assert {s.writing.surface for s in scenes if s.writing} == set(range(len(SURFACES)))
    assert len({o.thing for s in scenes for o in s.objects}) > 0.98 * len(things())
    assert {len(s.objects) for s in scenes} == {0, 1, 2, 3, 4}


def test_no_place_without_a_sky_has_weather(scenes: list[Scene]) -> None:
    shut = [s for s in scenes if s.ground is None or GROUNDS[s.ground].en[0] in CLOSED]
    assert shut and all(s.time == s.weather == 0 for s in shut)


def test_no_colour_is_bound_where_none_is_seen(scenes: list[Scene]) -> None:
    without = [s for s in scenes if s.grey and s.kind == "objects"]
    assert without and all(o.colour is None for s in without for o in s.objects)


def test_looks_fill_the_atlas_without_gaps() -> None:
    taken = []
    for i, thing in enumerate(things()):
        for look in range(looks(thing)):
            sides = ("front", "side", "back") if look in turning(thing) else ("front",)
            taken += [sprite(Placed(i, look, 0, 0, 1, view=side)) for side in sides]
    assert taken == list(range(starts()[-1]))


def test_what_is_written_can_be_spelt_and_is_not_held_out() -> None:
    rng = generator(5)
    lines = [line for _ in range(2000) for line in inscribe.inscribe(rng).lines]
    assert not any(inscribe.held_out(line) for line in lines)
    chinese = [line for line in lines if line[0] >= "\u3400"]
    assert 0.15 < len(chinese) / len(lines) < 0.35
    assert max(map(len, chinese)) <= inscribe.LONGEST_ZH and max(map(len, lines)) <= inscribe.LONGEST
    held = sum(
        inscribe.held_out(word) for word in ("fox cat dog owl sun tea bar open sale moon star").split()
    )
    assert held < 6, "only some words are kept for the test"


def test_the_same_seed_draws_the_same_scene() -> None:
    one, two, other = (draw_scene(generator(seed)) for seed in (7, 7, 8))
    assert one == two != other
