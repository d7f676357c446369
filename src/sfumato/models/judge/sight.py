"""The judges as the studio uses them: what a picture shows, and what tells it apart from others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from sfumato.models.judge.eye import FILES, Eye, open_eye
from sfumato.models.judge.judge import Judge, open_judge
from sfumato.models.weights import weights_path

LIKELY = 0.3  # what the judge of single objects believes less is not said


class Tags(NamedTuple):
    """What a picture shows, by English names; the first thing is the surest.

    colours  one for each thing, "" where nobody can say; `ground` and `style` likewise
    """

    things: tuple[str, ...]
    colours: tuple[str, ...]
    ground: str = ""
    style: str = ""
    text: str = ""


@dataclass(frozen=True, eq=False)
class Sight:
    """The eye, or the judge of single objects where the eye's weights are not on this machine.

    size  n of `features`
    """

    judge: Eye | Judge
    size: int

    def features(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        """What tells pictures apart, float32 (B, n), of pictures uint8 (H, W, 3)."""
        return self.judge.features(pictures).numpy()

    def tags(self, picture: np.ndarray) -> Tags:
        """What a picture, uint8 (H, W, 3), shows."""
        if isinstance(self.judge, Judge):
            scores = self.judge.scores([picture])[0]
            best = scores.argsort(descending=True)[:3].tolist()
            names = tuple(self.judge.names[own] for own in best if scores[own] > LIKELY)
            return Tags(names, ("",) * len(names))
        (seen,) = self.judge.look([picture])
        named = {own.thing: own.colour for own in seen.found}
        return Tags(tuple(named), tuple(named.values()), seen.ground or "", seen.style, seen.text)


@cache
def open_sight() -> Sight:
    """The best that is on this machine, opened once. Raises FileNotFoundError where none is."""
    judge = open_eye() if all(weights_path(name).exists() for name in FILES.values()) else open_judge()
    return Sight(judge, judge.features([np.zeros((64, 64, 3), np.uint8)]).shape[1])


@cache
def chinese() -> Mapping[str, Mapping[str, str]]:
    """Chinese names by English ones: of things, colours, grounds and styles."""
    return json.loads(files("sfumato.models.judge").joinpath("chinese.json").read_text(encoding="utf-8"))
