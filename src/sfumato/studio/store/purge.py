"""Emptying the trash: files and all that was made of them, unless somebody else still reads them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from sfumato.studio.store.database import Database, hold, stamp
from sfumato.studio.store.drawn import GALLERY
from sfumato.studio.store.errors import told
from sfumato.studio.store.given import file_of
from sfumato.studio.store.tables import JOBS, LINEAGE, PICTURES, PINNED

AT_A_TIME = 100  # pictures in one transaction: others write between two
FRESH = 3600.0  # seconds after which a picture that is given to a job is known to the job's row
EMPTY: Mapping[str, Any] = MappingProxyType(
    {"tags": "[]", "details": "{}", "liked": False, "rating": 0, "seed": 0, "blob": None, "gone": True}
)
NO_WORDS = ("path", "sha256", "content", "prompt", "words")


def purge(
    database: Database, seconds: float, owner: str | None, only: Sequence[str] | None = None
) -> list[str]:
    """See Pictures.purge."""
    mine = [] if owner is None else [PICTURES.c.owner == owner]
    if only is not None:
        mine.append(PICTURES.c.id.in_(only))
    ids: list[str] = []
    while some := _purge_some(database, seconds, mine):
        ids += some
    return ids


def _purge_some(database: Database, seconds: float, mine: Sequence[ColumnElement[bool]]) -> list[str]:
    with database.writing() as connection:
        before = PICTURES.c.trashed <= database.now(connection) - seconds
        some = select(PICTURES.c.id).where(before, ~PICTURES.c.gone, *mine).limit(AT_A_TIME)
        held = hold(connection, PICTURES, PICTURES.c.id.in_(some), before, ~PICTURES.c.gone, *mine)
        ids = [row.id for row in held]
        if not ids:
            return []
        # important: the files go first. Killed between, the rows are still in the trash.
        with told():
            for path in _files(database.folder, connection, held):
                path.unlink(missing_ok=True)
        connection.execute(delete(PINNED).where(PINNED.c.picture.in_(ids)))
        kin = or_(LINEAGE.c.child.in_(ids), LINEAGE.c.parent.in_(ids))
        connection.execute(delete(LINEAGE).where(kin))
        nothing = {**EMPTY, **dict.fromkeys(NO_WORDS, "")}
        connection.execute(update(PICTURES).where(PICTURES.c.id.in_(ids)).values(nothing))
        stamp(connection, (PICTURES, ids))
        return ids


def _files(folder: Path, connection: Connection, held: list[Any]) -> Iterable[Path]:
    """All that shows these pictures and nothing that other rows read."""
    ids = [row.id for row in held]
    for row in held:
        if _only_here(connection, ids, PICTURES.c.path == row.path):
            yield folder / GALLERY / row.path
        if row.sha256 and _only_here(connection, ids, PICTURES.c.sha256 == row.sha256):
            yield from (folder / "thumbnails" / row.sha256[:2]).glob(f"{row.sha256}-*.webp")
        copy = file_of(folder, row.content)
        if _is_old(copy) and _nobody_reads(connection, ids, row):
            yield copy


def _only_here(connection: Connection, ids: list[str], same: Any) -> bool:
    others = select(PICTURES.c.id).where(same, ~PICTURES.c.gone, PICTURES.c.id.not_in(ids)).limit(1)
    return connection.scalar(others) is None


def _is_old(path: Path) -> bool:
    """False also without a file. A picture is written before the row of the job that reads it."""
    try:
        return path.stat().st_mtime < time.time() - FRESH
    except FileNotFoundError:
        return False


def _nobody_reads(connection: Connection, ids: list[str], row: Any) -> bool:
    """Whether no other picture is this one or came of it, and no job names it."""
    child = select(LINEAGE.c.child).where(LINEAGE.c.parent == row.id, LINEAGE.c.child.not_in(ids)).limit(1)
    job = select(JOBS.c.id).where(~JOBS.c.gone, JOBS.c.plan_json.contains(row.content)).limit(1)
    if not _only_here(connection, ids, PICTURES.c.content == row.content):
        return False
    return connection.scalar(child) is None and connection.scalar(job) is None
