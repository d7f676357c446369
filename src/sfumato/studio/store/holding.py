"""What a person's pictures take."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from sfumato.studio.store.tables import PICTURES


class Holding(NamedTuple):
    """Pictures and the bytes of their files, those in the trash apart. A file that is lost has 0."""

    pictures: int
    bytes: int
    trashed: int
    trashed_bytes: int


def holding(connection: Connection, person: str, gallery: Path) -> Holding:
    """See People.holding."""
    query = select(PICTURES.c.path, PICTURES.c.trashed).where(PICTURES.c.owner == person, ~PICTURES.c.gone)
    kept, away = [], []
    for path, trashed in connection.execute(query):
        (kept if trashed is None else away).append(_size(gallery / path))
    return Holding(len(kept), sum(kept), len(away), sum(away))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
