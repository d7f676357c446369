"""How often a judge that knows only true renders recognises the object that a prompt named.

The prompts are held out: each names an object in a surrounding in which training never showed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from sfumato.engine import to_pixels
from sfumato.models.judge import Judge
from sfumato.train.world.lexicon import COLOURS, GROUNDS, OBJECTS
from sfumato.train.world.render import render
from sfumato.train.world.scene import held_out, single

SIDE_PX = 128  # of the true renders


class Question(NamedTuple):
    """A held-out prompt: its text, the object it names, and where that stands."""

    text: str
    index: int
    surrounding: int


def draw_questions(count: int, seed: int) -> tuple[Question, ...]:
    """Held-out prompts of one object each; all objects come equally often, to within one."""
    rng = np.random.Generator(np.random.Philox(seed))
    order = [int(i) for _ in range(-(-count // len(OBJECTS))) for i in rng.permutation(len(OBJECTS))]
    return tuple(_question(index, rng) for index in order[:count])


def _question(index: int, rng: np.random.Generator) -> Question:
    places = [s for s in range(len(GROUNDS) + len(COLOURS)) if held_out(index, s)]
    place = int(rng.choice(places))
    name = OBJECTS[index].en[0]
    article = "an" if name[0] in "aeiou" else "a"
    if place < len(GROUNDS):
        return Question(f"{article} {name} in the {GROUNDS[place].en[0]}", index, place)
    return Question(f"{article} {name} on a {COLOURS[place - len(GROUNDS)].en[0]} background", index, place)


def render_truth(questions: Sequence[Question], atlas: Tensor, seed: int) -> list[np.ndarray]:
    """What the prompts mean, drawn by the world itself, uint8 (H, W, 3)."""
    rng = np.random.Generator(np.random.Philox(seed))
    scenes = [single(q.index, q.surrounding, rng) for q in questions]
    return [to_pixels(picture) for picture in render(scenes, atlas, (SIDE_PX, SIDE_PX))]


def recognised(judge: Judge, questions: Sequence[Question], pictures: Sequence[np.ndarray]) -> list[bool]:
    """For each question, whether the judge names its object in the picture."""
    return [seen == q.index for seen, q in zip(judge.name(pictures), questions, strict=True)]
