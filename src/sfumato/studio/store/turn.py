"""Whose turn it is: the order in which jobs are claimed, as one statement."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Float, and_, bindparam, case, func, or_, select, true, update
from sqlalchemy.sql.dml import ReturningUpdate

from sfumato.studio.store.tables import JOBS

AGING = 120.0  # seconds of waiting that count as one more of priority
RECENT = 600.0  # seconds for which an owner counts as served


@cache
def claiming(every: bool) -> ReturningUpdate:
    """Begin the next job of `every` kind of model, or of some; its id and takes. The order: Queue.claim_some.

    important: one statement, so that no two workers find the same job.
    """
    now = bindparam("now", type_=Float)
    lease = {"lease": bindparam("own_lease"), "lease_until": bindparam("until")}
    begun = {"status": "running", "started": now, "takes": JOBS.c.takes + 1, "worker": bindparam("own_name")}
    claim = update(JOBS).where(JOBS.c.id == _next(now, every)).values(**lease, **begun)
    return claim.returning(JOBS.c.id, JOBS.c.takes)


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
