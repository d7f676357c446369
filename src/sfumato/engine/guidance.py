"""Guidance: which roles a step asks, and how their answers become one.

A role is a name under which a stage offers a condition: "part.0", "part.1" ... for the weighted parts of the
prompt, "null" for no prompt, and whatever else a family needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from types import MappingProxyType
from typing import Protocol

from torch import Tensor

from sfumato.engine.ask import Answer
from sfumato.engine.path import NoisePath

NULL = "null"


def part(index: int) -> str:
    """The role of the prompt's part with this index."""
    return f"part.{index}"


class Guidance(Protocol):
    """How one stage of one picture uses its networks."""

    def roles(self, t: float) -> tuple[str, ...]:
        """The roles to ask at time t; what is not named is not computed."""
        ...

    def net(self, role: str) -> str:
        """The network that this role asks."""
        ...

    def join(self, answers: Mapping[str, Answer], x: Tensor, t: float, path: NoisePath) -> Answer:
        """One answer out of those to `roles(t)`."""
        ...


@dataclass(frozen=True)
class ClassifierFree:
    """D_null + s * (sum w_i D_i / sum w - D_null) (Ho & Salimans 2022), with D the clean pictures answered.

    network   the network asked
    scale     s; at 1 the null is not asked, at 0 nothing else is
    weights   the weight of each role; only their proportions count, and their sum is above 0
    null      the role guided away from
    rescale   0 ... 1: how much of the unguided output's deviation is restored (Lin et al. 2023, Section 3.4)
    interval  (low, high): s acts while low < t <= high, elsewhere it is 1 (Kynkäänniemi et al. 2024)
    nets      roles that ask another network, such as a weaker one in place of the null (Karras et al. 2024)
    """

    network: str
    scale: float
    weights: Mapping[str, float]
    null: str = NULL
    rescale: float = 0.0
    interval: tuple[float, float] = (0.0, inf)
    nets: Mapping[str, str] = field(default_factory=dict)
    _shares: Mapping[str, float] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shares", MappingProxyType(shares(self.weights)))

    def roles(self, t: float) -> tuple[str, ...]:
        scale = self.scale_at(t)
        if scale == 0:
            return (self.null,)
        return tuple(self._shares) if scale == 1 else (*self._shares, self.null)

    def net(self, role: str) -> str:
        return self.nets.get(role, self.network)

    def scale_at(self, t: float) -> float:
        """s inside the interval, 1 outside."""
        low, high = self.interval
        return self.scale if low < t <= high else 1.0

    def join(self, answers: Mapping[str, Answer], x: Tensor, t: float, path: NoisePath) -> Answer:
        scale = self.scale_at(t)
        if scale == 0:
            return answers[self.null]
        wanted = blend([answers[role].x0 for role in self._shares], tuple(self._shares.values()))
        variance = answers[next(iter(self._shares))].variance
        if scale == 1:
            return Answer(wanted, variance)
        null = answers[self.null].x0
        guided = null + scale * (wanted - null)
        return Answer(rescaled(guided, wanted, self.rescale, x, t, path), variance)


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


def rescaled(guided: Tensor, wanted: Tensor, amount: float, x: Tensor, t: float, path: NoisePath) -> Tensor:
    """`guided` with the deviation of its network output brought back by `amount` to that of `wanted`.

    Outputs, not clean pictures, are compared, as Lin et al. do: the standard deviation over one whole output.
    """
    if amount == 0:
        return guided
    out, out_wanted = path.out(x, guided, t), path.out(x, wanted, t)
    spread = float(out.double().std())
    if spread == 0:
        return guided
    factor = float(out_wanted.double().std()) / spread
    return path.x0(x, (amount * factor + 1 - amount) * out, t)
