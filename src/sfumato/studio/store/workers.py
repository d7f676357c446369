"""Who is at work on a store, and with which kinds of model: so it is known what nobody can make."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from sfumato.studio.store.database import Database, insertion
from sfumato.studio.store.jobs import SHOWN
from sfumato.studio.store.rows import JobRow
from sfumato.studio.store.tables import JOBS, WORKERS

MOST = 100  # jobs looked at in one call


@dataclass(frozen=True)
class Workers:
    """The workers of a store, of all its servers."""

    database: Database

    def here(self, name: str, models: Collection[str], seconds: float) -> None:
        """A worker says that it has these kinds of model; it is believed for so long."""
        with self.database.writing() as connection:
            until = self.database.now(connection) + seconds
            said = {"models": json.dumps(sorted(models)), "until": until}
            new = insertion(connection, WORKERS).values(name=name, **said)
            connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=said))
            connection.execute(delete(WORKERS).where(WORKERS.c.until < until - 10 * seconds))

    def gone(self, name: str) -> None:
        """A worker ends."""
        with self.database.writing() as connection:
            connection.execute(delete(WORKERS).where(WORKERS.c.name == name))

    def stranded(self, seconds: float) -> list[JobRow]:
        """Jobs that have waited for so long, and whose kind of model no worker has; the oldest first.

        None where no worker is here at all: then nothing is known.
        """
        with self.database.reading() as connection:
            now = self.database.now(connection)
            here = connection.scalars(select(WORKERS.c.models).where(WORKERS.c.until >= now)).all()
            if not here:
                return []
            kinds = {kind for models in here for kind in json.loads(models)}
            waiting = (JOBS.c.status == "queued", JOBS.c.queued <= now - seconds)
            query = select(*SHOWN).where(*waiting, JOBS.c.model.not_in(kinds)).order_by(JOBS.c.queued)
            return [JobRow.read(row) for row in connection.execute(query.limit(MOST))]
