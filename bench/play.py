"""Playing a trace to a batcher: real passes on a clock of its own.

The clock goes on by what every pass takes, and jumps over idle time; nothing else is simulated.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from math import inf
from statistics import fmean
from typing import NamedTuple

from bench.trace import Trace, Wish
from sfumato.engine import Batcher, Commission, Model, Rows
from sfumato.engine.batcher import COMPANY, Event
from sfumato.engine.policy import first_come, shortest_first
from sfumato.plan import Plan
from sfumato.studio import Studio, Wishes


class Played(NamedTuple):
    """What one trace came to. In order of arrival: `waited` until the last picture, `seen` until the first x0
    that can be shown, both in seconds; `busy` are the seconds of all passes, `rows` their mean length."""

    waited: tuple[float, ...]
    seen: tuple[float, ...]
    pictures: dict[tuple[int, int], str]
    busy: float
    rows: float


@dataclass
class Bench:
    """One batcher for everything, so that both policies know the same of the model's passes."""

    studio: Studio = field(default_factory=Studio)
    batcher: Batcher = field(default_factory=Batcher)

    @property
    def model(self) -> Model:
        return self.studio.shelf.lease(self.studio.family).model

    def plan(self, wish: Wish) -> Plan:
        """The wish as a plan of its own number of pictures."""
        knobs = {"base.steps": str(wish.steps), "upper.steps": str(wish.upper)}
        (job,) = self.studio.submit(f"{wish.prompt} --seed {wish.seed}", Wishes(knobs=knobs))
        return job.plan.model_copy(update={"seeds": job.plan.seeds[: wish.pictures]})

    @property
    def rows(self) -> Rows:
        """What is known of the model's passes."""
        rows = self.batcher.known(self.model).rows
        assert isinstance(rows, Rows)
        return rows

    @cached_property
    def most(self) -> int:
        """Rows of the longest pass, as the engine has it."""
        return self.rows.most

    def first_come(self, rows: int) -> None:
        """From now on in the order of coming, whoever fits in shares a pass of up to that many rows."""
        most = min(rows, self.most)
        self.batcher.policy, self.batcher.company = first_come, inf
        self.rows.most = most

    def shortest_first(self) -> None:
        """From now on as the engine does it."""
        most = self.most
        self.batcher.policy, self.batcher.company = shortest_first, COMPANY
        self.rows.most = most

    def play(self, trace: Trace) -> Played:
        """Every job of the trace, from its arrival to its last picture."""
        plans = [self.plan(arrival.wish) for arrival in trace.arrivals]
        before = len(self.rows.passes)
        play = Play(self, trace, plans)
        while play.goes_on():
            pass
        passes = self.rows.passes[before:]
        waited = [play.landed[job] - arrival.at for job, arrival in enumerate(trace.arrivals)]
        seen = [play.seen[job] - arrival.at for job, arrival in enumerate(trace.arrivals)]
        return Played(tuple(waited), tuple(seen), play.pictures, play.busy, fmean(passes))


@dataclass
class Play:
    """A trace while it is played. `now` is its clock; `jobs` says which picture a ticket is."""

    bench: Bench
    trace: Trace
    plans: Sequence[Plan]
    now: float = 0.0
    busy: float = 0.0
    come: int = 0
    jobs: dict[int, tuple[int, int]] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    landed: dict[int, float] = field(default_factory=dict)
    pictures: dict[tuple[int, int], str] = field(default_factory=dict)

    def goes_on(self) -> bool:
        """One pass, and all that came before it; False when all is done."""
        arrivals, batcher = self.trace.arrivals, self.bench.batcher
        if not batcher.busy:
            if self.come == len(arrivals):
                return False
            self.now = max(self.now, arrivals[self.come].at)
        started = time.perf_counter()
        while self.come < len(arrivals) and arrivals[self.come].at <= self.now:
            self.add()
        events = batcher.step()
        took = time.perf_counter() - started
        self.now, self.busy = self.now + took, self.busy + took
        for event in events:
            self.note(event)
        return True

    def add(self) -> None:
        job, self.come = self.come, self.come + 1
        commission = Commission(self.plans[job], self.bench.model)
        for picture in range(len(self.plans[job].seeds)):
            ticket = self.bench.batcher.add(commission, picture, group=f"job {job}")
            self.jobs[ticket] = job, picture

    def note(self, event: Event) -> None:
        if event.error or event.flight is None:
            raise SystemExit(f"a picture failed: {event.error}")
        job, picture = self.jobs[event.ticket]
        if event.flight.x0 is not None:
            self.seen.setdefault(job, self.now)
        if event.flight.leg is None:
            self.landed[job] = self.now
            self.pictures[job, picture] = sha256(event.flight.state.x.numpy().tobytes()).hexdigest()
