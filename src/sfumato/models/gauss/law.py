"""Law: Gaussian data, one independent vector of C numbers at every place of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, log, sin

import torch
from torch import Tensor

from sfumato.engine.path import NoisePath
from sfumato.engine.samplers.ancestral import step_variances


@dataclass(frozen=True, eq=False)
class Law:
    """Vectors with this covariance (C, C), float64, around a mean that is told with every question."""

    covariance: Tensor

    def denoise(self, x: Tensor, mean: Tensor, alpha: float, sigma: float) -> Tensor:
        """E[x0 | x] for x = alpha * x0 + sigma * noise, (C, H, W); `mean` is (C, H, W) or (C, 1, 1)."""
        mean = mean.double()
        away = torch.einsum("cd,dhw->chw", self._gain(alpha, sigma), x.double() - alpha * mean)
        return (mean + away).float()

    def left(self, alpha: float, sigma: float) -> Tensor:
        """Covariance of x0 given x, (C, C)."""
        return self.covariance - alpha * self._gain(alpha, sigma) @ self.covariance

    def _gain(self, alpha: float, sigma: float) -> Tensor:
        noisy = alpha**2 * self.covariance + sigma**2 * torch.eye(len(self.covariance), dtype=torch.float64)
        return alpha * torch.linalg.solve(noisy, self.covariance)  # both symmetric and commuting


def law(deviations: Sequence[float], *turns: tuple[int, int, float]) -> Law:
    """Independent channels with these deviations, then turned: (first axis, second axis, radians)."""
    covariance = torch.diag(torch.tensor(deviations, dtype=torch.float64) ** 2)
    for first, second, angle in turns:
        turn = torch.eye(len(covariance), dtype=torch.float64)
        turn[first, first] = turn[second, second] = cos(angle)
        turn[first, second], turn[second, first] = -sin(angle), sin(angle)
        covariance = turn @ covariance @ turn.T
    return Law(covariance)


def variance_part(data: Law, path: NoisePath, t: float, to: float, x: Tensor) -> Tensor:
    """Where the exact variance of x_to given x_t lies between its bounds (see Answer), in the shape of x.

    Exact when the channels of `data` are independent. Zero where there is no step, or it ends without noise.
    """
    if to == t or path.sigma(to) == 0:
        return torch.zeros_like(x)
    low, high = step_variances(path, t, to)
    share = (max(path.sigma(to) ** 2 - low, 0.0)) ** 0.5 / path.sigma(t)
    of_x0 = path.alpha(to) - path.alpha(t) * share
    exact = low + of_x0**2 * data.left(path.alpha(t), path.sigma(t)).diagonal()  # (C,)
    part = (exact.log() - log(low)) / (log(high) - log(low))
    return part.float()[:, None, None].expand_as(x).clone()
