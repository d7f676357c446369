"""Backups: a folder with the database as one SQLite file, whatever it is kept in, and the files if asked."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, delete, func, insert, select, text, update

from sfumato.studio.store.database import Database, connect
from sfumato.studio.store.drawn import GALLERY
from sfumato.studio.store.errors import Conflict, NotThere, told
from sfumato.studio.store.given import FOLDER as GIVEN
from sfumato.studio.store.migrate import migrate
from sfumato.studio.store.tables import CLOCK, JOBS, METADATA, PEOPLE, PICTURES

NAME = "store.sqlite"
FILES = (GIVEN, GALLERY)
LEAP = 2**32  # more changes than anybody was told of since the backup
AT_A_TIME = 500  # rows


def backup(database: Database, folder: Path, files: bool) -> None:
    """Write a new folder: all of it, or nothing. The store may be at work meanwhile.

    Raises Conflict where the folder is there already, Unavailable.
    """
    if folder.exists():
        raise Conflict(f"{folder} is there already: name a new folder for the backup.")
    with told():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
            part = Path(made) / "backup"
            part.mkdir()
            _save(database, part / NAME)
            if files:
                _copy_files(database.folder, part)  # after the rows, so that all that these name is there
            part.rename(folder)


def restore(database: Database, folder: Path) -> None:
    """Fill an empty store from a backup, of this version or an older one.

    Changes are numbered far beyond those of the backup, so that whoever followed the store before is told
    everything anew.

    Raises NotThere where there is no backup, Conflict where the store is not empty, Unavailable.
    """
    if not (folder / NAME).is_file():
        raise NotThere(f"{folder} is not a backup: it has no {NAME}.")
    with told(), TemporaryDirectory() as work:
        copy = Path(work) / NAME
        shutil.copyfile(folder / NAME, copy)
        source = Database(connect(f"sqlite:///{copy}", 1.0), Path(work))
        try:
            migrate(source)
            _fill(database, source, folder)
        finally:
            source.engine.dispose()


def _fill(database: Database, source: Database, folder: Path) -> None:
    with source.reading() as old, database.writing() as new:
        if new.scalar(select(func.count()).select_from(PEOPLE)):
            raise Conflict("This store is not empty: restore into a new one.")
        _copy_files(folder, database.folder)  # before the rows, so that these name nothing that is not there
        _copy(old, new)
        _leap(new)


def _copy_files(source: Path, target: Path) -> None:
    for name in FILES:
        if (source / name).is_dir():
            hidden = shutil.ignore_patterns(".*")
            shutil.copytree(source / name, target / name, ignore=hidden, dirs_exist_ok=True)


def _save(database: Database, path: Path) -> None:
    if database.engine.dialect.name == "sqlite":
        _save_sqlite(database, path)
        return
    target = Database(connect(f"sqlite:///{path}", 1.0), path.parent)
    migrate(target)
    still = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with still.begin() as old, target.writing() as new:
        _copy(old, new)
    _close(target, path)


def _save_sqlite(database: Database, path: Path) -> None:
    target = sqlite3.connect(path)
    held = database.engine.raw_connection()
    try:
        held.driver_connection.backup(target)  # type: ignore[union-attr]
        target.execute("PRAGMA journal_mode = DELETE")  # one file, not three
    finally:
        held.close()
        target.close()


def _close(target: Database, path: Path) -> None:
    target.engine.dispose()
    last = sqlite3.connect(path)
    last.execute("PRAGMA journal_mode = DELETE")
    last.close()


def _copy(old: Connection, new: Connection) -> None:
    """All rows, the tables in an order in which every row finds what it names."""
    for table in METADATA.sorted_tables:
        new.execute(delete(table))
        rows = old.execution_options(yield_per=AT_A_TIME).execute(select(table)).mappings()
        for part in rows.partitions():
            new.execute(insert(table), [dict(row) for row in part])
    if new.dialect.name == "postgresql":  # it counts on from what it gave out itself
        last = select(func.max(PICTURES.c.number)).scalar_subquery()
        sequence = func.pg_get_serial_sequence("pictures", "number")
        new.execute(select(func.setval(sequence, func.coalesce(last, 0) + 1, text("false"))))


def _leap(connection: Connection) -> None:
    for table in (JOBS, PICTURES, CLOCK):
        connection.execute(update(table).values(rev=table.c.rev + LEAP))
    connection.execute(update(PICTURES).values(hidden=PICTURES.c.hidden + LEAP))
