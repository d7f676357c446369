"""The desk: all that a worker reads from its store and writes to it, in a thread of its own.

So no forward pass waits for a disk, and leases are renewed while a pass, or opening a model, takes long.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from sfumato.studio.gallery import Sign, keep
from sfumato.studio.job import Job
from sfumato.studio.lock import is_taken
from sfumato.studio.picture import Picture
from sfumato.studio.running import LOCK
from sfumato.studio.safety import Screen, Withheld, let_pass
from sfumato.studio.store import (
    Conflict,
    IllegalMove,
    JobRow,
    LeaseLost,
    NotThere,
    Report,
    Store,
    StoreError,
    Unavailable,
    drawn,
)
from sfumato.studio.worker.sprite import sprite
from sfumato.studio.worker.task import FOLDER, Task, forget

if TYPE_CHECKING:
    import numpy as np

POLL = 0.2  # seconds between two looks for new jobs
BEAT = 0.2  # seconds between two reports, and between two looks whether others took a job
RETRY = 1.0  # seconds to wait for a disk or a database that does not work
SWEEP = 2.0  # seconds between two looks for what ended jobs left
DEATHS = 3  # of workers that one job may be at
GRACE = 60.0  # seconds that a job waits for somebody who has its model
NO_MODEL = "No worker of this server has a model of the kind {!r}: add one (see docs/models.md)"
GIVEN_UP = "Three workers ended while they were at work on this job: it may need more memory than there is."


class Look(NamedTuple):
    """There may be a new job."""


class Nothing(NamedTuple):
    """No letter came."""


class News(NamedTuple):
    """How far a task is; `pixels` is uint8 (H, W, 3)."""

    task: Task
    done: int
    total: int
    pixels: np.ndarray | None


class Landed(NamedTuple):
    """The pictures of a job are to be kept."""

    task: Task
    pictures: Sequence[Picture]


class Failed(NamedTuple):
    """A job cannot be made."""

    row: JobRow
    reason: str


class Left(NamedTuple):
    """A job is no longer this worker's."""

    row: JobRow


class Close(NamedTuple):
    """No more letters come. `give_back` lets other workers go on at once, not only when leases run out."""

    give_back: bool


Letter = Look | Nothing | News | Landed | Failed | Left | Close


class Claimed(NamedTuple):
    """A job to begin with."""

    row: JobRow
    job: Job


