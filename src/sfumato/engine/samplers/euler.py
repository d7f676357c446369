"""Euler's method, which on every path is DDIM with eta = 0 (Song et al. 2020).

x_to = alpha_to * x0 + sigma_to * eps.
"""

from __future__ import annotations

from dataclasses import dataclass

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.state import State


def look_ahead(state: State, ladder: Ladder) -> Look | None:
    """The look of every sampler that asks once a step: x where it is, on its way to the next time."""
    if state.step >= ladder.steps:
        return None
    return Look(state.x, ladder.times[state.step], ladder.times[state.step + 1])


@dataclass(frozen=True)
class Euler:
    """First order, one ask a step, no noise."""

    def asks(self, ladder: Ladder) -> int:
        return ladder.steps

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        return look_ahead(state, ladder)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        t, to = ladder.times[state.step], ladder.times[state.step + 1]
        return state.then(ladder.path.move(state.x, answer.x0, t, to))
