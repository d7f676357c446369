"""Jobs and leases against a model in plain Python: whatever people and workers do, in whatever order."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sfumato.studio.store import IllegalMove, JobRow, LeaseLost, Store
from sfumato.studio.store.states import MOVES
from sfumato.studio.store.tables import JOBS
from sfumato.studio.store.turn import AGING, RECENT
from test_store.conftest import Place, job

WHICH = st.integers(0, 30)


@dataclass
class Known:
    """What the model knows of a job."""

    id: str
    owner: str
    priority: int
    queued: float
    status: str = "queued"
    attempt: int = 1
    lease: str | None = None
    until: float = 0.0
    started: float | None = None


class Jobs(RuleBasedStateMachine):
    """Rows and the model, side by side."""

    place: ClassVar[Place]
    store: ClassVar[Store]
    owners: ClassVar[list[str]]

    @initialize()
    def begin(self) -> None:
        with self.store.database.writing() as connection:
            connection.execute(JOBS.delete())
        self.known: list[Known] = []
        self.leases: list[JobRow] = []
        self.rev = self.store.rev

    @rule(who=st.integers(0, 2), priority=st.integers(0, 2))
    def accept(self, who: int, priority: int) -> None:
        row = self.store.jobs.accept(job(), self.owners[who], priority=priority)
        self.known.append(Known(row.id, row.owner, priority, self.place.clock.now))

    @rule(seconds=st.sampled_from([1.0, AGING / 2, AGING, RECENT]))
    def wait(self, seconds: float) -> None:
        self.place.clock.now += seconds

    @rule(seconds=st.sampled_from([30.0, 2 * AGING]))
    def claim(self, seconds: float) -> None:
        now = self.place.clock.now
        free = [own for own in self.known if own.status == "queued" or self.ran_out(own)]
        expected = min(free, key=self.turn, default=None)
        row = self.store.queue.claim("w", seconds)
        assert (row and row.id) == (expected and expected.id)
        if row and expected:
            expected.status, expected.lease, expected.started = "running", row.lease, now
            expected.until = now + seconds
            self.leases.append(row)

    def ran_out(self, own: Known) -> bool:
        return own.status == "running" and own.until < self.place.clock.now

    def turn(self, own: Known) -> tuple:
        """The order as the documentation says it, in other words than the statement."""
        now = self.place.clock.now
        served = [
            other
            for other in self.known
            if other.owner == own.owner
            and other.started is not None
            and (
                (other.status == "running" and other.until >= now)
                or (other.started >= now - RECENT and other.status != "queued")
            )
        ]
        begun = [other.started or 0 for other in served if other.priority <= own.priority]
        waited = now - max([own.queued, *begun])
        return (-own.priority - floor(waited / AGING), len(served), own.queued, own.id)

    @rule(which=WHICH, act=st.sampled_from(["finish", "fail", "give_back", "beat", "report"]))
    def work(self, which: int, act: str) -> None:
        if not self.leases:
            return
        row = self.leases[which % len(self.leases)]
        own = next(own for own in self.known if own.id == row.id)
        if act == "beat":
            lost = self.store.queue.beat([row], 45.0)
            assert lost == ([] if own.lease == row.lease else [row.id])
            own.until = own.until if lost else self.place.clock.now + 45.0
            return
        arguments = {"fail": ("no",), "report": (1, 2)}.get(act, ())
        if own.lease != row.lease:
            with pytest.raises(LeaseLost):
                getattr(self.store.queue, act)(row, *arguments)
            return
        getattr(self.store.queue, act)(row, *arguments)
        if act != "report":
            own.status, own.lease = MOVES[act]["running"], None

    @rule(which=WHICH, move=st.sampled_from(["pause", "resume", "cancel", "retry"]))
    def move(self, which: int, move: str) -> None:
        if not self.known:
            return
        own = self.known[which % len(self.known)]
        if own.status not in MOVES[move]:
            with pytest.raises(IllegalMove):
                getattr(self.store.jobs, move)(own.id)
            return
        getattr(self.store.jobs, move)(own.id)
        own.status, own.lease = MOVES[move][own.status], None
        if own.status == "queued":
            own.queued = self.place.clock.now
        if move == "retry":
            own.attempt, own.started = own.attempt + 1, None

    @invariant()
    def they_agree(self) -> None:
        rows = {row.id: row for row in self.store.jobs.listed(limit=1000)}
        assert set(rows) == {own.id for own in self.known}
        for own in self.known:
            row = rows[own.id]
            assert (row.status, row.attempt, row.queued) == (own.status, own.attempt, own.queued)
        revs = [change.rev for change in self.store.changed(0, limit=1000)]
        assert revs == sorted(set(revs)) and self.rev <= self.store.rev
        self.rev = self.store.rev


def test_whatever_happens(place: Place, store: Store, ann: str, bob: str) -> None:
    Jobs.place, Jobs.store = place, store
    Jobs.owners = [ann, bob, store.people.add("cleo").id]
    few = settings(
        max_examples=60 if place.url.startswith("sqlite") else 8,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Jobs, settings=few)
