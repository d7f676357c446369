"""DPM-Solver++ 2M: one ask a step, second order by remembering the answer before.

Lu et al. 2022b, Algorithm 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

from torch import Tensor

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.samplers.euler import look_ahead
from sfumato.engine.state import State


@dataclass(frozen=True)
class Multistep:
    """An Euler step with x0 carried on along the line through this answer and the one before.

    The line runs in lambda = ln(alpha / sigma). The first step, one that ends without noise, and steps beside
    infinite lambda are of first order.
    """

    def asks(self, ladder: Ladder) -> int:
        return ladder.steps

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        return look_ahead(state, ladder)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        t, to = ladder.times[state.step], ladder.times[state.step + 1]
        x0 = _ahead(state, answer.x0, ladder)
        return state.then(ladder.path.move(state.x, x0, t, to), before=answer.x0)


def _ahead(state: State, x0: Tensor, ladder: Ladder) -> Tensor:
    before = state.memory.get("before")
    if before is None:
        return x0
    last, now, to = (_lambda(ladder, state.step + k) for k in (-1, 0, 1))
    if last == -inf or to == inf:
        return x0
    share = (to - now) / (now - last) / 2
    return (1 + share) * x0 - share * before


def _lambda(ladder: Ladder, index: int) -> float:
    ratio = ladder.path.ratio(ladder.times[index])
    if ratio == inf:
        return -inf
    return -log(ratio) if ratio else inf
