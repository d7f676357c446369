"""Consistency sampling: to the picture in one look, and back into fresh noise.

Song et al. 2023, Algorithm 1; Luo et al. 2023 (LCM).
"""

from __future__ import annotations

from dataclasses import dataclass

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.samplers.euler import look_ahead
from sfumato.engine.state import State


@dataclass(frozen=True)
class Consistency:
    """One ask a step: x_to = alpha_to * x0 + sigma_to * noise, drawn under the purpose "consistency".

    For networks that jump to the end of the path in one look, of which it makes pictures in one to eight
    steps. Nothing of x is kept, so with an ordinary network pictures come out flat.
    """

    def asks(self, ladder: Ladder) -> int:
        return ladder.steps

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        return look_ahead(state, ladder)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        path, to, x0 = ladder.path, ladder.times[state.step + 1], answer.x0
        if path.sigma(to) == 0:
            return state.then(x0)
        noise = draw("consistency", state.step, tuple(x0.shape)).to(x0.device)
        return state.then(path.alpha(to) * x0 + path.sigma(to) * noise)
