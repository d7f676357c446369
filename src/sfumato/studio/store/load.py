"""How much of what a person may have they have: what quotas are held against."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from sfumato.studio.store.errors import OverQuota
from sfumato.studio.store.rows import Person
from sfumato.studio.store.tables import JOBS, PICTURES

DAY = 86400.0  # seconds
OPEN = ("queued", "running", "paused")


class Load(NamedTuple):
    """What one person has.

    jobs      that wait or run, or are paused
    pictures  made in the last day, deleted ones too, and to be made by these jobs
    """

    jobs: int
    pictures: int


def keep_within(connection: Connection, person: Person, now: float) -> None:
    """Raises OverQuota where a person has more than they may, with what was just written."""
    if person.most_jobs is None and person.most_pictures is None:
        return
    has = load(connection, person.id, now)
    if person.most_jobs is not None and has.jobs > person.most_jobs:
        raise OverQuota("jobs", person.most_jobs, has.jobs)
    if person.most_pictures is not None and has.pictures > person.most_pictures:
        raise OverQuota("pictures", person.most_pictures, has.pictures)


def load(connection: Connection, person: str, now: float) -> Load:
    """See People.load."""
    mine = (JOBS.c.owner == person, JOBS.c.status.in_(OPEN))
    plans = connection.scalars(select(JOBS.c.plan_json).where(*mine)).all()
    lately = (PICTURES.c.owner == person, PICTURES.c.created > now - DAY)
    made = connection.scalar(select(func.count()).select_from(PICTURES).where(*lately)) or 0
    return Load(len(plans), made + sum(len(json.loads(plan)["seeds"]) for plan in plans))
