"""What a server does when there is time: look at new pictures, empty old trash, forget old sessions."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from sfumato.studio.given import read_pixels
from sfumato.studio.store import PictureRow, Store, Unavailable

if TYPE_CHECKING:
    import numpy as np

TURN = 2.0  # seconds between two turns: what is painted meanwhile is looked at together, which is far cheaper
LATE = 20.0  # seconds that new pictures wait for running jobs; then they are looked at beside these
AT_A_TIME = 64  # pictures looked at in one turn: some 3 ms each
QUIET = 600.0  # seconds between two looks at the trash
AGAIN = 3600.0  # seconds after which pictures that could not be looked at are tried again
DAY = 86400.0  # seconds
TRASH_DAYS = 30.0


@dataclass(eq=False)
class Upkeep:
    """One server's upkeep of a store; several servers may do it side by side.

    trash_days  how long a picture can be taken back
    """

    store: Store
    trash_days: float = TRASH_DAYS
    _after: int = 0  # number of the last row that was looked at
    _rev: int = -1
    _purge: float = 0.0  # on the monotonic clock
    _again: float = 0.0
    _late: float = field(default_factory=lambda: time.monotonic() + LATE)  # when to look whatever is running

    def run(self, stop: Event) -> None:
        """Until `stop` is set."""
        while not stop.wait(TURN):
            with suppress(Unavailable):  # next time
                self.turn()

    def turn(self) -> None:
        """One turn, of a few hundredths of a second; longer where the trash is full. Raises Unavailable."""
        now = time.monotonic()
        if now >= self._again:
            self._after, self._again, self._rev = 0, now + AGAIN, -1
        rev = self.store.rev
        if rev != self._rev and self._has_time(now) and not self.look():
            self._rev, self._late = rev, now + LATE  # all are looked at, up to here
        if now >= self._purge and not self._is_busy():
            self._purge = now + QUIET
            self.store.pictures.purge(self.trash_days * DAY)
            self.store.sessions.sweep()

    def _has_time(self, now: float) -> bool:
        """Whether nothing is being painted, which looking would hold up, or new pictures waited for long."""
        return now >= self._late or not self._is_busy()

    def look(self) -> bool:
        """Keep the embeddings of some pictures that have none; whether there may be more of them."""
        from sfumato.models.judge import open_sight  # brings torch

        sight = open_sight()
        waiting = self.store.pictures.unseen(sight.size, self._after, AT_A_TIME)
        seen = {row.id: pixels for _, row in waiting if (pixels := self._read(row)) is not None}
        if seen:
            self.store.pictures.embed(dict(zip(seen, sight.features([*seen.values()]), strict=True)))
        self._after = max((number for number, _ in waiting), default=self._after)
        return len(waiting) == AT_A_TIME

    def _read(self, row: PictureRow) -> np.ndarray | None:
        with suppress(ValueError, OSError):  # a lost or damaged file is somebody else's to tell
            return read_pixels(self.store.gallery / row.path)
        return None

    def _is_busy(self) -> bool:
        return bool(self.store.jobs.listed(status="running", limit=1))
