"""Ladder: the falling times of one stage on its noise path, which a sampler climbs down."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from sfumato.engine.path import NoisePath


@dataclass(frozen=True)
class Ladder:
    """`times` fall along `path`; step i leads from times[i] to times[i + 1]."""

    path: NoisePath
    times: tuple[float, ...]

    @property
    def steps(self) -> int:
        return len(self.times) - 1

    @property
    def ends_clean(self) -> bool:
        """Whether the last time has no noise left: a step to it is x0 itself."""
        return self.path.sigma(self.times[-1]) == 0

    def at(self, part: float) -> float:
        """The time at this part of the run: 0 is the first time, 1 the last, steps are equally long."""
        step = round(part * self.steps, 9)  # 0.7 of 10 steps is step 7, not a little more
        low = min(floor(step), self.steps - 1)
        before, after = self.times[low], self.times[low + 1]
        return before + (step - low) * (after - before) if step < self.steps else after

    def between(self, start: float, end: float) -> Ladder:
        """The steps from part `start` to part `end` of the run, rounded half up to steps, at least one."""
        first = min(floor(start * self.steps + 0.5), self.steps - 1)
        last = max(floor(end * self.steps + 0.5), first + 1)
        return Ladder(self.path, self.times[first : last + 1])
