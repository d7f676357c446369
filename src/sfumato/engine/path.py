"""NoisePath: how a picture drowns in noise, and the only place where the kinds of model differ.

Everywhere x_t = alpha(t) * x0 + sigma(t) * noise, and t = 0 is the clean picture.

    flow  t in [0, 1]      alpha = 1 - t                 sigma = t             (Liu et al. 2022)
    edm   t in [0, s_max]  alpha = 1                     sigma = t             (Karras et al. 2022)
    vp    t in [0, N]      alpha = 1 / sqrt(1 + r(t)^2)  sigma = r(t) * alpha  (Ho et al. 2020)

In `vp`, t = k + 1 is entry k of the discrete table and r = sigma / alpha; between entries log r is linear, as
in k-diffusion, between the clean picture and entry 0 r itself is.
Scalars are Python floats (64 bit), tensors float32.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, hypot, inf, log, sqrt
from typing import Literal, NamedTuple

from torch import Tensor

from sfumato.engine.schedules import Span, ratios, spread

Kind = Literal["flow", "edm", "vp"]
Predicts = Literal["x0", "eps", "v", "flow", "edm"]
KINDS = ("flow", "edm", "vp")
PREDICTIONS = ("x0", "eps", "v", "flow", "edm")


KNOWN = 1024  # times whose levels are kept


class Levels(NamedTuple):
    """At one time: sigma / alpha, and both of them."""

    ratio: float
    alpha: float
    sigma: float


class Line(NamedTuple):
    """A shift that grows with the picture: mu is linear in the number of tokens, the shift is e^mu (FLUX.1).

    `patch` is the side of one token in units of x.
    """

    tokens_low: float = 256
    mu_low: float = 0.5
    tokens_high: float = 4096
    mu_high: float = 1.15
    patch: int = 2

    def shift(self, shape: tuple[int, ...]) -> float:
        """e^mu for x of this shape (..., H, W)."""
        tokens = (shape[-2] // self.patch) * (shape[-1] // self.patch)
        slope = (self.mu_high - self.mu_low) / (self.tokens_high - self.tokens_low)
        return exp(self.mu_low + slope * (tokens - self.tokens_low))


@dataclass(frozen=True)
class NoisePath:
    """One kind of noise and what a network trained on it predicts.

    kind       "flow", "edm" or "vp"
    predicts   "x0" the picture; "eps" the noise; "flow" eps - x0;
               "v" a * eps - s * x0 with (a, s) = (alpha, sigma) scaled to length 1 (Salimans & Ho 2022);
               "edm" the preconditioned F of Karras et al. 2022, Table 1
    table      vp: "linear", "scaled-linear" or "cosine"; `count` entries between the two `beta`s
    zero_snr   vp: rescaled so that the last entry is pure noise (Lin et al. 2023, Algorithm 1)
    sigma_*    edm: the range of noise levels and the standard deviation of the data
    rho        exponent of the Karras schedule
    clock      flow: the network's clock runs from 0 to this
    line       shift that depends on the size of x, or None
    """

    kind: Kind
    predicts: Predicts
    table: Literal["linear", "scaled-linear", "cosine"] = "scaled-linear"
    count: int = 1000
    beta: tuple[float, float] = (0.00085, 0.012)
    zero_snr: bool = False
    sigma_min: float = 0.002
    sigma_max: float = 80.0
    sigma_data: float = 0.5
    rho: float = 7.0
    clock: float = 1000.0
    line: Line | None = None
    _ratios: tuple[float, ...] = field(init=False, repr=False, compare=False, default=())
    _end: float = field(init=False, repr=False, compare=False, default=inf)
    _at: Callable[[float], Levels] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no noise path {self.kind!r}: choose one of {', '.join(KINDS)}.")
        _check_prediction(self.predicts)
        object.__setattr__(self, "_end", inf if self.kind == "edm" else self.span.high)
        if self.kind == "vp":
            object.__setattr__(self, "_ratios", ratios(self.table, self.count, self.beta, self.zero_snr))
        # A step asks for the levels of the same few times again and again.
        object.__setattr__(self, "_at", lru_cache(KNOWN)(self._levels))

    # Noise levels

    @property
    def span(self) -> Span:
        """Smallest and largest time a network was trained at."""
        if self.kind == "vp":
            return Span(1.0, float(self.count))
        return Span(1 / 1000, 1.0) if self.kind == "flow" else Span(self.sigma_min, self.sigma_max)

    def ratio(self, t: float) -> float:
        """sigma / alpha, from 0 (clean) to infinity (pure noise)."""
        return self._at(t).ratio

    def alpha(self, t: float) -> float:
        """How much of the picture is left at time t."""
        return self._at(t).alpha

    def sigma(self, t: float) -> float:
        """Standard deviation of the noise at time t."""
        return self._at(t).sigma

    def _levels(self, t: float) -> Levels:
        t = self._within(t)
        if self.kind == "edm":
            return Levels(t, 1.0, t)
        if self.kind == "flow":
            return Levels(t / (1 - t) if t < 1 else inf, 1 - t, t)
        ratio = _read(self._ratios, t)
        return Levels(ratio, 1 / hypot(1, ratio), ratio / hypot(1, ratio) if ratio < inf else 1.0)

    def time(self, ratio: float) -> float:
        """The time at which sigma / alpha has this value: the inverse of `ratio`."""
        if self.kind == "edm":
            return ratio
        if self.kind == "flow":
            return ratio / (1 + ratio) if ratio < inf else 1.0
        return _find(self._ratios, ratio)

    def prior(self, t: float) -> float:
        """Standard deviation of x where sampling begins in pure noise: 1 on a vp path, else sigma."""
        return 1.0 if self.kind == "vp" else self.sigma(t)

    def net_time(self, t: float) -> float:
        """What a network's clock shows: the table's index (vp), ln(sigma) / 4 (edm), clock * t (flow)."""
        if self.kind == "vp":
            return max(self._within(t) - 1, 0.0)
        if self.kind == "flow":
            return self.clock * self._within(t)
        return log(max(self._within(t), 1e-30)) / 4

    def net_scale(self, t: float) -> float:
        """What x is multiplied with before an EDM-preconditioned network sees it (c_in); else 1."""
        return 1 / hypot(self.sigma(t), self.alpha(t) * self.sigma_data) if self.predicts == "edm" else 1.0

    def times(
        self, n: int, schedule: str = "linear", shift: float = 1.0, shape: tuple[int, ...] | None = None
    ) -> tuple[float, ...]:
        """n + 1 falling times, the last one 0; sampling makes one step between each two neighbours.

        schedule  one of sfumato.engine.schedules.SCHEDULES
        shift     > 1 spends more steps where there is much noise; u' = s u / (1 + (s - 1) u) on u = t / t_max
                  (Esser et al. 2024, Equation 23). Shifts multiply: by a then by b is by a * b.
        shape     of x; needed when this path has a `line`
        """
        if self.line is not None and shape is not None:
            shift = shift * self.line.shift(shape)
        return spread(self, n, schedule, shift)

    def _within(self, t: float) -> float:
        if not 0 <= t <= self._end:
            raise ValueError(
                f"time {t} lies outside this {self.kind} path, whose times run from 0 to {self._end}."
            )
        return t

    # Pictures, noise and predictions

    def mix(self, x0: Tensor, noise: Tensor, t: float) -> Tensor:
        """x at time t of a clean picture and standard normal noise."""
        return self.alpha(t) * x0.float() + self.sigma(t) * noise.float()

    def x0(self, x: Tensor, out: Tensor, t: float, predicts: str | None = None) -> Tensor:
        """The clean picture, float32, that a network's output stands for at x and t."""
        of_x, of_out = self._weights(predicts or self.predicts, t)
        return of_x * x.float() + of_out * out.float() if of_x else of_out * out.float()

    def out(self, x: Tensor, x0: Tensor, t: float, predicts: str | None = None) -> Tensor:
        """The inverse of `x0`: the output a network would have given for this clean picture."""
        kind = predicts or self.predicts
        of_x, of_out = self._weights(kind, t)
        if of_out == 0:
            raise ValueError(f"at t = {t} x has no noise, so {kind!r} cannot be read off x and x0.")
        return (x0.float() - of_x * x.float()) / of_out

    def eps(self, x: Tensor, x0: Tensor, t: float) -> Tensor:
        """The noise in x when x0 is the picture in it; t > 0."""
        return self.out(x, x0, t, "eps") if self.alpha(t) else x.float() / self.sigma(t)

    def move(self, x: Tensor, x0: Tensor, t: float, to: float, keep: float | None = None) -> Tensor:
        """alpha(to) * x0 + keep * eps: the first-order step that Euler, DDIM and flow Euler all are.

        keep  how much noise of x is kept; None keeps sigma(to), samplers that add fresh noise keep less
        """
        here, there = self._at(t), self._at(to)
        share = (there.sigma if keep is None else keep) / here.sigma
        return share * x + (there.alpha - here.alpha * share) * x0

    def _weights(self, predicts: str, t: float) -> tuple[float, float]:
        """(a, b) with x0 = a * x + b * output."""
        _, alpha, sigma = self._at(t)
        norm = hypot(alpha, sigma)
        if predicts == "x0":
            return 0.0, 1.0
        if predicts == "v":
            return alpha / norm**2, -sigma / norm
        if predicts == "flow":
            return 1 / (alpha + sigma), -sigma / (alpha + sigma)
        if alpha == 0:
            raise ValueError(f"at t = {t} x is pure noise: predicting {predicts!r} says nothing there.")
        if predicts == "eps":
            return 1 / alpha, -sigma / alpha
        _check_prediction(predicts)
        ratio, data = sigma / alpha, self.sigma_data
        return data**2 / (ratio**2 + data**2) / alpha, ratio * data / sqrt(ratio**2 + data**2)


def _check_prediction(predicts: str) -> None:
    if predicts not in PREDICTIONS:
        raise ValueError(f"no network predicts {predicts!r}: choose one of {', '.join(PREDICTIONS)}.")


def _read(table: tuple[float, ...], t: float) -> float:
    """r at a time between the entries of a vp table, whose entry 0 is the clean picture."""
    low = min(int(t), len(table) - 2)
    part = t - low
    before, after = table[low], table[low + 1]
    if part in (0, 1):
        return after if part else before
    if before == 0:
        return part * after
    if after == inf:  # 1 / r falls in a straight line to 0
        return before / (1 - part)
    return exp(log(before) + part * (log(after) - log(before)))


def _find(table: tuple[float, ...], ratio: float) -> float:
    """The inverse of `_read`; what lies above the table is its last time."""
    if ratio >= table[-1]:
        return float(len(table) - 1)
    low = bisect_right(table, ratio) - 1
    before, after = table[low], table[low + 1]
    if before == 0:
        return low + ratio / after
    if after == inf:
        return low + 1 - before / ratio
    return low + log(ratio / before) / log(after / before)
