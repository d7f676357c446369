"""The worker: makes the jobs of a store, many at a time, in one batcher for each open model."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING
from uuid import uuid4

from sfumato.models.family import Family, families
from sfumato.plan import Plan
from sfumato.studio.gallery import Sign
from sfumato.studio.safety import Screen
from sfumato.studio.shelf import Shelf
from sfumato.studio.store import JobRow, Store, Unavailable
from sfumato.studio.studio import refuse
from sfumato.studio.worker.desk import (
    Claimed,
    Close,
    Desk,
    Failed,
    Landed,
    Left,
    Letter,
    Look,
    News,
    is_suspect,
)
from sfumato.studio.worker.task import Task

if TYPE_CHECKING:
    from sfumato.engine import Batcher
    from sfumato.engine.batcher import Event as Moved

IDLE = 0.1  # seconds between two looks at whether to stop
JOBS = 8
LEASE = 15.0
# What opening a model, beginning a job and the last steps of one may raise for a reason that is the job's or
# the machine's: the job ends with it and the worker goes on. Torch has no narrower class than RuntimeError.
TROUBLE = (ValueError, OSError, ImportError, MemoryError, RuntimeError)


def own_name() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:4]}"


def shipped() -> dict[str, Family]:
    """The models of the package, by name."""
    return {family.name: family for family in families()}


@dataclass(eq=False)
class Worker:
    """Takes jobs up and makes their pictures; any number of workers may share a store.

    store     where jobs come from and pictures go to; a process opens its own
    shelf     open models, for this worker alone
    name      which jobs say who is at work on them
    families  the models that it draws with, by the name that people call them
    jobs      in flight at a time; of more than one picture each, as a rule
    sign      what signs the files of pictures; None leaves them unsigned
    screen    says of a finished picture why it is withheld; None withholds nothing
    lease     seconds after which another worker takes up the jobs of one that was killed

    A job at which two workers died is made alone, and takes no other with it; after the third it fails.
    """

    store: Store
    shelf: Shelf
    name: str = field(default_factory=own_name)
    families: Mapping[str, Family] = field(default_factory=shipped)
    jobs: int = JOBS
    lease: float = LEASE
    sign: Sign | None = None
    screen: Screen | None = None
    _letters: SimpleQueue[Letter] = field(default_factory=SimpleQueue, repr=False)
    _tasks: dict[str, Task] = field(default_factory=dict, repr=False)
    _waiting: list[Claimed] = field(default_factory=list, repr=False)
    _stops: int = field(default=0, repr=False)

    def wake(self) -> None:
        """Look for a new job at once; without this, within a fifth of a second. For any thread."""
        self._letters.put(Look())

    def models(self) -> dict[str, str]:
        """Of every kind of model that it knows why it cannot open it now; nothing where it can."""
        found: dict[str, str] = {}
        for family in self.families.values():
            why = _missing(family)
            found[family.name] = why and found.get(family.name, why)
        return found

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; then states are saved and the jobs given back."""
        desk = Desk(
            self.store, self.name, self.models, self.jobs, self.lease, self._letters, self.sign, self.screen
        )
        with ThreadPoolExecutor(1, self.name) as pool:
            at_desk, stopped = pool.submit(desk.run), False
            try:
                while not stop.is_set() and not at_desk.done():
                    self._turn(desk)
                self._put_away()
                stopped = True
            finally:
                self._free()  # before others may begin
                self._letters.put(Close(give_back=stopped))
        at_desk.result()  # raises what ended it

    def _turn(self, desk: Desk) -> None:
        """Board what was claimed, let go of what was lost, one pass in every batcher."""
        self._waiting += _all_of(desk.claimed, IDLE if not (self._tasks or self._waiting) else 0.0)
        self._let_go()
        self._board()
        for batcher in {id(task.held): task.held.batcher for task in self._tasks.values()}.values():
            self._pass(batcher)

    def _board(self) -> None:
        while self._waiting and self._may_begin(self._waiting[0].row):
            row, job = self._waiting.pop(0)
            try:
                family = self._family(job.plan)
                if not self.shelf.has_room(family):
                    self._waiting.insert(0, Claimed(row, job))
                    return  # a picture that lands makes some
                held = self.shelf.lease(family)
                self._tasks[row.id] = Task.begin(self.store, row, job, held)
            except TROUBLE as error:
                self._letters.put(Failed(row, _sentence(error)))

    def _may_begin(self, row: JobRow) -> bool:
        alone = is_suspect(row) or any(is_suspect(task.row) for task in self._tasks.values())
        return row.id not in self._tasks and not (self._tasks and alone)

    def _family(self, plan: Plan) -> Family:
        """The model that makes this plan. Raises Refused."""
        able = [family for family in self.families.values() if family.name == plan.family]
        fitting = (family for family in able if not family.missing() and not family.check(plan))
        family = next(fitting, able[0])
        refuse(plan, family)
        return family

    def _let_go(self) -> None:
        """Stop what a person stopped, or another worker took up.

        A pass asks nothing while nothing was stopped: what is stopped in this process is counted, and for
        others the desk looks a few times a second.
        """
        stops = self.store.stops
        if stops == self._stops:
            return
        try:
            lost = self.store.queue.lost([task.row for task in self._tasks.values()]) if self._tasks else {}
        except Unavailable:  # asked again before the next pass
            return
        self._stops = stops
        for job, status in lost.items():
            task = self._tasks.pop(job)
            if status in ("paused", "queued"):
                task.save()
            task.leave()
            self._letters.put(Left(task.row))

    def _pass(self, batcher: Batcher) -> None:
        events = batcher.step()
        for task in [own for own in self._tasks.values() if own.held.batcher is batcher]:
            self._hear(task, events)

    def _hear(self, task: Task, events: tuple[Moved, ...]) -> None:
        """What a pass means to one job."""
        try:
            progress = task.group.hear(events)
            if task.group.error:
                self._fail(task, task.group.error)
            elif progress:
                task.progress = progress
                self._tell(task)
        except TROUBLE as error:
            self._fail(task, error)

    def _tell(self, task: Task) -> None:
        assert task.progress is not None
        if task.progress.finished is not None:
            self._letters.put(Landed(task, task.pictures()))
            del self._tasks[task.row.id]
            return
        if task.saved:
            task.saved.save_if_due(task.progress.states, len(self._tasks))
        if task.is_due():
            pixels, task.told = task.preview(), False
            self._letters.put(News(task, task.progress.done, task.progress.total, pixels))

    def _fail(self, task: Task, error: Exception) -> None:
        task.leave()
        del self._tasks[task.row.id]
        self._letters.put(Failed(task.row, _sentence(error)))

    def _put_away(self) -> None:
        for task in self._tasks.values():
            task.save()

    def _free(self) -> None:
        for task in self._tasks.values():
            task.leave()
        self._tasks.clear()
        self._waiting.clear()


def _all_of(queue: SimpleQueue[list[Claimed]], patience: float) -> Iterator[Claimed]:
    """What is in a queue, waiting for the first."""
    try:
        yield from queue.get(timeout=patience) if patience else queue.get_nowait()
        while True:
            yield from queue.get_nowait()
    except Empty:
        return


def _missing(family: Family) -> str:
    """Which weights are not here, and what to do; nothing where all are."""
    missing = ", ".join(path.name for path in family.missing())
    return missing and f"The weights {missing} are not on this machine: put them back"


def _sentence(error: Exception) -> str:
    """Why a job failed, for its owner."""
    said = str(error).strip() or "no reason was given"
    return said if isinstance(error, ValueError) else f"The model stopped ({type(error).__name__}): {said}"
