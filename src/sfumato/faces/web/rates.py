"""How often a person may ask: so many requests a minute, made up for as time goes by."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from threading import Lock

MINUTE = 60.0
MOST_KNOWN = 10_000  # people remembered; who is rested is forgotten first


@dataclass
class Rates:
    """A bucket for each person, which holds a minute's requests and fills evenly.

    most   requests a minute; None is any number
    clock  seconds that only grow
    """

    most: int | None = None
    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take(self, person: str) -> int:
        """Count a request; 0 where it may go on, else the seconds to wait, rounded up."""
        if self.most is None:
            return 0
        if self.most == 0:
            return int(MINUTE)
        with self._lock:
            now = self.clock()
            left, then = self._left.get(person, (float(self.most), now))
            left = min(self.most, left + (now - then) * self.most / MINUTE)
            passes = left >= 1
            self._left[person] = (left - passes, now)
            self._forget(now)
            return 0 if passes else max(1, ceil((1 - left) * MINUTE / self.most))

    def _forget(self, now: float) -> None:
        if len(self._left) > MOST_KNOWN:
            self._left = {who: own for who, own in self._left.items() if now - own[1] < MINUTE}
