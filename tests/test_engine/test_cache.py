"""The step cache: looks that change little are left out, and nothing else changes."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from sfumato.engine import SAMPLERS, Answer, Batcher, Commission, State, Straight, board, dump, load, run
from sfumato.engine.cache import MOVED, X0, recalled, remembered
from sfumato.models.gauss import cascade, words
from test_engine.begun import FLOW, drawn

STEPS = 20


def every(plan, model, **options):
    return list(run(plan, model, **{"batcher": Batcher(answering=Straight), **options}))


def looks(calls) -> list[float]:
    """The times that were asked about, in order."""
    return [ask.t for call in calls for ask in call]


def staged_for(staged, cache: float, **knobs):
    return staged(**{"steps": STEPS, "schedule": "linear", "sampler": "euler", "cache": cache, **knobs})


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_a_threshold_below_every_change_changes_no_bit(sampler: str, planned, staged, watched) -> None:
    one, two = watched(words(FLOW)), watched(words(FLOW))
    plain, held = (
        every(planned(staged_for(staged, cache, sampler=sampler)), model)[-1].finished
        for cache, model in ((0.0, one), (1e-9, two))
    )
    assert all(torch.equal(a, b) for a, b in zip(plain, held, strict=True))
    assert looks(one.calls) == looks(two.calls)


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_a_large_threshold_asks_every_other_look_and_the_last(sampler: str, planned, staged, watched) -> None:
    """Two answers come first, to know how far apart they are; never are two looks in a row left out."""
    plain, held = watched(words(FLOW)), watched(words(FLOW))
    every(planned(staged_for(staged, 0.0, sampler=sampler), pictures=1), plain)
    progress = every(planned(staged_for(staged, 1.0, sampler=sampler), pictures=1), held)[-1]
    full = looks(plain.calls)
    if sampler == "heun":
        assert len(full) == 2 * STEPS - 1
    asked = [index for index in range(len(full)) if index in (0, 1, len(full) - 1) or index % 2]
    assert len(held.calls) == len(asked) < 0.6 * len(full)
    assert looks(held.calls) == pytest.approx([full[index] for index in asked])
    assert progress.done == progress.total == len(full), "looks that are left out are behind it too"


def test_the_picture_stays_near(planned, staged, last) -> None:
    """The smaller the threshold, the nearer; and with any the picture is no other one."""
    whole = last(planned(staged_for(staged, 0.0)), words(FLOW)).finished
    gaps = [
        float(torch.stack([(one - two).abs().mean() for one, two in zip(whole, held, strict=True)]).mean())
        for cache in (0.05, 0.1, 1.0)
        for held in [last(planned(staged_for(staged, cache)), words(FLOW)).finished]
    ]
    assert 0 < gaps[0] < gaps[1] < gaps[2] < 0.1


@pytest.mark.parametrize("sampler", ["euler", "heun", "dpm++2m", "euler-ancestral"])
def test_saved_anywhere_a_picture_ends_with_the_same_bytes(sampler: str, planned, staged) -> None:
    small = staged_for(staged, 0.3, name="small", sampler=sampler, steps=6)
    large = staged_for(staged, 0.3, name="large", sampler=sampler, steps=6, width=16, height=16)
    plan = planned(small, large)
    seen = every(plan, cascade(FLOW))
    assert len(seen) < seen[-1].total / 2
    for step in seen[:-1]:
        states = [load(dump(state)) if state else None for state in step.states]
        again = every(plan, cascade(FLOW), states=states)[-1].finished
        assert all(torch.equal(a, b) for a, b in zip(again, seen[-1].finished, strict=True))


def test_each_picture_decides_for_itself(planned, staged, watched) -> None:
    """At a threshold that some looks pass and others do not: alone, together and in single rows the same."""
    plan = planned(staged_for(staged, 0.2), pictures=4)
    together = watched(words(FLOW))
    whole = every(plan, together)[-1].finished
    rows = every(plan, words(FLOW), batcher=Batcher(answering=partial(Straight, 1)))[-1].finished
    numbers = []
    for index, seed in enumerate(plan.seeds):
        alone = watched(words(FLOW))
        own = every(plan.model_copy(update={"seeds": (seed,)}), alone)[-1].finished[0]
        assert torch.equal(own, whole[index]) and torch.equal(own, rows[index])
        numbers.append(len(looks(alone.calls)))
    assert STEPS // 2 < min(numbers) < max(numbers) < STEPS, numbers
    assert len(looks(together.calls)) == sum(numbers)


def test_what_is_left_out_is_decided_by_how_far_the_answers_moved(planned, staged) -> None:
    commission = Commission(planned(staged_for(staged, 0.25)), words(FLOW))
    flight = board(commission, 0)
    assert flight.leg is not None
    first = drawn("x")
    kept = remembered(flight.leg, flight.state, Answer(first))
    assert recalled(flight.leg, State(0, first, 1, kept=kept)) is None, "one answer says nothing of change"
    for share, skipped in ((0.24, True), (0.26, False)):
        now = first * (1 + share / (1 - share))  # so far from the first that it is this share of itself
        moved = remembered(flight.leg, State(0, first, 1, kept=kept), Answer(now))
        assert float(moved[MOVED]) == pytest.approx(share, abs=1e-5) and torch.equal(moved[X0], now)
        answer = recalled(flight.leg, State(0, first, 2, kept=moved))
        assert (answer is not None) is skipped
        assert answer is None or torch.equal(answer.x0, now)
        assert recalled(flight.leg, State(0, first, STEPS - 1, kept=moved)) is None, "the last is asked"
