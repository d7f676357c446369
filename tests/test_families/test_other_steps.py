"""The steps of any other pipeline: each is a look of the engine, and nothing is left of one that is
stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import CogView3PlusPipeline, LatentConsistencyModelPipeline
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Batcher, Commission, Progress, dump, load, run
from sfumato.models.other import claim
from sfumato.models.other.pipelines import Call
from sfumato.models.other.run import Run
from sfumato.models.other.steps import steps_of
from sfumato.plan import Plan
from test_families.test_other import painted
from tinies import deepfloyd, flux
from tinies import other as tiny
from tinies.beside import STEPS, Beside, open_beside, planned
from tinies.flights import fly, gap

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

PIPELINES = {"cogview3-plus": CogView3PlusPipeline, "lcm": LatentConsistencyModelPipeline}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    def open_kind(kind: str) -> Beside:
        paths = tiny.VARIANTS[kind](tmp_path_factory.mktemp("steps"))
        both = open_beside(paths, PIPELINES[kind], painted)
        first, second = map(single, both.plans)
        return replace(both, plans=(first, second))

    return cache(open_kind)


def single(plan: Plan) -> Plan:
    """Its first picture alone."""
    return plan.model_copy(update={"seeds": plan.seeds[:1]})


@pytest.fixture(autouse=True)
def nobody_is_left() -> Iterator[None]:
    yield
    assert threads() == []


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pipeline"]


def counted(network: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every pass of a network."""
    passes: list[int] = []
    own = network.forward

    def forward(*args: Any, **more: Any) -> Any:
        passes.append(len(passes))
        return own(*args, **more)

    monkeypatch.setattr(network, "forward", forward)
    return passes


def network(model: Any) -> Any:
    (own,) = (own for own in model.networks if type(own).__name__.endswith(("2DModel", "2DConditionModel")))
    return own


# What is seen


@pytest.mark.parametrize("kind", PIPELINES)
def test_every_step_is_seen(opened, kind: str) -> None:
    both = opened(kind)
    seen = list(run(both.plans[0], both.model))
    assert [progress.done for progress in seen] == list(range(1, STEPS + 1))
    assert {progress.total for progress in seen} == {STEPS}
    last, way = seen[-1].finished, [shown(progress) for progress in seen[:-1]]
    assert last is not None and torch.equal(last[0], both.theirs(0))
    assert all(picture.shape == last[0].shape and picture.abs().max() <= 1 for picture in way)
    assert all(not torch.equal(one, other) for one, other in pairwise(way))


def shown(progress: Progress) -> torch.Tensor:
    (preview,) = progress.previews
    assert preview is not None
    return preview()


def test_what_is_seen_last_is_nearly_the_picture(opened) -> None:
    """The latents after the last step but one, decoded small, beside another picture's."""
    both = opened("lcm")
    *_, before, last = run(both.plans[0], both.model)
    (final,) = last.finished
    mine, other = (torch.nn.functional.avg_pool2d(own, 8) for own in (final, both.theirs(1)))
    near = torch.nn.functional.avg_pool2d(shown(before), 8)
    assert (near - mine).norm() < (near - other).norm()


def test_packed_latents_are_shown(tmp_path: Path) -> None:
    """A family of ours has these; here they are run as any other pipeline's."""
    seen = run_alone(flux.dev(tmp_path)[0])
    assert len(seen) == STEPS and all(float(shown(progress).std()) > 0 for progress in seen)


def test_the_older_callback_tells_steps_too(tmp_path: Path) -> None:
    """Its x is the picture itself, which no autoencoder decodes."""
    seen = run_alone(deepfloyd.base(tmp_path))
    assert [progress.done for progress in seen] == list(range(1, STEPS + 1))
    assert all(progress.previews == (None,) for progress in seen[:-1])


def run_alone(folder: Path) -> list[Progress]:
    family = claim((folder,))
    assert family is not None
    model = family.open("cpu", "float32")
    plan = single(planned(family, "a red fox", 7, width=96, height=64))
    return list(run(plan, model))


def test_what_cannot_be_shown_is_not(opened) -> None:
    both = opened("lcm")
    hidden = both.with_stage(shows=False)
    seen = list(run(both.plans[0], hidden.model))
    assert all(progress.previews == (None,) for progress in seen[:-1])
    assert seen[-1].finished is not None and torch.equal(seen[-1].finished[0], both.theirs(0))


# Alone, together, and again