@dataclass(eq=False)
class Desk:
    """See Worker for what is not said here.

    models   of every kind why it cannot be opened here; nothing where it can
    letters  what to do; `claimed` is what it answers
    held     claimed and not ended
    news     of every job the last that was not written yet
    later    what could not be written yet
    """

    store: Store
    name: str
    models: Callable[[], Mapping[str, str]]
    jobs: int
    lease: float
    letters: SimpleQueue[Letter]
    sign: Sign | None = None
    screen: Screen | None = None
    claimed: SimpleQueue[list[Claimed]] = field(default_factory=SimpleQueue)
    held: dict[str, JobRow] = field(default_factory=dict)
    news: dict[str, News] = field(default_factory=dict)
    later: deque[Letter] = field(default_factory=deque)
    look: float = 0.0
    beat: float = 0.0
    watch: float = 0.0
    renew: float = 0.0
    retry: float = 0.0
    sweep: float = 0.0
    strand: float = field(default_factory=lambda: time.monotonic() + GRACE)
    hello: float = 0.0

    def run(self) -> None:
        """Until it is closed."""
        while not isinstance(letter := self._next(), Close):
            self._deal(letter)
            self._retry()
            self._beat()
            self._greet()
            self._claim()
            self._sweep()
            self._strand()
        self._end(letter.give_back)

    def _next(self) -> Letter:
        due = min(self.look, self.beat if self.news else self.watch if self.held else self.look)
        try:
            return self.letters.get(timeout=max(0.0, min(due - time.monotonic(), POLL)))
        except Empty:
            return Nothing()

    def _deal(self, letter: Letter) -> None:
        """Do what a letter says; what the disk or the database does not take now is tried again."""
        try:
            match letter:
                case News(task):
                    self.news[task.row.id] = letter
                case Landed(task, pictures):
                    self._finish(task, pictures)
                case Failed(row, reason):
                    self._fail(row, reason)
                case Left(row):
                    self._drop(row)
                case Look():
                    self.look = 0.0
        except LeaseLost:
            pass  # the worker sees it before its next pass
        except (Unavailable, OSError):
            self.later.append(letter)
            self.retry = time.monotonic() + RETRY

    def _finish(self, task: Task, pictures: Sequence[Picture]) -> None:
        gallery = self.store.gallery
        try:
            let_pass(pictures, self.screen)
        except Withheld as error:
            task.folder.close()
            self._fail(task.row, str(error))
            return
        found = [drawn(picture, keep(picture, gallery, self.sign), gallery) for picture in pictures]
        task.folder.close()
        try:
            forget(self.store, self.store.queue.finish(task.row, found))
            self._let_go(task.row)
        except Conflict as error:
            self._fail(task.row, str(error))
        except LeaseLost:
            self._drop(task.row)

    def _fail(self, row: JobRow, reason: str) -> None:
        with suppress(LeaseLost):
            self.store.queue.fail(row, reason)
        self._drop(row)

    def _drop(self, row: JobRow) -> None:
        """Let go of what has ended, or is not this worker's any more; what has ended leaves nothing."""
        for ended in self.store.queue.ended([row.id]):
            forget(self.store, ended)
        self._let_go(row)

    def _let_go(self, row: JobRow) -> None:
        self.news.pop(row.id, None)
        if row.id in self.held and self.held[row.id].lease == row.lease:  # else it was taken up anew
            del self.held[row.id]
        self.look = 0.0  # there is room now

    def _retry(self) -> None:
        if self.later and time.monotonic() >= self.retry:
            letters, self.later = self.later, deque()
            for letter in letters:
                self._deal(letter)

    def _beat(self) -> None:
        """Write all news at once and hold what is held; what others took is told to the worker."""
        now, held = time.monotonic(), list(self.held.values())
        with suppress(Unavailable):  # the next news will be written
            if now >= self.renew or (self.news and now >= self.beat):
                self._write(held, self.lease if now >= self.renew else None)
                self.watch = now + BEAT
            elif held and now >= self.watch:
                self.watch = now + BEAT
                if self.store.queue.lost(held):
                    self.store.database.bell.stop()

    def _write(self, held: Sequence[JobRow], lease: float | None) -> None:
        """Write the news; with `lease`, hold what is held for so many seconds more."""
        news, self.news = self.news.values(), {}
        self.beat = time.monotonic() + BEAT
        if lease is not None:
            self.renew = time.monotonic() + lease / 4
        try:
            if self.store.queue.beat(held, lease, [_report(own, self.screen is None) for own in news]):
                self.store.database.bell.stop()
        finally:
            for own in news:
                own.task.told = True

    @property
    def able(self) -> list[str]:
        """The kinds of model that can be opened."""
        return [kind for kind, why in self.models().items() if not why]

    def _greet(self) -> None:
        """Say which models are here, so that others know what nobody has."""
        if time.monotonic() >= self.hello:
            self.hello = time.monotonic() + self.lease / 2
            with suppress(Unavailable):
                self.store.workers.here(self.name, self.able, self.lease)

    def _strand(self) -> None:
        """Let jobs fail that have waited for long, and that no worker can make."""
        if time.monotonic() < self.strand:
            return
        self.strand = time.monotonic() + SWEEP
        with suppress(Unavailable):
            for row in self.store.workers.stranded(GRACE):
                why = self.models().get(row.plan.family) or NO_MODEL.format(row.plan.family)
                with suppress(IllegalMove):  # somebody has stopped it, or has the model now
                    self.store.jobs.strand(row.id, reason=f"{why}, then retry this job.")

    def _claim(self) -> None:
        """Take jobs up while there is room; one that workers died of is worked on alone (see Worker).

        Those that landed together are all written first, so that those in their places begin together: they
        share passes from the first to the last, and come in one transaction.
        """
        if time.monotonic() < self.look or not self.letters.empty():
            return
        self.look = time.monotonic() + POLL
        room = self.jobs - len(self.held)
        if room <= 0 or any(map(is_suspect, self.held.values())):
            return
        with suppress(Unavailable):
            rows = self.store.queue.claim_some(room, self.name, self.lease, self.able, DEATHS)
            self.held |= {row.id: row for row in rows}
            self.claimed.put([claimed for row in rows if (claimed := self._begun(row))])

    def _begun(self, row: JobRow) -> Claimed | None:
        """A job with what it reads; None where it fails at once."""
        if row.takes > DEATHS:
            self._deal(Failed(row, GIVEN_UP))
            return None
        try:
            return Claimed(row, self.store.jobs.job(row))
        except (NotThere, ValueError) as error:  # a picture is lost, or the plan is of another version
            self._deal(Failed(row, str(error)))
            return None

    def _sweep(self) -> None:
        """Forget jobs that ended while nobody was at work on them, or whose worker was killed at the last."""
        if time.monotonic() < self.sweep:
            return
        self.sweep = time.monotonic() + SWEEP
        folders = (self.store.database.folder / FOLDER).glob("*/")
        free = [own.name for own in folders if own.name not in self.held and not is_taken(own / LOCK)]
        with suppress(Unavailable, OSError):
            for row in self.store.queue.ended(free) if free else ():
                forget(self.store, row)

    def _end(self, give_back: bool) -> None:
        self.retry = 0.0
        self._retry()
        with suppress(Unavailable):
            self.store.workers.gone(self.name)
        for row in list(self.held.values()) if give_back else ():
            with suppress(StoreError):
                self.store.queue.give_back(row)


def _report(news: News, shown: bool) -> Report:
    """`shown`: whether a picture may be seen before it is finished, and looked at."""
    preview = sprite(news.pixels) if shown and news.pixels is not None else None
    return Report(news.task.row, news.done, news.total, preview)


def is_suspect(row: JobRow) -> bool:
    """Whether this is the last trial of a job at which workers died."""
    return row.takes >= DEATHS
