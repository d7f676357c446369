"""Gaussian data, for which the flow of the probability is known.

For data N(m, s^2) x(t) - alpha(t) m is proportional to the deviation of x, sqrt(alpha^2 s^2 + sigma^2)
(Song et al. 2020, Equation 13, solved).
"""

from __future__ import annotations

import math

import numpy as np
import torch

from sfumato.engine import SAMPLERS, Answer, Draw, Ladder, NoisePath, State

MEAN, DEVIATION = 0.7, 0.4


def deviation(path: NoisePath, t: float) -> float:
    return math.hypot(path.alpha(t) * DEVIATION, path.sigma(t))


def exact(path: NoisePath, x: torch.Tensor, t: float, to: float) -> torch.Tensor:
    return path.alpha(to) * MEAN + deviation(path, to) / deviation(path, t) * (x - path.alpha(t) * MEAN)


def best(path: NoisePath, x: torch.Tensor, t: float) -> torch.Tensor:
    """E[x0 | x]."""
    alpha = path.alpha(t)
    return MEAN + alpha * DEVIATION**2 / deviation(path, t) ** 2 * (x - alpha * MEAN)


def no_noise(purpose: str, step: int, shape: object) -> torch.Tensor:
    raise AssertionError("a deterministic sampler drew noise")


def walk(name: str, ladder: Ladder, x: torch.Tensor, draw: Draw = no_noise) -> torch.Tensor:
    sampler, state = SAMPLERS[name], State(0, x)
    while look := sampler.ask(state, ladder):
        state = sampler.tell(state, Answer(best(ladder.path, look.x, look.t)), draw, ladder)
    assert state.step == sampler.asks(ladder)
    return state.x


def even(path: NoisePath, steps: int, high: float = 4.0, low: float = 0.05) -> Ladder:
    """Times whose ln(sigma / alpha) are evenly spaced."""
    return Ladder(path, tuple(path.time(ratio) for ratio in np.geomspace(high, low, steps + 1).tolist()))


def slope(errors: dict[int, float]) -> float:
    """Order of convergence by least squares in logarithms."""
    return -float(np.polyfit(np.log(list(errors)), np.log(list(errors.values())), 1)[0])


def start(path: NoisePath, t: float) -> torch.Tensor:
    return path.alpha(t) * MEAN + deviation(path, t) * torch.linspace(-2, 2, 41)
