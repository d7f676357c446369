"""A task: one claimed job under way, and the folder in which its states are saved."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.studio.gallery import named, read_kept
from sfumato.studio.job import Job
from sfumato.studio.picture import Picture
from sfumato.studio.running import Saved, clear_begun, saved_in
from sfumato.studio.shelf import Open
from sfumato.studio.store import JobRow, Store
from sfumato.studio.studio import pictures_of, preview_of

if TYPE_CHECKING:
    import numpy as np

    from sfumato.engine import Group, Progress

FOLDER = "running"
PAUSE = 0.2  # seconds between two reports of one job
SHARE = 0.05  # of the time that drawing previews may take


@dataclass(eq=False)
class Task:
    """A job in the batcher of its model.

    saved     its states on disk; None where a worker that lost it still has them open
    told      whether the last report has been written
    due       when, on the monotonic clock, to report next; `shown` when to draw a preview next
    """

    row: JobRow
    job: Job
    held: Open
    group: Group
    saved: Saved | None
    folder: ExitStack
    told: bool = True
    due: float = 0.0
    shown: float = 0.0
    progress: Progress | None = field(default=None, repr=False)

    @classmethod
    def begin(cls, store: Store, row: JobRow, job: Job, held: Open) -> Task:
        """Put a job into the batcher, from where it stood when it was worked on last."""
        from sfumato.engine import Commission, Group

        with ExitStack() as folder:
            saved = None
            with suppress(BlockingIOError):  # its pictures come out the same from the beginning
                saved = folder.enter_context(saved_in(folder_of(store, row.id), len(job.plan.seeds)))
            states = saved.load() if saved else None
            commission = Commission(job.plan, held.model, job.pixels)
            wishes = {"group": row.id, "owner": row.owner, "priority": row.priority}
            group = Group.enter(commission, held.batcher, states, **wishes)
            return cls(row, job, held, group, saved, folder.pop_all())
        raise AssertionError  # nothing above is suppressed

    def pictures(self) -> list[Picture]:
        """Those that have landed, finished. Raises ValueError for one that is no picture."""
        assert self.progress is not None and self.progress.finished is not None
        return pictures_of(self.job, self.progress.finished, self.held)

    def save(self) -> None:
        """Write where every picture stands."""
        if self.saved:
            self.saved.save(self.group.states)

    def is_due(self) -> bool:
        """Whether it is time for a report, and the last one was written."""
        return self.told and self.progress is not None and time.monotonic() >= self.due

    def preview(self) -> np.ndarray | None:
        """The grid as it is believed now, unless drawing took more than its share. Plans the next."""
        started, pixels = time.monotonic(), None
        self.due = started + PAUSE
        if self.progress is not None and started >= self.shown:
            pixels = preview_of(self.progress, self.job)
            ended = time.monotonic()
            self.shown = ended + (ended - started) / SHARE
        return pixels

    def leave(self) -> None:
        """Out of the batcher; what was saved is free for others."""
        self.group.leave()
        self.folder.close()


def folder_of(store: Store, job: str) -> Path:
    """Where the states of a job are."""
    return store.database.folder / FOLDER / job


def forget(store: Store, row: JobRow) -> None:
    """Remove what is left of working on a job that has ended; the pictures of one that is done stay."""
    if row.takes > 1 or row.status != "done":  # else no process was killed at it
        clear_begun(store.gallery, row.id)
    if row.status in ("cancelled", "failed"):
        with suppress(ValueError):  # of another version, or damaged: nothing was made of it here
            _unkeep(store.gallery, row)
    shutil.rmtree(folder_of(store, row.id), ignore_errors=True)  # another process may be at it too


def _unkeep(gallery: Path, row: JobRow) -> None:
    """Remove finished pictures that never came into the index."""
    for index in range(len(row.plan.seeds)):
        path = gallery / named(row.plan, index, row.id)
        if path.exists() and read_kept(path).job == row.id:
            path.unlink(missing_ok=True)
