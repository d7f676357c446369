"""UniPC: a predictor as DPM-Solver++ 2M, and a corrector that costs no ask.

Zhao et al. 2023, Algorithms 1 and 2 with data prediction, B(h) = e^h - 1 ("bh2") and order 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, inf

from torch import Tensor

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.samplers.euler import look_ahead
from sfumato.engine.samplers.multistep import ahead, log_ratio
from sfumato.engine.state import State


@dataclass(frozen=True)
class UniPC:
    """One ask a step, no noise.

    The answer at the end of a step first corrects the step that led there, then leads on. Memory holds
    "settled", the corrected x where the last step began, "before", the answer there, and "earlier", the
    answer one step before that.
    """

    def asks(self, ladder: Ladder) -> int:
        return ladder.steps

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        return look_ahead(state, ladder)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        t, to = ladder.times[state.step], ladder.times[state.step + 1]
        x = _corrected(state, answer.x0, ladder)
        earlier = {"earlier": state.memory["before"]} if state.step else {}
        landed = ladder.path.move(x, ahead(state, answer.x0, ladder), t, to)
        return state.then(landed, settled=x, before=answer.x0, **earlier)


def _corrected(state: State, x0: Tensor, ladder: Ladder) -> Tensor:
    """The last step once more, now that the answer at its end is known; of the first look, x itself."""
    if state.step == 0:
        return state.x
    before, earlier = state.memory["before"], state.memory.get("earlier")
    mean = (before + x0) / 2
    if earlier is not None:
        of_earlier, of_x0 = _weights(*(log_ratio(ladder, state.step + k) for k in (-2, -1, 0)))
        mean = before + of_earlier * (earlier - before) + of_x0 * (x0 - before)
    return ladder.path.move(
        state.memory["settled"], mean, ladder.times[state.step - 1], ladder.times[state.step]
    )


def _weights(last: float, start: float, end: float) -> tuple[float, float]:
    """Of the answers at `last` and `end`, less that at `start`, in the mean over the step: lambdas.

    With them the mean is exact for answers that run along a parabola in lambda. `last` may be minus infinity:
    then the parabola is a line.
    """
    step = start - end  # negative, as in data prediction
    first = expm1(step) / step - 1
    once, twice = first / expm1(step), 2 * (first / step - 0.5) / expm1(step)
    back = (last - start) / (end - start)
    of_line = (once - twice) / (1 - back)
    return (of_line / back if back > -inf else 0.0), once - of_line
