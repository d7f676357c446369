"""How often a judge that knows only true renders recognises the object that a prompt named.

The prompts are held out: each names one of the judge's things in a surrounding in which the training of
the house model never showed it. They are of the world's first edition: ten grounds, and every colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sfumato.engine import to_pixels
from sfumato.models.judge import Judge
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.lexicon import COLOURS, GROUNDS, index, things
from sfumato.train.world.render import render
from sfumato.train.world.scene import Placed, Scene

SIDE_PX = 128  # of the true renders
FIRST_GROUNDS = 10
HELD_OUT = 10  # one (thing, surrounding) pair in so many was kept from training


class Question(NamedTuple):
    """A held-out prompt: its text, the thing it names (by its place in the judge's names), and where that
    stands."""

    text: str
    index: int
    surrounding: int


def draw_questions(names: Sequence[str], count: int, seed: int) -> tuple[Question, ...]:
    """Held-out prompts of one thing each; all come equally often, to within one."""
    rng = np.random.Generator(np.random.Philox(seed))
    order = [int(i) for _ in range(-(-count // len(names))) for i in rng.permutation(len(names))]
    return tuple(_question(names[i], i, rng) for i in order[:count])


def held_out(index: int, surrounding: int) -> bool:
    """Whether training never showed this thing in this surrounding: a ground, or past them a plain colour."""
    return (7 * index + 3 * surrounding) % HELD_OUT == 0


def _question(name: str, index: int, rng: np.random.Generator) -> Question:
    places = [s for s in range(FIRST_GROUNDS + len(COLOURS)) if held_out(index, s)]
    place = int(rng.choice(places))
    article = "an" if name[0] in "aeiou" else "a"
    if place < FIRST_GROUNDS:
        return Question(f"{article} {name} in the {GROUNDS[place].en[0]}", index, place)
    return Question(f"{article} {name} on a {COLOURS[place - FIRST_GROUNDS].en[0]} background", index, place)


def render_truth(
    names: Sequence[str], asked: Sequence[Question], atlas: Atlas, seed: int
) -> list[np.ndarray]:
    """What the prompts mean, drawn by the world itself, uint8 (H, W, 3)."""
    rng = np.random.Generator(np.random.Philox(seed))
    scenes = [_scene(names[own.index], own.surrounding, rng) for own in asked]
    return [to_pixels(picture) for picture in render(scenes, atlas, (SIDE_PX, SIDE_PX))]


def _scene(name: str, surrounding: int, rng: np.random.Generator) -> Scene:
    """The thing in its first look, by day (in space by night), in the middle."""
    x, y, size = rng.uniform(-0.03, 0.03), rng.uniform(-0.02, 0.05), 0.72 * rng.uniform(0.94, 1.06)
    placed = Placed(index(things(), name), 0, float(x), float(y), float(size))
    plain = surrounding >= FIRST_GROUNDS
    return Scene(
        "objects",
        (placed,),
        ground=None if plain else surrounding,
        colour=surrounding - FIRST_GROUNDS if plain else 0,
        seed=int(rng.integers(2**63)),
    )


def recognised(judge: Judge, asked: Sequence[Question], pictures: Sequence[np.ndarray]) -> list[bool]:
    """For each question, whether the judge names its thing in the picture."""
    return [seen == own.index for seen, own in zip(judge.name(pictures), asked, strict=True)]
