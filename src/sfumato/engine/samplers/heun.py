"""Heun's method: an Euler step, a second look from where it lands, and the mean of both directions."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.path import NoisePath
from sfumato.engine.state import State


@dataclass(frozen=True)
class Heun:
    """Second order, two asks a step (Karras et al. 2022, Algorithm 1); one where the step ends without noise.

    Asks 2k and 2k + 1 belong to step k. Between them x stays where the step began, and memory holds the first
    answer.
    """

    def asks(self, ladder: Ladder) -> int:
        return 2 * ladder.steps - ladder.ends_clean

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        if state.step >= self.asks(ladder):
            return None
        t, to = _step(state, ladder)
        if state.step % 2 == 0:
            return Look(state.x, t, to)
        return Look(ladder.path.move(state.x, state.memory["first"], t, to), to, to)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        t, to = _step(state, ladder)
        if ladder.path.sigma(to) == 0:
            return state.then(ladder.path.move(state.x, answer.x0, t, to))
        if state.step % 2 == 0:
            return state.then(state.x, first=answer.x0)
        return state.then(_mean_step(ladder.path, state.x, (state.memory["first"], answer.x0), t, to))


def _step(state: State, ladder: Ladder) -> tuple[float, float]:
    index = state.step // 2
    return ladder.times[index], ladder.times[index + 1]


def _mean_step(path: NoisePath, x: Tensor, seen: tuple[Tensor, Tensor], t: float, to: float) -> Tensor:
    """x at `to`, going straight in the mean of the two directions dx = x0 d(alpha) + eps d(sigma).

    On a vp path it is x / alpha that goes straight, as its solvers are usually written, else x itself.
    """
    first, second = seen
    landed = path.move(x, first, t, to)
    x0 = (first + second) / 2
    eps = (path.eps(x, first, t) + path.eps(landed, second, to)) / 2
    ratio = path.alpha(to) / path.alpha(t) if path.kind == "vp" and path.alpha(t) > 0 else 1.0
    of_x0 = path.alpha(to) - ratio * path.alpha(t)
    of_eps = path.sigma(to) - ratio * path.sigma(t)
    return ratio * x + of_x0 * x0 + of_eps * eps
