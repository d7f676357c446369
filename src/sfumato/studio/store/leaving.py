"""A person leaves: their key, waiting jobs, private pictures and boards go; what all may see stays."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, select, update

from sfumato.studio.store.database import Database, hold, stamp
from sfumato.studio.store.errors import IllegalMove, NotThere
from sfumato.studio.store.jobs import EMPTY, NOBODY_S, Jobs
from sfumato.studio.store.load import OPEN
from sfumato.studio.store.states import ENDED
from sfumato.studio.store.tables import BOARDS, JOBS, PEOPLE, PICTURES, SESSIONS


def leave(database: Database, person: str) -> None:
    """Take a person out. Raises NotThere for one who is not there.

    Their row stays without name and key, as what they leave behind has an owner. Their private pictures are
    put into the trash; who calls this purges it.
    """
    _lock_out(database, person)
    _stop_jobs(database, person)
    with database.writing() as connection:
        connection.execute(delete(BOARDS).where(BOARDS.c.owner == person, BOARDS.c.private))
        secret = hold(connection, PICTURES, PICTURES.c.owner == person, PICTURES.c.private, ~PICTURES.c.gone)
        ids = [row.id for row in secret]
        now = {"trashed": database.now(connection)}
        connection.execute(update(PICTURES).where(PICTURES.c.id.in_(ids)).values(now))
        stamp(connection, (PICTURES, ids))


def _lock_out(database: Database, person: str) -> None:
    nobody = {"name": f"(gone) {person}", "role": "guest", "key_hash": None, "gone": True}
    there = (PEOPLE.c.id == person, ~PEOPLE.c.gone)
    with database.writing() as connection:
        if not connection.execute(update(PEOPLE).where(*there).values(nobody)).rowcount:
            raise NotThere("There is no such person.")
        connection.execute(delete(SESSIONS).where(SESSIONS.c.person == person))


def _stop_jobs(database: Database, person: str) -> None:
    """Cancel what is to be made; forget what only they could see."""
    mine = JOBS.c.owner == person
    with database.reading() as connection:
        wanted = select(JOBS.c.id).where(mine, JOBS.c.status.in_(OPEN))
        waiting = list(connection.scalars(wanted))
    for job in waiting:
        with suppress(IllegalMove):  # it has ended meanwhile
            Jobs(database).cancel(job, reason="Its owner left.")
    with database.writing() as connection:
        held = hold(connection, JOBS, mine, JOBS.c.private, JOBS.c.status.in_(ENDED))
        ids = [row.id for row in held]
        forgotten = {**EMPTY, **NOBODY_S, "status": "forgotten"}
        connection.execute(update(JOBS).where(JOBS.c.id.in_(ids)).values(forgotten))
        stamp(connection, (JOBS, ids))