def test_two_pictures_take_turns(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("lcm")
    passes = counted(network(both.model), monkeypatch)
    batcher = Batcher()
    tickets = [batcher.add(Commission(plan, both.model), 0, group="grid") for plan in both.plans]
    order, made = [], {}
    while batcher.busy:
        for event in batcher.step():
            order.append(event.ticket)
            made[event.ticket] = event.flight
    first, second = tickets
    assert order == [first, second] * STEPS and len(passes) == 2 * STEPS
    for number, ticket in enumerate(tickets):
        assert torch.equal(made[ticket].state.x, both.theirs(number))


def test_twins_do_not_meet(opened) -> None:
    """The same plan twice, one of them a step ahead."""
    both = opened("lcm")
    one, two = (run(both.plans[0], both.model) for _ in range(2))
    next(one)
    pictures = [[*way][-1].finished for way in (one, two)]
    assert all(torch.equal(made[0], both.theirs(0)) for made in pictures)


def test_what_was_killed_goes_on_to_the_same_bits(opened, tmp_path: Path) -> None:
    both = opened("cogview3-plus")
    way = run(both.plans[0], both.model)
    states = [dump(state) for _, progress in zip(range(2), way, strict=False) for state in progress.states]
    way.close()
    anew = claim(tiny.cogview(tmp_path)).open("cpu", "float32")
    seen = list(run(both.plans[0], anew, states=[load(states[-1])]))
    assert [progress.done for progress in seen] == [3, 4]
    assert torch.equal(seen[-1].finished[0], both.theirs(0))
    assert torch.equal(fly(both.model, both.plans, saved=True).x[1], both.theirs(1))


# Stopped, failed, closed


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_cancelling_takes_no_further_step(opened, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("lcm")
    passes = counted(network(both.model), monkeypatch)
    way = run(both.plans[0], both.model)
    for _ in range(steps):
        next(way)
    assert len(threads()) == 1
    way.close()
    assert len(passes) == steps and threads() == [] and both.model.pictures == []
    assert torch.equal(last_of(both.plans[0], both.model), both.theirs(0))


def last_of(plan: Plan, model: Any) -> torch.Tensor:
    *_, last = run(plan, model)
    return last.finished[0]  # type: ignore[index]


def test_a_failure_is_that_picture_s_alone(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("lcm")
    own, asked = network(both.model).forward, []

    def forward(*args: Any, **more: Any) -> Any:
        asked.append(1)
        if len(asked) == 3:  # the second step of the first picture
            raise RuntimeError("out of memory")
        return own(*args, **more)

    monkeypatch.setattr(network(both.model), "forward", forward)
    batcher = Batcher()
    tickets = [batcher.add(Commission(plan, both.model), 0, group="grid") for plan in both.plans]
    events = []
    while batcher.busy:
        events += batcher.step()
    (failed,) = (event for event in events if event.error)
    assert failed.ticket == tickets[0] and str(failed.error) == "out of memory"
    assert torch.equal(events[-1].flight.state.x, both.theirs(1)) and both.model.pictures == []


def test_closing_ends_what_waits(tmp_path: Path) -> None:
    family = claim(tiny.consistent(tmp_path))
    assert family is not None
    model = family.open("cpu", "float32")
    ways = [run(single(planned(family, text, 7)), model) for text in ("a fox", "an owl")]
    for way in ways:
        next(way)
    assert len(threads()) == 2
    model.close()
    assert threads() == []


# Runs by themselves, and what is read from a call


@given(halts=st.integers(0, 6), looks=st.integers(1, 6))
def test_looks_of_a_run(halts: int, looks: int) -> None:
    """Whatever a pipeline's number of steps, the last look has what it made."""

    def call(halt: Callable[[int], None]) -> str:
        for number in range(halts):
            halt(number + 1)
        return "made"

    own = Run(call)
    for look in range(1, looks + 1):
        own.until(look, last=look == looks)
        assert own.over == (look == looks or look > halts)
        assert own.looks == look and (own.over or own.seen == look)
    assert own.made() == "made"
    own.end()
    assert threads() == []


def test_a_run_ends_where_it_halts() -> None:
    seen = []

    def call(halt: Callable[[int], None]) -> None:
        for number in range(3):
            seen.append(number)
            try:
                halt(number)
            except Exception:
                seen.append(-1)

    own = Run(call)
    own.until(2, last=False)
    own.end()
    assert seen == [0, 1] and own.over


def test_steps_that_are_told() -> None:
    def call(given: str, **numbers: float) -> Call:
        return Call("Own", frozenset(given.split()), frozenset(), numbers)

    assert steps_of(call("callback_on_step_end")).times(2) == (1.0, 0.5, 0.0)
    assert steps_of(call("callback")).times(2) == (1.0, 0.5, 0.0)
    assert steps_of(call("prompt")).times(5) == (1.0, 0.0)
    both = call("callback_on_step_end prior_callback_on_step_end", prior_num_inference_steps=6)
    assert len(steps_of(both).times(2)) == 9


def test_seeds_are_other_pictures_at_every_step(opened) -> None:
    both = opened("lcm")
    plan = both.plans[0]
    other = plan.model_copy(update={"seeds": (plan.seeds[0].model_copy(update={"number": 8}),)})
    ways = [[shown(progress) for progress in run(own, both.model)] for own in (plan, other)]
    assert all(gap(one, two) > 1e-2 for one, two in zip(*ways, strict=True))
