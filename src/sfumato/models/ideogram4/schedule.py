"""How Ideogram 4 spreads its steps, and how strongly it is guided at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, exp, log
from statistics import NormalDist

from torch import Tensor

from sfumato.engine import NOTHING, Answer, Ladder, NoisePath
from sfumato.engine.guidance import ClassifierFree
from sfumato.engine.schedules import shifted

SQUARE_PX = 512**2  # where the mean is 0
DEVIATION = 1.5
RANGE = (-7.5, 9.0)  # of a time's logit: of the least and the most noise
POLISHED = 16  # one of so many steps, rounded up, ends a run with a third of the pull: 3 of 48


@dataclass(frozen=True)
class LogitNormal(NoisePath):
    """A flow whose times lie as evenly as logit-normal ones do; larger pictures spend more of them on noise.

    cell_px  pixels of a side of one place of x
    """

    cell_px: int = 8

    def prior(self, t: float) -> float:
        """The first time is a little below 1, and x is taken for pure noise there."""
        return 1.0

    def times(
        self, n: int, schedule: str = "linear", shift: float = 1.0, shape: tuple[int, ...] | None = None
    ) -> tuple[float, ...]:
        mean = 0.5 * log(shape[-2] * shape[-1] * self.cell_px**2 / SQUARE_PX) if shape else 0.0
        *noisy, clean = super().times(n, schedule, 1.0, shape)
        return (*(shifted(_quantile(u, mean), shift) for u in noisy), clean)


def _quantile(u: float, mean: float) -> float:
    """The time below which the part u of all logit-normal times lies, within what was trained."""
    low, high = RANGE
    logit = NormalDist(mean, DEVIATION).inv_cdf(u) if u < 1 else high
    return 1 / (1 + exp(-min(max(logit, low), high)))


@dataclass(frozen=True)
class Polished:
    """The usual guidance, and from the time `turn` on a third of what it pulls: 7 becomes 3."""

    inner: ClassifierFree
    turn: float

    def roles(self, t: float) -> tuple[str, ...]:
        return self._at(t).roles(t)

    def net(self, role: str) -> str:
        return self.inner.net(role)

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        return self._at(t).join(answers, x, t, path, kept)

    def _at(self, t: float) -> ClassifierFree:
        late = t <= self.turn
        return replace(self.inner, scale=1 + (self.inner.scale - 1) / 3) if late else self.inner


def polished(inner: ClassifierFree, ladder: Ladder) -> Polished:
    """As released, for a run of any length."""
    return Polished(inner, ladder.times[ladder.steps - ceil(ladder.steps / POLISHED)])


def path_of(cell_px: int) -> LogitNormal:
    """Its clock runs from 0 to 1."""
    return LogitNormal("flow", "flow", clock=1.0, cell_px=cell_px)
