"""DPM-Solver++ 2M and its SDE: one ask a step, second order by remembering the answer before.

Lu et al. 2022b: Algorithm 2, and what is called SDE-DPM-Solver++(2M) there.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt

from torch import Tensor

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.samplers.ancestral import step_variances
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
        x0 = ahead(state, answer.x0, ladder)
        return state.then(ladder.path.move(state.x, x0, t, to), before=answer.x0)


@dataclass(frozen=True)
class MultistepSde:
    """An ancestral step with x0 carried on as `Multistep` does; noise is drawn under the purpose "sde".

    Every step but one to the picture itself replaces noise, so that early errors are forgotten. Where x is
    pure noise (lambda is minus infinity) all of it is replaced.
    """

    def asks(self, ladder: Ladder) -> int:
        return ladder.steps

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        return look_ahead(state, ladder)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        path, t, to = ladder.path, ladder.times[state.step], ladder.times[state.step + 1]
        x0 = ahead(state, answer.x0, ladder)
        if path.sigma(to) == 0:
            return state.then(path.move(state.x, x0, t, to), before=answer.x0)
        fresh = step_variances(path, t, to)[0]
        kept = sqrt(max(path.sigma(to) ** 2 - fresh, 0.0))
        x = path.move(state.x, x0, t, to, keep=kept)
        noise = draw("sde", state.step, tuple(x.shape)).to(x.device)
        return state.then(x + sqrt(fresh) * noise, before=answer.x0)


def ahead(state: State, x0: Tensor, ladder: Ladder) -> Tensor:
    """x0 half a step on, in lambda, along the line through it and the answer in memory under "before"."""
    before = state.memory.get("before")
    if before is None:
        return x0
    last, now, to = (log_ratio(ladder, state.step + k) for k in (-1, 0, 1))
    if last == -inf or to == inf:
        return x0
    share = (to - now) / (now - last) / 2
    return (1 + share) * x0 - share * before


def log_ratio(ladder: Ladder, index: int) -> float:
    """lambda = ln(alpha / sigma) at this rung: minus infinity in pure noise, infinity in the picture."""
    ratio = ladder.path.ratio(ladder.times[index])
    if ratio == inf:
        return -inf
    return -log(ratio) if ratio else inf
