"""Parts: the weighted pieces of a prompt, which may come and go in time and have regions of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

ALWAYS = (-inf, inf)


@dataclass(frozen=True, eq=False)
class Parts:
    """sum w_i m_i D_i / sum w_i m_i over the parts that are heard at a time.

    weights  w of each role; only their proportions count
    spans    (low, high): the role is heard while low < t <= high; a role that is not named always is
    regions  m, (1, H, W) in 0 ... 1, as large as x or larger: where the role counts; one not named counts
             everywhere
    """

    weights: Mapping[str, float]
    spans: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    regions: Mapping[str, Tensor] = field(default_factory=dict)
    _whole: Mapping[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_whole", shares(self.weights))

    def at(self, t: float) -> Mapping[str, float]:
        """The shares of the roles that are heard, adding up to 1. Raises ValueError when none is left."""
        if not self.spans:
            return self._whole
        return shares({role: weight for role, weight in self.weights.items() if self._heard(role, t)})

    def blend(self, pictures: Mapping[str, Tensor], t: float) -> Tensor:
        """One picture out of those of `at(t)`."""
        own = self.at(t)
        if not any(role in self.regions for role in own):
            return blend([pictures[role] for role in own], tuple(own.values()))
        maps = [share * self._region(role, pictures[role]) for role, share in own.items()]
        total, sum_of_maps = torch.zeros(()), torch.zeros(())
        for role, weight in zip(own, maps, strict=True):
            total, sum_of_maps = total + weight * pictures[role], sum_of_maps + weight
        return total / sum_of_maps

    def _region(self, role: str, like: Tensor) -> Tensor | float:
        region = self.regions.get(role)
        if region is None:
            return 1.0
        return adaptive_avg_pool2d(region[None], (like.shape[-2], like.shape[-1]))[0].to(like.device)

    def _heard(self, role: str, t: float) -> bool:
        low, high = self.spans.get(role, ALWAYS)
        return low < t <= high


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Each weight over their sum. Proportional weights give equal bits: what was typed is taken exactly."""
    exact = {role: Fraction(weight).limit_denominator(1_000_000) for role, weight in weights.items()}
    total = sum(exact.values())
    if total <= 0:
        raise ValueError(f"the weights of the parts add up to {float(total):g}: make their sum positive.")
    return {role: float(weight / total) for role, weight in exact.items() if weight}


def blend(pictures: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """The weighted sum, added up in order; one picture of weight 1 is returned as it is."""
    if tuple(weights) == (1.0,):
        return pictures[0]
    total = weights[0] * pictures[0]
    for weight, picture in zip(weights[1:], pictures[1:], strict=True):
        total = total + weight * picture
    return total
