"""Jobs and pictures by the start of their id, as people type them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from sfumato.studio.store.database import Database
from sfumato.studio.store.tables import JOBS, PICTURES
from sfumato.studio.store.visible import visible

MOST = 20  # that are told apart


def jobs_starting(database: Database, start: str, viewer: str | None = None) -> list[str]:
    """Ids of the jobs that this person may see and whose id begins so, the newest first; at most MOST."""
    where = (JOBS.c.id.startswith(start, autoescape=True), ~JOBS.c.gone, visible(JOBS, viewer))
    query = select(JOBS.c.id).where(*where).order_by(JOBS.c.created.desc(), JOBS.c.id).limit(MOST)
    with database.reading() as connection:
        return list(connection.scalars(query))


def pictures_starting(database: Database, start: str, viewer: str | None = None) -> list[str]:
    """The same for pictures, also of the trash: `1b9d-2` is picture 2 of the job that begins with 1b9d."""
    where = (_begins(start), ~PICTURES.c.gone, visible(PICTURES, viewer))
    newest = (PICTURES.c.created.desc(), PICTURES.c.number.desc())
    query = select(PICTURES.c.id).where(*where).order_by(*newest).limit(MOST)
    with database.reading() as connection:
        return list(connection.scalars(query))


def _begins(start: str) -> ColumnElement[bool]:
    whole = PICTURES.c.id.startswith(start, autoescape=True)
    job, dash, index = start.rpartition("-")
    if not (dash and job and index.isascii() and index.isdigit() and len(index) < 5):
        return whole
    short = and_(PICTURES.c.job.startswith(job, autoescape=True), PICTURES.c.index == int(index))
    return or_(whole, short)
