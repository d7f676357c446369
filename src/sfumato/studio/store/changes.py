"""What changed, for those who follow: every event is the whole thing as it is now."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from operator import attrgetter

from sqlalchemy import Connection, Integer, Select, Table, bindparam, select

from sfumato.studio.store.database import Database
from sfumato.studio.store.jobs import SHOWN
from sfumato.studio.store.rows import Change, JobRow, PictureRow, hidden_from_others
from sfumato.studio.store.tables import CLOCK, JOBS, PICTURES
from sfumato.studio.store.visible import visible


def last_rev(database: Database) -> int:
    """The number of the last change of all; 0 in an empty store."""
    with database.reading() as connection:
        return connection.scalars(_top()).one()


def changed(database: Database, since: int, viewer: str | None, limit: int) -> list[Change]:
    """See `changed_until`."""
    return changed_until(database, since, viewer, limit)[0]


def changed_until(database: Database, since: int, viewer: str | None, limit: int) -> tuple[list[Change], int]:
    """What this person may see of what changed after a number, in the order of the numbers, and up to which
    number that is all of it.

    Who has read up to a number finds all later changes after it: there is nothing to replay. What was
    changed twice comes once. Trashed pictures have their time; what was purged or forgotten is `gone`, and
    for others what became private.
    """
    found: list[Change] = []
    with database.reading() as connection:
        # important: all queries see the store at one moment, or what is hidden and changed again between two
        # would be told neither as what was hidden, by this call, nor by the next, which begins after that.
        top = connection.scalars(_top()).one()
        if top <= since:
            return [], since
        bounds = {"since": since, "top": top, "most": limit}
        for table, record in ((JOBS, JobRow), (PICTURES, PictureRow)):
            query = _new(table) if viewer is None else _new(table).where(visible(table, viewer))
            found += [Change(row.rev, record.read(row)) for row in connection.execute(query, bounds)]
        if viewer is not None:
            found += _hidden(connection, since, top, viewer, limit)
    found = sorted(found, key=attrgetter("rev"))[:limit]
    return found, found[-1].rev if len(found) == limit else top


@cache
def _top() -> Select:
    """Written once: followers ask so often that writing a query would take longer than its answer."""
    return select(CLOCK.c.rev)


@cache
def _new(table: Table) -> Select:
    """What changed after `since` up to `top`, at most so many."""
    columns = SHOWN if table is JOBS else tuple(PICTURES.c)
    new = (table.c.rev > bindparam("since"), table.c.rev <= bindparam("top"))
    return select(*columns).where(*new).order_by(table.c.rev).limit(bindparam("most", type_=Integer))


def _hidden(connection: Connection, since: int, top: int, viewer: str, limit: int) -> list[Change]:
    """What others made private after this person may have seen it."""
    column = PICTURES.c.hidden
    hidden = (column > since, column <= top, PICTURES.c.private, PICTURES.c.owner != viewer)
    query = select(PICTURES).where(*hidden).order_by(column).limit(limit)
    rows = map(PictureRow.read, connection.execute(query))
    return [Change(row.hidden or 0, hidden_from_others(replace(row, rev=row.hidden))) for row in rows]
