"""Many pictures at once: each becomes what it would be alone, in a fair order, and harms nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfumato.engine import Ask, BrokenAnswer, Commission, Model, NoisePath, State, apart, dump, load
from sfumato.engine.batcher import Batcher, Event
from sfumato.engine.policy import Standing, first_come, shortest_first
from sfumato.models.gauss import cascade, words
from sfumato.models.house.model import HouseModel, Network, Pixels
from sfumato.models.house.net import HouseNet, NetConfig
from sfumato.plan import Plan
from tinies.parts import redraw

FLOW = NoisePath("flow", "x0")
KNOWN = ("fox", "red", "sea", "snow")
TINY = NetConfig(len(KNOWN) + 2, channels=(64, 64), looks=("words", "all"), text=64, text_layers=1)
TEXTS = ("red fox", "fox sea snow", "sea")
SIDES = (8, 12)


@pytest.fixture(scope="module", params=["bfloat16", "float32"])
def tiny(request: pytest.FixtureRequest) -> Model:
    """A real network, small."""
    net = redraw(HouseNet(TINY), 3).to(getattr(torch, request.param))
    net.unet.leave.float()
    return HouseModel((Pixels("base", Network(net, KNOWN)),))


def finish(batcher: Batcher) -> dict[int, Event]:
    """Every picture's last event."""
    last: dict[int, Event] = {}
    while batcher.busy:
        last |= {event.ticket: event for event in batcher.step()}
    return last


def landed(event: Event) -> torch.Tensor:
    assert event.error is None and event.flight is not None and event.flight.leg is None
    return event.flight.state.x


def alone(model: Model, plan: Plan, picture: int = 0) -> torch.Tensor:
    batcher = Batcher()
    ticket = batcher.add(Commission(plan, model), picture)
    return landed(finish(batcher)[ticket])


# The same pixels


@st.composite
def requests(draw: st.DrawFn) -> dict[str, object]:
    """A plan's knobs, when it comes, and when it is paused and how long (in passes)."""
    return {
        "text": draw(st.sampled_from(TEXTS)),
        "seed": draw(st.integers(0, 99)),
        "width": draw(st.sampled_from(SIDES)),
        "steps": draw(st.integers(1, 4)),
        "sampler": draw(st.sampled_from(("euler", "heun", "dpm++2m", "euler-ancestral"))),
        "guidance": draw(st.sampled_from((1.0, 2.5, 4.0))),
        "interval": draw(st.sampled_from(((0.0, 1.0), (0.0, 0.5)))),
        "comes": draw(st.integers(0, 6)),
        "pauses": draw(st.none() | st.integers(1, 6)),
        "moves": draw(st.booleans()),
    }


def plan_of(request: dict, planned, staged) -> Plan:
    knobs = {name: request[name] for name in ("width", "steps", "sampler", "guidance", "interval")}
    stage = staged(schedule="linear", **knobs)
    return planned(stage, parts=((request["text"], 1.0),), pictures=1, seed=request["seed"])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mix=st.lists(requests(), min_size=2, max_size=6))
def test_company_changes_no_bit(mix: list[dict], tiny: Model, planned, staged) -> None:
    plans = [plan_of(request, planned, staged) for request in mix]
    together = crowd(tiny, plans, mix)
    for plan, x in zip(plans, together, strict=True):
        assert torch.equal(x, alone(tiny, plan))


def crowd(model: Model, plans: list[Plan], mix: list[dict]) -> list[torch.Tensor]:
    """All plans in one batcher: they come one after the other, some pause, some are moved through bytes."""
    batcher, tickets, done = Batcher(), {}, {}
    paused: dict[int, State | None] = {}
    passes = 0
    while len(done) < len(plans):
        for index, request in enumerate(mix):
            if request["comes"] == passes:
                tickets[index] = batcher.add(Commission(plans[index], model), 0)
            elif request["pauses"] and request["comes"] + request["pauses"] == passes and index not in done:
                paused[index] = rest(batcher, tickets[index], request["moves"])
            elif index in paused and request["comes"] + request["pauses"] + 2 == passes:
                job, state = Commission(plans[index], model), paused.pop(index)
                tickets[index] = wake(batcher, tickets[index], job, state, request["moves"])
        for event in batcher.step():
            assert event.error is None
            if event.flight and event.flight.leg is None:
                done[next(i for i, t in tickets.items() if t == event.ticket)] = landed(event)
        passes += 1
    return [done[index] for index in range(len(plans))]


def rest(batcher: Batcher, ticket: int, moves: bool) -> State | None:
    return batcher.cancel(ticket) if moves else batcher.pause(ticket)


def wake(batcher: Batcher, ticket: int, job: Commission, state: State | None, moves: bool) -> int:
    if not moves:
        batcher.go_on(ticket)
        return ticket
    return batcher.add(job, 0, state=load(dump(state)) if state else None)


