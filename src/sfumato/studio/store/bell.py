"""A bell that rings after every transaction of this process that wrote: who waits for news need not poll."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Condition


@dataclass
class Bell:
    """Counts how often it was rung, so that nobody misses what rang while they were not listening.

    stops  how often a job was seen to be taken from its worker: as long as that stays, none need ask
    """

    rung: int = 0
    stops: int = 0
    condition: Condition = field(default_factory=Condition, repr=False)

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self.condition:
            self.rung += 1
            self.condition.notify_all()

    def stop(self) -> None:
        """A job was taken from its worker."""
        with self.condition:
            self.stops += 1

    def wait(self, heard: int, seconds: float) -> int:
        """Until it has rung more often than `heard`, but not longer than this; how often it was rung."""
        with self.condition:
            self.condition.wait_for(lambda: self.rung > heard, seconds)
            return self.rung
