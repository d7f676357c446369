"""Traces: who asks for what, and when. The same seed gives the same jobs in the same order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from random import Random
from typing import NamedTuple

SHARE_OF_SHORT = 0.7
SHORT_STEPS, SHORT_UPPER = 4, 2
LONG_STEPS, LONG_UPPER = (30, 50), 8  # from, to
GRID = 4
PROMPTS = (
    "a red fox in the snow",
    "an owl in the forest at night, watercolor",
    "a blue car in the desert",
    "a castle in the mountains",
    "a tree by the sea at sunset",
    "a cat on a meadow, pixel art",
)


class Wish(NamedTuple):
    """One job: its prompt, its seed, how many pictures, and the steps of the base and of the upper stage."""

    prompt: str
    seed: int
    pictures: int
    steps: int
    upper: int

    @property
    def short(self) -> bool:
        return self.pictures == 1


class Arrival(NamedTuple):
    """When a job comes, in seconds from the beginning of its trace."""

    at: float
    wish: Wish


class Trace(NamedTuple):
    """Arrivals in order, all within `span` seconds."""

    span: float
    arrivals: tuple[Arrival, ...]


Seconds = Callable[[Wish], float]


def draw_trace(seed: int, jobs: int, load: float, alone: Seconds) -> Trace:
    """That many jobs: 70 % short ones, the nearest whole number of them, in an order drawn from the seed.

    They come as a Poisson process does that is seen to have that many arrivals in its span. The span is such
    that the jobs' own seconds, each `alone`, are the part `load` of it.
    """
    draw = Random(seed)
    short = round(jobs * SHARE_OF_SHORT)
    wishes = [_short(draw, number) if number < short else _long(draw, number) for number in range(jobs)]
    draw.shuffle(wishes)
    span = sum(map(alone, wishes)) / load
    *times, end = accumulate(draw.expovariate(1.0) for _ in range(jobs + 1))
    arrivals = zip((span * time / end for time in times), wishes, strict=True)
    return Trace(span, tuple(Arrival(at, wish) for at, wish in arrivals))


def at_once(*wishes: Wish) -> Trace:
    """All of them at the beginning."""
    return Trace(0.0, tuple(Arrival(0.0, wish) for wish in wishes))


def _short(draw: Random, number: int) -> Wish:
    """What is tried out: one picture, few steps."""
    return Wish(draw.choice(PROMPTS), number, 1, SHORT_STEPS, SHORT_UPPER)


def _long(draw: Random, number: int) -> Wish:
    """What is kept: a grid of four, many steps."""
    return Wish(draw.choice(PROMPTS), number, GRID, draw.randint(*LONG_STEPS), LONG_UPPER)