def test_passes_are_really_shared(tiny: Model, planned, staged, capsys) -> None:
    """Ten pictures of other prompts, steps and samplers: so many rows a pass, and still the same bits."""
    mix = [
        {
            "text": TEXTS[i % 3],
            "seed": i,
            "width": 8,
            "steps": 2 + i % 3,
            "guidance": 1.0 + i % 2,
            "sampler": ("euler", "heun")[i % 2],
            "interval": (0.0, 1.0),
        }
        for i in range(10)
    ]
    plans = [plan_of(request, planned, staged) for request in mix]
    batcher = Batcher()
    tickets = [batcher.add(Commission(plan, tiny), 0) for plan in plans]
    last, rows = finish(batcher), batcher.known(tiny).rows.passes
    with capsys.disabled():
        print(f"\n    rows of each pass: {rows}")
    assert sum(rows) / len(rows) >= 4 and max(rows) > 4
    for plan, ticket in zip(plans, tickets, strict=True):
        assert torch.equal(landed(last[ticket]), alone(tiny, plan))


@dataclass(frozen=True, eq=False)
class Fickle:
    """A model whose last bits depend on the count of rows, and, at even counts above 2, on the place."""

    inner: Model

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def answer(self, asks):
        places = range(len(asks)) if len(asks) > 2 and len(asks) % 2 == 0 else [0] * len(asks)
        answers = self.inner.answer(asks)
        return [
            replace(answer, x0=answer.x0 * (1 + 1e-6 * (len(asks) + place)))
            for answer, place in zip(answers, places, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class Counted:
    """A model that notes how many rows each pass had."""

    inner: Any
    passes: list[int] = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def answer(self, asks):
        self.passes.append(len(asks))
        return self.inner.answer(asks)


def test_a_model_that_heeds_counts_and_places_gives_the_same_bits(planned, staged) -> None:
    model = Fickle(words(FLOW))
    plans = [planned(staged(steps=3 + i), pictures=1, seed=i) for i in range(5)]
    batcher = Batcher()
    tickets = [batcher.add(Commission(plan, model), 0) for plan in plans]
    last = finish(batcher)
    key = batcher.known(model).rows._canonical
    assert set(key.values()) == {2}
    for plan, ticket in zip(plans, tickets, strict=True):
        assert torch.equal(landed(last[ticket]), alone(model, plan))


def test_where_passes_are_not_shared_each_is_of_one_look_and_company_changes_no_bit(planned, staged) -> None:
    """Of a model whose bits hang on the count of rows; and no row is computed twice."""
    model = Counted(Fickle(words(FLOW)))
    plans = [planned(staged(steps=3 + i), pictures=1, seed=i) for i in range(3)]
    seen = {}
    for taken in ([0], [1], [2], [0, 1, 2]):
        batcher = Batcher(answering=apart)
        tickets = {batcher.add(Commission(plans[i], model), 0): i for i in taken}
        last = finish(batcher)
        for ticket, i in tickets.items():
            assert torch.equal(landed(last[ticket]), seen.setdefault(i, landed(last[ticket])))
    half = len(model.passes) // 2
    assert sorted(model.passes[:half]) == sorted(model.passes[half:]), "as many passes, as long, as alone"


def test_stages_follow_each_other(planned, staged) -> None:
    model = cascade(FLOW)
    plan = planned(staged("small", guidance=2.0), staged("large", width=16, height=16), pictures=3)
    batcher = Batcher()
    tickets = [batcher.add(Commission(plan, model), picture, group="one") for picture in range(3)]
    last = finish(batcher)
    for picture, ticket in enumerate(tickets):
        assert torch.equal(landed(last[ticket]), alone(model, plan, picture))


# Order


def order(batcher: Batcher) -> Iterator[int]:
    """Tickets as they land."""
    while batcher.busy:
        yield from (event.ticket for event in batcher.step() if event.flight and event.flight.leg is None)


def test_the_short_one_goes_first(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher(numbers=1)
    long = batcher.add(Commission(planned(staged(steps=30)), model), 0)
    short = batcher.add(Commission(planned(staged(steps=3)), model), 0)
    assert list(order(batcher)) == [short, long]


def test_first_come_is_first_served(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher(policy=first_come, numbers=1)
    long = batcher.add(Commission(planned(staged(steps=30)), model), 0)
    batcher.step()
    short = batcher.add(Commission(planned(staged(steps=3)), model), 0)
    assert list(order(batcher)) == [long, short]


def test_priority_goes_before_length(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher(numbers=1)
    long = batcher.add(Commission(planned(staged(steps=30)), model), 0)
    short = batcher.add(Commission(planned(staged(steps=3)), model), 0)
    batcher.step()
    batcher.prioritise(long, 1)
    assert list(order(batcher)) == [long, short]


@pytest.mark.parametrize(("company", "rows"), [(2.0, [1] * 33), (inf, [2] * 3 + [1] * 27)])
def test_a_far_longer_job_does_not_share_the_pass_of_a_short_one(company, rows, planned, staged) -> None:
    model, batcher = words(FLOW), Batcher(company=company)
    for steps in (30, 3):
        plan = planned(staged(steps=steps, sampler="euler"), pictures=1)
        batcher.add(Commission(plan, model), 0)
    seen = []
    while batcher.busy:
        seen.append(len(batcher.step()))
    assert seen == rows


def test_jobs_of_one_kind_share_passes(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher()
    for steps in (30, 40, 50):
        batcher.add(Commission(planned(staged(steps=steps, sampler="euler"), pictures=1), model), 0)
    assert len(batcher.step()) == 3


def test_nothing_starves(planned, staged) -> None:
    """Short jobs come without end; the long one lands all the same."""
    model, batcher = words(FLOW), Batcher(numbers=1)
    long = batcher.add(Commission(planned(staged(steps=12, sampler="euler")), model), 0)
    for passes in range(5000):
        if passes % 3 == 0:
            batcher.add(Commission(planned(staged(steps=3, sampler="euler")), model), 0)
        landings = (event.ticket for event in batcher.step() if event.flight and event.flight.leg is None)
        if long in landings:
            return
    pytest.fail("the long job never landed")


def test_owners_share(planned, staged) -> None:
    """Who floods the machine waits; who asks once does not."""
    model, batcher = words(FLOW), Batcher(numbers=1)
    plan = planned(staged(steps=8, sampler="euler"), pictures=1)
    flood = [batcher.add(Commission(plan, model), 0, owner="many") for _ in range(20)]
    for _ in range(40):
        batcher.step()
    once = batcher.add(Commission(plan, model), 0, owner="one")
    landing = list(order(batcher))
    assert landing.index(once) <= 1, "at most the picture under way goes before"
    assert set(landing) <= {*flood, once}


def test_pictures_of_a_group_go_forward_together(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher(numbers=1)
    plan = planned(staged(steps=9, sampler="euler"), pictures=3)
    tickets = [batcher.add(Commission(plan, model), picture, group="grid") for picture in range(3)]
    while batcher.busy:
        batcher.step()
        steps = [seat.at.step for t in tickets if (seat := batcher._seats.get(t)) and seat.at]
        assert not steps or max(steps) - min(steps) <= 1


def test_the_policy_says_what_it_promises() -> None:
    one = Standing(0, left=100, waited=0, overdrawn=0)
    assert shortest_first(replace(one, left=10)) < shortest_first(one)
    assert shortest_first(replace(one, waited=1000)) < shortest_first(one)
    assert shortest_first(replace(one, overdrawn=1)) > shortest_first(one)
    assert shortest_first(replace(one, priority=1, left=1e9)) < shortest_first(one)


# Leaving


def test_cancel_takes_effect_before_the_next_pass(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher()
    keep, drop = (batcher.add(Commission(planned(staged(), seed=s), model), 0) for s in (1, 2))
    batcher.step()
    state = batcher.cancel(drop)
    assert state is not None and state.step == 1
    assert {event.ticket for event in batcher.step()} == {keep}
    assert landed(finish(batcher)[keep]).isfinite().all()


def test_a_paused_picture_waits_and_goes_on(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher()
    plan = planned(staged(), pictures=1)
    ticket = batcher.add(Commission(plan, model), 0)
    batcher.step()
    state = batcher.pause(ticket)
    assert not batcher.busy and batcher.step() == ()
    assert state is not None and state.step == 1
    batcher.go_on(ticket)
    assert torch.equal(landed(finish(batcher)[ticket]), alone(model, plan))


@dataclass(frozen=True, eq=False)
class Cursed:
    """Answers NaN to whoever speaks of the curse."""

    inner: Model
    curse: torch.Tensor

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def answer(self, asks: list[Ask]):
        bad = [torch.equal(ask.condition["tokens"], self.curse) for ask in asks]
        given = self.inner.answer(asks)
        return [replace(a, x0=a.x0 * float("nan")) if b else a for a, b in zip(given, bad, strict=True)]


def test_nan_ends_its_own_picture_and_no_other(planned, staged) -> None:
    from sfumato.models.gauss.model import tokens

    model, batcher = Cursed(words(FLOW), tokens("cursed fox")), Batcher()
    good = planned(staged(), pictures=1)
    bad = planned(staged(), pictures=1, parts=(("cursed fox", 1.0),))
    tickets = [batcher.add(Commission(plan, model), 0) for plan in (good, bad, good)]
    last = finish(batcher)
    assert isinstance(last[tickets[1]].error, BrokenAnswer)
    assert "not finite" in str(last[tickets[1]].error)
    for ticket in (tickets[0], tickets[2]):
        assert torch.equal(landed(last[ticket]), alone(words(FLOW), good))


def test_a_plan_that_cannot_begin_fails_alone(planned, staged) -> None:
    model, batcher = words(FLOW), Batcher()
    fine = batcher.add(Commission(planned(staged(), pictures=1), model), 0)
    lost = batcher.add(Commission(planned(staged(start=0.5), pictures=1), model), 0)
    last = finish(batcher)
    assert "no picture to start" in str(last[lost].error) and last[lost].flight is None
    assert landed(last[fine]).isfinite().all()
