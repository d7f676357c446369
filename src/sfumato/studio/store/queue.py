"""Jobs as workers see them: claimed under a lease, reported on, ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, LargeBinary, Select, bindparam, func, select, update
from sqlalchemy.sql.dml import Update

from sfumato.studio.store.boards import put_made
from sfumato.studio.store.database import Database, numbered, stamp
from sfumato.studio.store.drawn import Drawn, insert_pictures
from sfumato.studio.store.errors import LeaseLost
from sfumato.studio.store.jobs import NOBODY_S, SHOWN, change
from sfumato.studio.store.rows import JobRow
from sfumato.studio.store.states import ENDED, Move, Status, after
from sfumato.studio.store.tables import JOBS, PICTURES
from sfumato.studio.store.turn import claiming


class Report(NamedTuple):
    """How far a claimed job is: looks taken and to take, and an encoded picture; None keeps the last one."""

    row: JobRow
    done: int
    total: int
    preview: bytes | None = None


@dataclass(frozen=True)
class Queue:
    """The workers' side of a store. What a worker may do to a job it may do only while it holds the lease.

    A lease that ran out is lost only when another worker takes the job up, or its owner stops it. Every
    function that takes a claimed row raises LeaseLost then, and writes nothing.
    """

    database: Database

    def claim(self, worker: str, seconds: float, models: Collection[str] | None = None) -> JobRow | None:
        """Take the next job for so long; None where there is none. See `claim_some`."""
        return next(iter(self.claim_some(1, worker, seconds, models)), None)

    def claim_some(
        self,
        most: int,
        worker: str,
        seconds: float,
        models: Collection[str] | None = None,
        trials: int | None = None,
    ) -> list[JobRow]:
        """Take the next jobs for so long, waiting or left by a worker whose lease ran out; at most so many.

        models  the kinds that this worker has; what needs another waits for one who has it. None: all kinds
        trials  after a job that is taken up for this time, or a later one, no other is taken

        Order: priority, one more for every AGING seconds in which no such job of its owner was begun; then
        the owner with the fewest jobs running or begun in the last RECENT seconds; then age. So a large
        batch of one person does not make others wait, and everything comes to its turn.
        """
        with self.database.writing() as connection:
            now = self.database.now(connection)
            lease = {"until": now + seconds, "own_name": worker, "now": now}
            able = {} if models is None else {"models": sorted(models)}
            jobs: list[str] = []
            takes = 0
            while len(jobs) < most and (trials is None or takes < trials):  # each changes whose turn it is
                own = {**lease, **able, "own_lease": uuid4().hex}
                if (found := connection.execute(claiming(models is None), own).one_or_none()) is None:
                    break
                takes = found.takes
                jobs.append(found.id)
            stamp(connection, (JOBS, jobs))
            whole = connection.execute(_whole(), {"ids": jobs}) if jobs else ()
            rows = {row.id: JobRow.read(row) for row in whole}
            return [rows[job] for job in jobs]

    def report(self, row: JobRow, done: int, total: int, preview: bytes | None = None) -> JobRow:
        """How far the job is; without a preview the last one stays."""
        with self.database.writing() as connection:
            self._held(connection, row)
            shown = {} if preview is None else {"preview": preview}
            return change(connection, row.id, {"done": done, "total": total, **shown})

    def beat(
        self, held: Sequence[JobRow], seconds: float | None, reports: Sequence[Report] = ()
    ) -> list[str]:
        """Hold jobs for so long from now, and say how far they are, all in one transaction.

        seconds  None leaves the leases as they are

        The ids of those that are no longer this worker's: nothing is written of them.
        """
        with self.database.writing() as connection:
            leases = _leases(connection, [*held, *(report.row for report in reports)])
            mine = [row.id for row in held if leases.get(row.id) == row.lease]
            if seconds is not None and mine:
                until = self.database.now(connection) + seconds
                connection.execute(_renewal(), {"ids": mine, "until": until})
            written = [report for report in reports if leases.get(report.row.id) == report.row.lease]
            if written:
                first = numbered(connection, len(written))
                news = [{**_columns(own), "next": first + place} for place, own in enumerate(written)]
                connection.execute(_reporting(), news)
            return [row.id for row in held if row.id not in mine]

    def finish(self, row: JobRow, pictures: Sequence[Drawn] = ()) -> JobRow:
        """The job is done; its pictures, whose files are in the gallery, appear in the same moment, and on
        the board that it was asked for on."""
        with self.database.writing() as connection:
            self._held(connection, row)
            ids = insert_pictures(connection, pictures, row.owner, row.private)
            put_made(connection, row.board, row.owner, ids)
            connection.execute(_finishing(), {"which": row.id, "at": self.database.now(connection)})
            stamp(connection, (PICTURES, ids), (JOBS, [row.id]))
            return JobRow.read(connection.execute(_whole(), {"ids": [row.id]}).one())

    def fail(self, row: JobRow, reason: str) -> JobRow:
        """The job cannot be made; the reason is a sentence for its owner."""
        with self.database.writing() as connection:
            self._held(connection, row)
            end = {**_ended("fail"), "ended": self.database.now(connection)}
            return change(connection, row.id, {**end, "reason": reason.replace("\0", "")})

    def give_back(self, row: JobRow) -> JobRow:
        """Let another worker go on, as when this one is shut down."""
        with self.database.writing() as connection:
            self._held(connection, row)
            back = {"worker": "", "takes": JOBS.c.takes - 1, "status": after("running", "give_back")}
            return change(connection, row.id, {**NOBODY_S, **back})

    def lost(self, rows: Sequence[JobRow]) -> dict[str, Status]:
        """Those of these claimed jobs that are no longer this worker's, and what they are now."""
        leases = {row.id: row.lease for row in rows}
        with self.database.reading() as connection:
            found = connection.execute(_standing(), {"ids": sorted(leases)}).all()
        return {row.id: row.status for row in found if row.lease != leases[row.id]}

    def ended(self, jobs: Iterable[str]) -> list[JobRow]:
        """Those of these jobs that nobody will go on with."""
        query = select(*SHOWN).where(JOBS.c.id.in_(list(jobs)), JOBS.c.status.in_(ENDED))
        with self.database.reading() as connection:
            return [JobRow.read(row) for row in connection.execute(query)]

    def _held(self, connection: Connection, row: JobRow) -> None:
        found = connection.execute(_locked(), {"ids": [row.id]}).one_or_none()
        if row.lease is not None and found and found.lease == row.lease:
            return
        now = found.status if found else "gone"
        why = f"{found.worker} took it up" if found and now == "running" else f"it is {now}"
        raise LeaseLost(f"Job {row.id} is no longer this worker's ({why}): stop working on it.")


