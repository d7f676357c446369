"""Jobs as people see them: accepted once, kept, listed, stopped and tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from sfumato.studio.job import Job
from sfumato.studio.store.database import Database, hold, insertion, stamp
from sfumato.studio.store.errors import Conflict, NotThere
from sfumato.studio.store.given import keep_given, read_given
from sfumato.studio.store.load import keep_within
from sfumato.studio.store.rows import JobRow, Person
from sfumato.studio.store.states import Move, Status, after
from sfumato.studio.store.tables import JOBS, PEOPLE
from sfumato.studio.store.visible import visible

SHOWN = tuple(column for column in JOBS.c if column.name != "lease")
APART = 1e-5  # seconds between the jobs of one request, so that they are listed and begun in their order
AT_A_TIME = 500  # keys of one query
FRESH: Mapping[str, Any] = MappingProxyType(
    {"status": "queued", "reason": "", "takes": 0, "worker": "", "done": 0, "total": 0}
)
NOBODY_S: Mapping[str, Any] = MappingProxyType({"lease": None, "lease_until": None})
EMPTY: Mapping[str, Any] = MappingProxyType(
    {
        "plan_json": "",
        "notes": "[]",
        "key": None,
        "batch": "",
        "reason": "",
        "preview": None,
        "board": None,
        "gone": True,
    }
)


@dataclass(frozen=True)
class Jobs:
    """The jobs of a store."""

    database: Database

    def accept(
        self,
        job: Job,
        owner: str,
        *,
        priority: int = 0,
        private: bool = False,
        batch: str = "",
        key: str | None = None,
    ) -> JobRow:
        """Keep a job: when this returns it is in the database and its pictures are on the disk.

        priority  larger goes first
        batch     what was accepted with it
        key       the owner's own name for this request: the same again gives the first row and nothing new

        Raises NotThere for an unknown owner, Conflict where the key or the id is that of another plan,
        OverQuota, Unavailable.
        """
        wishes = {"priority": priority, "private": private, "batch": batch}
        return self._accept([job], owner, wishes, [key])[0]

    def accept_all(
        self,
        jobs: Sequence[Job],
        owner: str,
        *,
        priority: int = 0,
        private: bool = False,
        batch: str = "",
        key: str | None = None,
        board: str | None = None,
    ) -> list[JobRow]:
        """Keep the jobs of one request: all of them, or none. Each has its place after the key: `key#0`.

        board  one of this person's, onto which the pictures go when they are made

        Raises as `accept`.
        """
        keys = [None if key is None else f"{key}#{place}" for place in range(len(jobs))]
        wishes = {"priority": priority, "private": private, "batch": batch, "board": board}
        return self._accept(jobs, owner, wishes, keys)

    def accept_each(
        self,
        jobs: Sequence[Job],
        owner: str,
        keys: Sequence[str | None],
        *,
        priority: int = 0,
        private: bool = False,
        batch: str = "",
    ) -> list[JobRow]:
        """Keep the jobs of a list, each under a key of its own: all of them in one transaction, or none.

        Whoever was cut off sends the list again: a key that is known gives its first row and nothing new. A
        plan with drawn seeds is another one each time, so ask `keyed` first and draft only what is missing.

        Raises as `accept`; ValueError where there are not as many keys as jobs.
        """
        return self._accept(jobs, owner, {"priority": priority, "private": private, "batch": batch}, keys)

    def keyed(self, owner: str, keys: Sequence[str]) -> dict[str, JobRow]:
        """Those of a person's own keys that are known, and the job that each was first given to."""
        found: dict[str, JobRow] = {}
        with self.database.reading() as connection:
            for first in range(0, len(keys), AT_A_TIME):
                mine = (JOBS.c.owner == owner, JOBS.c.key.in_(keys[first : first + AT_A_TIME]))
                rows = connection.execute(select(*SHOWN).where(*mine))
                found |= {row.key: JobRow.read(row) for row in rows}
        return found

    def _accept(
        self, jobs: Sequence[Job], owner: str, wishes: Mapping[str, Any], keys: Sequence[str | None]
    ) -> list[JobRow]:
        if len(keys) != len(jobs):
            raise ValueError(f"{len(jobs)} jobs were given, and {len(keys)} keys.")
        for job in jobs:
            keep_given(self.database.folder, job.given)
        with self.database.writing() as connection:
            held = hold(connection, PEOPLE, PEOPLE.c.id == owner)  # so that no quota is passed by two at once
            if not held:
                raise NotThere("There is no such person: add them first.")
            now = self.database.now(connection)
            new = []
            for place, (job, key) in enumerate(zip(jobs, keys, strict=True)):
                values = fresh(job, owner, now + place * APART) | dict(wishes) | {"key": key}
                insert = insertion(connection, JOBS).values(values).on_conflict_do_nothing()
                if connection.scalar(insert.returning(JOBS.c.id)) is not None:
                    new.append(job.id)
            if new:
                keep_within(connection, Person.read(held[0]), now)
            stamp(connection, (JOBS, new))
            return [_kept(connection, job, owner, key) for job, key in zip(jobs, keys, strict=True)]

    def get(self, job: str, viewer: str | None = None) -> JobRow:
        """One job. Raises NotThere for one that this person may not see."""
        with self.database.reading() as connection:
            mine = visible(JOBS, viewer)
            found = connection.execute(select(*SHOWN).where(JOBS.c.id == job, mine)).one_or_none()
        if found is None:
            raise NotThere("There is no such job.")
        return JobRow.read(found)

    def listed(
        self,
        viewer: str | None = None,
        *,
        owner: str | None = None,
        status: Status | None = None,
        batch: str | None = None,
        before: JobRow | None = None,
        limit: int = 50,
    ) -> list[JobRow]:
        """Jobs that this person may see, the newest first; `before` is the last one of the page before."""
        wanted = {"owner": owner, "status": status, "batch": batch}
        where = [JOBS.c[name] == value for name, value in wanted.items() if value is not None]
        if before is not None:
            earlier = and_(JOBS.c.created == before.created, JOBS.c.id < before.id)
            where.append(or_(JOBS.c.created < before.created, earlier))
        query = select(*SHOWN).where(visible(JOBS, viewer), ~JOBS.c.gone, *where)
        query = query.order_by(JOBS.c.created.desc(), JOBS.c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return [JobRow.read(row) for row in connection.execute(query)]

    def job(self, row: JobRow) -> Job:
        """The job of a row, its given pictures read from their files. Raises NotThere where one is lost."""
        plan = row.plan
        return Job(plan, row.notes, read_given(self.database.folder, plan), row.id)

    def cancel(self, job: str, owner: str | None = None, reason: str = "") -> JobRow:
        """Stop a job for good. Raises NotThere, IllegalMove, as do the next ones.

        owner  whose job it must be; None is the server itself
        """
        return self._move(job, owner, "cancel", {"reason": reason})

    def strand(self, job: str, owner: str | None = None, reason: str = "") -> JobRow:
        """Let a job fail that waits for a model which nobody has."""
        return self._move(job, owner, "strand", {"reason": reason})

    def pause(self, job: str, owner: str | None = None, reason: str = "") -> JobRow:
        """Stop a job until it is resumed; where it is running, its worker loses it."""
        return self._move(job, owner, "pause", {"reason": reason})

    def resume(self, job: str, owner: str | None = None) -> JobRow:
        """Let a paused job wait for a worker again."""
        return self._move(job, owner, "resume", {"reason": "", "takes": 0})

    def retry(self, job: str, owner: str | None = None) -> JobRow:
        """Let a job that failed or was cancelled begin again, as a new attempt of the same row."""
        again = {**FRESH, "attempt": JOBS.c.attempt + 1, "preview": None, "started": None, "ended": None}
        return self._move(job, owner, "retry", again)

    def forget(self, job: str, owner: str | None = None) -> JobRow:
        """Drop what a job that has ended was; that it is gone is told as its last change."""
        return self._move(job, owner, "forget", EMPTY)

    def _move(self, job: str, owner: str | None, move: Move, values: Mapping[str, Any]) -> JobRow:
        with self.database.writing() as connection:
            mine = () if owner is None else (JOBS.c.owner == owner,)
            held = hold(connection, JOBS, JOBS.c.id == job, *mine)
            if not held:
                raise NotThere("There is no such job.")
            status, now = after(held[0].status, move), self.database.now(connection)
            when = {"queued": "queued", "cancelled": "ended", "failed": "ended"}.get(status)
            timed = {when: now} if when else {}
            row = change(connection, job, {**NOBODY_S, **values, **timed, "status": status})
        if held[0].status == "running":
            self.database.bell.stop()  # its worker may be in this process, and asks before its next pass
        return row


def change(connection: Connection, job: str, values: Mapping[str, Any]) -> JobRow:
    """Write to a job's row and number the change; the last act of a transaction."""
    connection.execute(update(JOBS).where(JOBS.c.id == job).values(values))
    stamp(connection, (JOBS, [job]))
    return JobRow.read(connection.execute(select(*SHOWN).where(JOBS.c.id == job)).one())


def fresh(job: Job, owner: str, now: float) -> dict[str, Any]:
    """The columns of a job that was just accepted, but for what its owner wishes."""
    notes = json.dumps(job.notes, ensure_ascii=False)
    what = {"plan_json": job.plan.to_json(), "plan_hash": job.plan.hash, "notes": notes}
    what["model"] = job.plan.family
    zero = {"attempt": 1, "gone": False, "rev": 0}
    return {**FRESH, **zero, **what, "id": job.id, "owner": owner, "created": now, "queued": now}


def _kept(connection: Connection, job: Job, owner: str, key: str | None) -> JobRow:
    """The job's row, or the one that stood in its way, if that is of the same request."""
    same = JOBS.c.id == job.id if key is None else or_(JOBS.c.id == job.id, JOBS.c.key == key)
    found = connection.execute(select(*SHOWN).where(same, JOBS.c.owner == owner)).all()
    if len(found) != 1 or found[0].plan_hash != job.plan.hash or found[0].key != key:
        name = f"The key {key!r}" if key is not None else f"The id {job.id}"
        raise Conflict(f"{name} is that of another request: choose a new one.")
    return JobRow.read(found[0])
