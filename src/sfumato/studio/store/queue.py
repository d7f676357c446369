"""Jobs as workers see them: claimed under a lease, reported on, ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from sfumato.studio.store.boards import put_made
from sfumato.studio.store.database import Database, hold, stamp
from sfumato.studio.store.drawn import Drawn, insert_pictures
from sfumato.studio.store.errors import LeaseLost
from sfumato.studio.store.jobs import NOBODY_S, SHOWN, change
from sfumato.studio.store.rows import JobRow
from sfumato.studio.store.states import ENDED, Move, Status, after
from sfumato.studio.store.tables import JOBS, PICTURES

AGING = 120.0  # seconds of waiting that count as one more of priority
RECENT = 600.0  # seconds for which an owner counts as served


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
        """Take the next job for so long, waiting or left by a worker whose lease ran out; None where none is.

        models  the kinds that this worker has; what needs another waits for one who has it. None: all kinds

        Order: priority, one more for every AGING seconds in which no such job of its owner was begun; then
        the owner with the fewest jobs running or begun in the last RECENT seconds; then age. So a large
        batch of one person does not make others wait, and everything comes to its turn.
        """
        with self.database.writing() as connection:
            now = self.database.now(connection)
            lease = {"own_lease": uuid4().hex, "until": now + seconds, "own_name": worker, "now": now}
            able = {} if models is None else {"models": sorted(models)}
            job = connection.scalar(_claim(models is None), {**lease, **able})
            if job is None:
                return None
            stamp(connection, (JOBS, [job]))
            return JobRow.read(connection.execute(select(JOBS).where(JOBS.c.id == job)).one())

    def report(self, row: JobRow, done: int, total: int, preview: bytes | None = None) -> JobRow:
        """How far the job is; without a preview the last one stays."""
        with self.database.writing() as connection:
            self._held(connection, row)
            return change(connection, row.id, _news(Report(row, done, total, preview)))

    def beat(self, held: Sequence[JobRow], seconds: float, reports: Sequence[Report] = ()) -> list[str]:
        """Hold jobs for so long from now, and say how far they are, all in one transaction.

        The ids of those that are no longer this worker's: nothing is written of them.
        """
        with self.database.writing() as connection:
            leases = _leases(connection, [*held, *(report.row for report in reports)])
            mine = [row.id for row in held if leases.get(row.id) == row.lease]
            until = self.database.now(connection) + seconds
            connection.execute(update(JOBS).where(JOBS.c.id.in_(mine)).values(lease_until=until))
            written = [report for report in reports if leases.get(report.row.id) == report.row.lease]
            for report in written:
                connection.execute(update(JOBS).where(JOBS.c.id == report.row.id).values(_news(report)))
            stamp(connection, (JOBS, [report.row.id for report in written]))
            return [row.id for row in held if row.id not in mine]

    def finish(self, row: JobRow, pictures: Sequence[Drawn] = ()) -> JobRow:
        """The job is done; its pictures, whose files are in the gallery, appear in the same moment, and on
        the board that it was asked for on."""
        with self.database.writing() as connection:
            self._held(connection, row)
            ids = insert_pictures(connection, pictures, row.owner, row.private)
            put_made(connection, row.board, row.owner, ids)
            end = {**self._ended(connection, "finish", ""), "done": JOBS.c.total}
            connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(end))
            stamp(connection, (PICTURES, ids), (JOBS, [row.id]))
            return JobRow.read(connection.execute(select(JOBS).where(JOBS.c.id == row.id)).one())

    def fail(self, row: JobRow, reason: str) -> JobRow:
        """The job cannot be made; the reason is a sentence for its owner."""
        with self.database.writing() as connection:
            self._held(connection, row)
            return change(connection, row.id, self._ended(connection, "fail", reason))

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

    def _ended(self, connection: Connection, move: Move, reason: str) -> dict[str, Any]:
        now = self.database.now(connection)
        end = {"status": after("running", move), "ended": now, "reason": reason.replace("\0", "")}
        return {**NOBODY_S, **end, "preview": None}

    def _held(self, connection: Connection, row: JobRow) -> None:
        found = hold(connection, JOBS, JOBS.c.id == row.id)
        if row.lease is not None and found and found[0].lease == row.lease:
            return
        now = found[0].status if found else "gone"
        why = f"{found[0].worker} took it up" if now == "running" else f"it is {now}"
        raise LeaseLost(f"Job {row.id} is no longer this worker's ({why}): stop working on it.")


def _leases(connection: Connection, rows: Sequence[JobRow]) -> dict[str, str | None]:
    """The leases that hold now; the rows are locked until the transaction ends."""
    ids = sorted({row.id for row in rows})
    locked = _standing().order_by(JOBS.c.id).with_for_update()
    return {row.id: row.lease for row in connection.execute(locked, {"ids": ids})}


@cache
def _standing() -> Select:
    """What these jobs are now. Asked ten times a second: writing a query takes longer than its answer."""
    query = select(JOBS.c.id, JOBS.c.lease, JOBS.c.status)
    return query.where(JOBS.c.id.in_(bindparam("ids", expanding=True)))


def _news(report: Report) -> dict[str, Any]:
    """The columns of a report."""
    shown = {} if report.preview is None else {"preview": report.preview}
    return {"done": report.done, "total": report.total, **shown}


@cache
def _claim(every: bool) -> ReturningUpdate:
    """Begin the next job of `every` kind of model, or of some. Written once, as `_standing` is.

    important: one statement, so that no two workers find the same job.
    """
    now = bindparam("now", type_=Float)
    lease = {"lease": bindparam("own_lease"), "lease_until": bindparam("until")}
    begun = {"status": "running", "started": now, "takes": JOBS.c.takes + 1, "worker": bindparam("own_name")}
    claim = update(JOBS).where(JOBS.c.id == _next(now, every)).values(**lease, **begun)
    return claim.returning(JOBS.c.id)


def _next(now: ColumnElement[Any], every: bool) -> Any:
    """The id of the job whose turn it is."""
    jobs = JOBS.alias("waiting")
    free = or_(
        jobs.c.status == "queued",
        and_(jobs.c.status == "running", jobs.c.lease_until < now),
    )
    recent = _recent(now)
    served = select(func.sum(recent.c.jobs)).where(recent.c.owner == jobs.c.owner).scalar_subquery()
    able = true() if every else jobs.c.model.in_(bindparam("models", expanding=True))
    query = select(jobs.c.id).where(free, able)
    query = query.order_by(
        _raised(jobs, recent, now).desc(), func.coalesce(served, 0), jobs.c.queued, jobs.c.id
    )
    query = query.limit(1).with_for_update(of=jobs, skip_locked=True, key_share=True)
    return query.scalar_subquery()


def _recent(now: ColumnElement[Any]) -> CTE:
    """Of every owner and priority: when a job was begun last, and how many run or were begun of late."""
    running = and_(JOBS.c.status == "running", JOBS.c.lease_until >= now)
    begun = and_(JOBS.c.started >= now - RECENT, JOBS.c.status != "queued")
    columns = (
        JOBS.c.owner,
        JOBS.c.priority,
        func.max(JOBS.c.started).label("last"),
        func.count().label("jobs"),
    )
    return select(*columns).where(or_(running, begun)).group_by(JOBS.c.owner, JOBS.c.priority).cte("recent")


def _raised(jobs: Any, recent: Any, now: ColumnElement[Any]) -> ColumnElement[float]:
    """Priority with what waiting adds: time since the owner last had such a job begun, or a lesser one."""
    lesser = and_(recent.c.owner == jobs.c.owner, recent.c.priority <= jobs.c.priority)
    last = func.coalesce(select(func.max(recent.c.last)).where(lesser).scalar_subquery(), jobs.c.queued)
    since = case((last > jobs.c.queued, last), else_=jobs.c.queued)
    return jobs.c.priority + func.floor((now - since) / AGING)
