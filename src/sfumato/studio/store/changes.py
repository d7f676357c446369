"""What changed, for those who follow: every event is the whole thing as it is now."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from sqlalchemy import Connection, select

from sfumato.studio.store.database import Database
from sfumato.studio.store.jobs import SHOWN
from sfumato.studio.store.rows import Change, JobRow, PictureRow, hidden_from_others
from sfumato.studio.store.tables import CLOCK, JOBS, PICTURES
from sfumato.studio.store.visible import visible


def last_rev(database: Database) -> int:
    """The number of the last change of all; 0 in an empty store."""
    with database.reading() as connection:
        return connection.scalars(select(CLOCK.c.rev)).one()


def changed(database: Database, since: int, viewer: str | None, limit: int) -> list[Change]:
    """What this person may see of what changed after a number, in the order of the numbers.

    Who has read up to a number finds all later changes after it: there is nothing to replay. What was
    changed twice comes once. Trashed pictures have their time; what was purged or forgotten is `gone`, and
    for others what became private.
    """
    found: list[Change] = []
    with database.reading() as connection:
        # important: what is committed between the two queries waits for the next call, or the first query
        # might have missed a smaller number than the second finds.
        top = connection.scalars(select(CLOCK.c.rev)).one()
        for table, columns, record in ((JOBS, SHOWN, JobRow), (PICTURES, tuple(PICTURES.c), PictureRow)):
            new = (table.c.rev > since, table.c.rev <= top, visible(table, viewer))
            query = select(*columns).where(*new).order_by(table.c.rev).limit(limit)
            found += [Change(row.rev, record.read(row)) for row in connection.execute(query)]
        if viewer is not None:
            found += _hidden(connection, since, top, viewer, limit)
    return sorted(found, key=attrgetter("rev"))[:limit]


def _hidden(connection: Connection, since: int, top: int, viewer: str, limit: int) -> list[Change]:
    """What others made private after this person may have seen it."""
    column = PICTURES.c.hidden
    hidden = (column > since, column <= top, PICTURES.c.private, PICTURES.c.owner != viewer)
    query = select(PICTURES).where(*hidden).order_by(column).limit(limit)
    rows = map(PictureRow.read, connection.execute(query))
    return [Change(row.hidden or 0, hidden_from_others(replace(row, rev=row.hidden))) for row in rows]