def _leases(connection: Connection, rows: Sequence[JobRow]) -> dict[str, str | None]:
    """The leases that hold now; the rows are locked until the transaction ends."""
    ids = sorted({row.id for row in rows})
    return {row.id: row.lease for row in connection.execute(_locked(), {"ids": ids})}


# Asked several times a second: writing a statement takes longer than its answer.
@cache
def _standing() -> Select:
    """What these jobs are now."""
    query = select(JOBS.c.id, JOBS.c.lease, JOBS.c.status, JOBS.c.worker)
    return query.where(JOBS.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _locked() -> Select:
    """The same, held until the transaction ends; always in one order, as by `hold`."""
    return _standing().order_by(JOBS.c.id).with_for_update(key_share=True)


@cache
def _whole() -> Select:
    """All of these jobs."""
    return select(JOBS).where(JOBS.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _renewal() -> Update:
    """Hold these jobs for longer."""
    until = {"lease_until": bindparam("until")}
    return update(JOBS).where(JOBS.c.id.in_(bindparam("ids", expanding=True))).values(until)


@cache
def _reporting() -> Update:
    """How far a job is, and the number of that change."""
    shown = func.coalesce(bindparam("shown", type_=LargeBinary), JOBS.c.preview)
    news = {"done": bindparam("looks"), "total": bindparam("of"), "preview": shown, "rev": bindparam("next")}
    return update(JOBS).where(JOBS.c.id == bindparam("which")).values(news)


def _columns(report: Report) -> dict[str, Any]:
    """What `_reporting` writes of a report, but for its number."""
    return {"which": report.row.id, "looks": report.done, "of": report.total, "shown": report.preview}


@cache
def _finishing() -> Update:
    """A job is done."""
    end = {**_ended("finish"), "ended": bindparam("at"), "reason": "", "done": JOBS.c.total}
    return update(JOBS).where(JOBS.c.id == bindparam("which")).values(end)


def _ended(move: Move) -> dict[str, Any]:
    """Columns of a job that nobody goes on with."""
    return {**NOBODY_S, "status": after("running", move), "preview": None}
