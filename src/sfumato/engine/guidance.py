"""Guidance: which roles a step asks, and how their answers become one.

A role is a name under which a stage offers a condition: "part.0", "part.1" ... for the weighted parts of the
prompt, "null" for no prompt, and whatever else a family needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from sfumato.engine.ask import Answer
from sfumato.engine.parts import Parts
from sfumato.engine.path import NoisePath

NULL = "null"
NOTHING: Mapping[str, Tensor] = MappingProxyType({})


def part(index: int) -> str:
    """The role of the prompt's part with this index."""
    return f"part.{index}"


class Guidance(Protocol):
    """How one stage of one picture uses its networks."""

    def roles(self, t: float) -> tuple[str, ...]:
        """The roles to ask at time t, at least one; what is not named is not computed."""
        ...

    def net(self, role: str) -> str:
        """The network that this role asks."""
        ...

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        """One answer out of those to `roles(t)`.

        kept  what joined answers to earlier looks of this stage left in their `kept`; of each name the latest
        """
        ...


@dataclass(frozen=True)
class Pull:
    """From the prompt's answer D and the null's to where s leads. As it is, D_null + s (D - D_null).

    Otherwise the pull p is taken apart (adaptive projected guidance, Sadat et al. 2024):
    p = D - D_null + momentum * (p of the look before), no longer than `limit`, and then
    D + (s - 1) * (what of p is at right angles to D + parallel * the rest).

    parallel   0 ... 1: along D p makes it brighter and more saturated, and at right angles better
    momentum   -1 ... 1: below 0 what is pulled for again and again is pulled for less
    limit      longest Euclidean length of p as a whole, in units of x0; 0 is none
    zero_star  the network's output for the null is first scaled to lie nearest to that for the prompt
               (CFG-Zero*, Fan et al. 2025)
    """

    parallel: float = 1.0
    momentum: float = 0.0
    limit: float = 0.0
    zero_star: bool = False

    @property
    def plain(self) -> bool:
        """Whether s is all there is."""
        return self.parallel == 1 and not (self.momentum or self.limit)

    def apply(self, wanted: Tensor, null: Tensor, scale: float, kept: Mapping[str, Tensor]) -> Answer:
        """Where s leads, x0; with momentum it leaves p under "pull"."""
        pull = wanted - null
        if self.plain:
            return Answer(null + scale * pull)
        if self.momentum and "pull" in kept:
            pull = pull + self.momentum * kept["pull"]
        leaves = {"pull": pull} if self.momentum else NOTHING
        length = float(pull.double().norm())
        if 0 < self.limit < length:
            pull = pull * (self.limit / length)
        along = (1 - self.parallel) * coefficient(pull, wanted)
        return Answer(wanted + (scale - 1) * (pull - along * wanted), kept=leaves)


@dataclass(frozen=True)
class Bound:
    """Dynamic thresholding of x0 (Saharia et al. 2022, Section 2.3), in any space.

    x0 is clipped to the magnitude that this share of its values stay within, but to no less than `threshold`,
    and shrunk so that this becomes `threshold`. The paper's threshold is 1; 0 does nothing.

    threshold   in units of x0
    percentile  0 ... 1; 1 clips nothing, 0 shrinks nothing
    """

    threshold: float = 0.0
    percentile: float = 0.995

    def apply(self, x0: Tensor) -> Tensor:
        if not self.threshold:
            return x0
        # Not torch.quantile, which refuses more than 16 million numbers.
        reached = float(np.quantile(x0.abs().double().cpu().numpy(), self.percentile))
        limit = max(reached, self.threshold)
        return x0.clamp(-limit, limit) * (self.threshold / limit)


@dataclass(frozen=True)
class ClassifierFree:
    """D_null + s * (sum w_i D_i / sum w - D_null) (Ho & Salimans 2022), with D the clean pictures answered.

    network   the network asked
    scale     s; at 1 the null is not asked, at 0 nothing else is
    weights   the weight of each role; only their proportions count, and their sum is above 0
    spans     (low, high) of a role that is not heard at all times, as in Parts
    regions   where a role counts that does not count everywhere, as in Parts
    null      the role guided away from
    rescale   0 ... 1: how much of the unguided output's deviation is restored (Lin et al. 2023, Section 3.4)
    interval  (low, high): s acts while low < t <= high, elsewhere it is 1 (Kynkäänniemi et al. 2024)
    nets      roles that ask another network, such as a weaker one in place of the null (Karras et al. 2024)
    pull      what s multiplies, where it is not the plain difference
    silent    above this time the network's output is taken to be 0: on a flow path x waits (CFG-Zero*). One
              role is still asked there, as every look must be answered.
    bound     what is done to x0 in the end, at every time
    """

    network: str
    scale: float
    weights: Mapping[str, float]
    null: str = NULL
    rescale: float = 0.0
    interval: tuple[float, float] = (0.0, inf)
    nets: Mapping[str, str] = field(default_factory=dict)
    pull: Pull = Pull()
    silent: float = inf
    bound: Bound = Bound()
    spans: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    regions: Mapping[str, Tensor] = field(default_factory=dict)

    parts: Parts = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", Parts(self.weights, self.spans, self.regions))

    def roles(self, t: float) -> tuple[str, ...]:
        own = tuple(self.parts.at(t))
        if t > self.silent:
            return own[:1]
        scale = self.scale_at(t)
        if scale == 0:
            return (self.null,)
        return own if scale == 1 else (*own, self.null)

    def net(self, role: str) -> str:
        return self.nets.get(role, self.network)

    def scale_at(self, t: float) -> float:
        """s inside the interval, 1 outside."""
        low, high = self.interval
        return self.scale if low < t <= high else 1.0

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        if t > self.silent:
            return Answer(self.bound.apply(path.x0(x, torch.zeros_like(x), t)))
        joined = self._joined(answers, x, t, path, kept)
        return Answer(self.bound.apply(joined.x0), joined.variance, joined.kept)

    def _joined(
        self, answers: Mapping[str, Answer], x: Tensor, t: float, path: NoisePath, kept: Mapping[str, Tensor]
    ) -> Answer:
        scale = self.scale_at(t)
        if scale == 0:
            return answers[self.null]
        wanted = self.parts.blend({role: answer.x0 for role, answer in answers.items()}, t)
        variance = answers[next(iter(self.parts.at(t)))].variance
        if scale == 1:
            return Answer(wanted, variance)
        null = answers[self.null].x0
        if self.pull.zero_star:
            null = nearest(null, wanted, x, t, path)
        guided = self.pull.apply(wanted, null, scale, kept)
        x0 = rescaled(guided.x0, wanted, self.rescale, x, t, path)
        return Answer(x0, variance, guided.kept)


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


def nearest(null: Tensor, wanted: Tensor, x: Tensor, t: float, path: NoisePath) -> Tensor:
    """The null's x0, its network output multiplied by what brings it nearest to that of `wanted`."""
    out, out_wanted = path.out(x, null, t), path.out(x, wanted, t)
    return path.x0(x, coefficient(out_wanted, out) * out, t)


def coefficient(vector: Tensor, along: Tensor) -> float:
    """The c that brings c * `along` nearest to `vector`; 0 where `along` has no length."""
    square = float((along.double() ** 2).sum())
    return float((vector.double() * along.double()).sum()) / square if square else 0.0
