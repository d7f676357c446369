"""A store: the database of jobs and pictures, and the folder beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sfumato.studio.store.backup import backup, restore
from sfumato.studio.store.boards import Boards
from sfumato.studio.store.changes import changed, changed_until, last_rev
from sfumato.studio.store.database import Database, connect
from sfumato.studio.store.drawn import GALLERY
from sfumato.studio.store.errors import told
from sfumato.studio.store.jobs import Jobs
from sfumato.studio.store.migrate import migrate
from sfumato.studio.store.people import People
from sfumato.studio.store.pictures import Pictures
from sfumato.studio.store.queue import Queue
from sfumato.studio.store.rebuild import Rebuilt, rebuild
from sfumato.studio.store.rows import Change
from sfumato.studio.store.sessions import Sessions
from sfumato.studio.store.workers import Workers

PATIENCE = 30.0  # seconds to wait for another writer


@dataclass(frozen=True)
class Store:
    """Jobs, pictures, boards and people. Threads may share one; every process opens its own."""

    database: Database

    @classmethod
    def open(
        cls,
        url: str,
        folder: Path,
        clock: Callable[[], float] | None = None,
        patience: float = PATIENCE,
    ) -> Self:
        """Open a database, make it or bring it to this version's form.

        url       sqlite:///path or postgresql+psycopg://user@host/name
        folder    where given pictures (given/) and the gallery (pictures/) are
        clock     seconds since 1970; None asks the database
        patience  seconds to wait for another writer

        Raises NewerVersion, Unavailable, ValueError for another kind of database.
        """
        with told():
            folder.mkdir(parents=True, exist_ok=True)
        database = Database(connect(url, patience), folder, clock)
        try:
            migrate(database)
        except BaseException:
            database.engine.dispose()
            raise
        return cls(database)

    @property
    def jobs(self) -> Jobs:
        """Jobs as people see them."""
        return Jobs(self.database)

    @property
    def queue(self) -> Queue:
        """Jobs as workers see them."""
        return Queue(self.database)

    @property
    def pictures(self) -> Pictures:
        """The index of the gallery."""
        return Pictures(self.database)

    @property
    def boards(self) -> Boards:
        """Ordered choices of pictures."""
        return Boards(self.database)

    @property
    def people(self) -> People:
        """Who owns them."""
        return People(self.database)

    @property
    def workers(self) -> Workers:
        """Who is at work, and with which models."""
        return Workers(self.database)

    @property
    def sessions(self) -> Sessions:
        """Browsers that showed a key."""
        return Sessions(self.database)

    @property
    def gallery(self) -> Path:
        """The folder of the pictures."""
        return self.database.folder / GALLERY

    @property
    def rev(self) -> int:
        """The number of the last change of all."""
        return last_rev(self.database)

    def wait(self, heard: int, seconds: float) -> int:
        """Until this process has written more often than `heard`, at most so long; how often it has.

        What other processes write is seen by `rev` alone.
        """
        return self.database.bell.wait(heard, seconds)

    @property
    def stops(self) -> int:
        """How often it was noticed in this process that a job was taken from its worker."""
        return self.database.bell.stops

    def changed(self, since: int, viewer: str | None = None, limit: int = 200) -> list[Change]:
        """Jobs and pictures that changed after a number and that this person may see, in order."""
        return changed(self.database, since, viewer, limit)

    def changed_until(
        self, since: int, viewer: str | None = None, limit: int = 200
    ) -> tuple[list[Change], int]:
        """The same, and up to which number that is all of it."""
        return changed_until(self.database, since, viewer, limit)

    def rebuild(self, owner: str) -> Rebuilt:
        """Index the whole gallery anew; `owner` gets the pictures that nobody is known to own."""
        return rebuild(self.database, self.gallery, owner)

    def backup(self, folder: Path, files: bool = False) -> None:
        """Write a new folder with the whole database, and with the files of the store if asked."""
        backup(self.database, folder, files)

    def restore(self, folder: Path) -> None:
        """Fill this store, which must be empty, from such a folder, of either kind of database."""
        restore(self.database, folder)

    def close(self) -> None:
        """Give all connections back."""
        self.database.engine.dispose()
