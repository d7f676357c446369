"""True renders of the committed prompts: what a picture looks like that does what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import numpy as np

from sfumato.engine import to_pixels
from sfumato.train.metrics.questions import Question, scene_of, shape_of
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.batch import pixels
from sfumato.train.world.render import render

BATCH = 16


def render_truth(asked: Sequence[Question], atlas: Atlas, seed: int, side: int = 128) -> list[np.ndarray]:
    """One picture of each question, uint8 (H, W, 3), of about side × side pixels."""
    rng = np.random.Generator(np.random.Philox(seed))
    told = [(pixels(shape_of(question), side), scene_of(question, rng)) for question in asked]
    made: list[np.ndarray] = []
    while len(made) < len(told):
        size = told[len(made)][0]
        alike = takewhile(lambda own: own[0] == size, told[len(made) : len(made) + BATCH])  # noqa: B023
        run = [scene for _, scene in alike]
        made += [to_pixels(picture) for picture in render(run, atlas, size)]
    return made
