"""Ancestral sampling: each step takes noise away and adds fresh noise.

Ho et al. 2020, in the form of Song et al. 2020 (DDIM with eta), which holds for any noise path.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

from torch import Tensor

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.path import NoisePath
from sfumato.engine.samplers.euler import look_ahead
from sfumato.engine.state import State


@dataclass(frozen=True)
class Ancestral:
    """First order, one ask a step, noise drawn for every step under the purpose "ancestral".

    eta  share of the fresh noise: 1 is the posterior of the forward process, 0 is Euler. k-diffusion's Euler
         ancestral is the same step written for alpha = 1.

    An answer that carries a variance decides how much fresh noise is added; the mean stays that of eta = 1.
    """

    eta: float = 1.0

    def asks(self, ladder: Ladder) -> int:
        return ladder.steps

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        return look_ahead(state, ladder)

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        t, to = ladder.times[state.step], ladder.times[state.step + 1]
        path = ladder.path
        if path.sigma(to) == 0:
            return state.then(path.move(state.x, answer.x0, t, to))
        eta = self.eta if answer.variance is None else 1.0
        low, high = step_variances(path, t, to)
        kept = sqrt(max(path.sigma(to) ** 2 - eta**2 * low, 0.0))
        fresh = eta * sqrt(low) if answer.variance is None else _deviation(answer.variance, low, high)
        x = path.move(state.x, answer.x0, t, to, keep=kept)
        return state.then(x + fresh * draw("ancestral", state.step, tuple(x.shape)).to(x.device))


def step_variances(path: NoisePath, t: float, to: float) -> tuple[float, float]:
    """Variance of x_to given x_t, if the picture is known, and if nothing but x_t is; to > 0.

    On a vp path these are beta-tilde and beta of Nichol & Dhariwal 2021.
    """
    # important: through ratios, so that alpha(t) = 0 needs no case of its own.
    share = path.alpha(t) * path.sigma(to) / (path.alpha(to) * path.sigma(t))
    fresh = 1 - share**2
    return path.sigma(to) ** 2 * fresh, path.sigma(t) ** 2 * fresh


def _deviation(part: Tensor, low: float, high: float) -> Tensor:
    return ((part * log(high) + (1 - part) * log(low)) / 2).exp()
