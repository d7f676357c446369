"""The knobs of guidance, turned in a plan: each changes the picture in the direction it promises."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import pytest
import torch

from sfumato.engine import Batcher, ClassifierFree, NoisePath, Source, Straight, dump, load, run
from sfumato.models.gauss import cascade, pair, words
from sfumato.plan import StagePlan, adjust

FLOW = NoisePath("flow", "flow")
SIZE = 24
OFF = MappingProxyType(
    {
        "parallel": "1",
        "momentum": "0",
        "pull_limit": "0",
        "zero_star": "false",
        "zero_init": "0",
        "threshold": "0",
        "percentile": "0.5",
    }
)
ON = MappingProxyType(
    {
        "parallel": 0.3,
        "momentum": -0.5,
        "pull_limit": 9.0,
        "zero_star": True,
        "zero_init": 1,
        "threshold": 1.5,
    }
)


@pytest.fixture
def painted(planned, staged, last):
    """The first picture of `words`, in double precision."""

    def paint(model=None, **knobs) -> torch.Tensor:
        usual = {"sampler": "euler", "schedule": "linear", "steps": 12, "guidance": 6.0}
        plan = planned(staged(**{**usual, "width": SIZE, "height": SIZE, **knobs}), pictures=1)
        return last(plan, model or words(FLOW)).finished[0].double()

    return paint


def length(picture: torch.Tensor) -> float:
    return float(picture.norm())


def rows(model) -> list[int]:
    """How many were asked at each time of a run, or of two that share no time."""
    times = [ask.t for call in model.calls for ask in call]
    return [times.count(t) for t in sorted(set(times), reverse=True)]


def rising(values: list[float], by: float = 1.02) -> bool:
    return all(after > by * before for before, after in pairwise(values))


def test_off_is_as_if_there_were_no_knob(painted, planned, staged, last) -> None:
    usual = {"sampler": "euler", "schedule": "linear", "steps": 12, "guidance": 6.0}
    plan = planned(staged(**usual, width=SIZE, height=SIZE), pictures=1)
    assert torch.equal(last(adjust(plan, OFF), words(FLOW)).finished[0].double(), painted())
    assert {name for name, field in StagePlan.model_fields.items() if field.description} >= set(OFF)


def test_less_of_the_parallel_part_makes_paler_pictures(painted) -> None:
    assert rising([length(painted(parallel=parallel)) for parallel in (0.0, 0.5, 1.0)])


def test_momentum_pulls_farther_above_zero_and_less_far_below(painted) -> None:
    unguided = painted(guidance=1.0)
    assert rising([length(painted(momentum=momentum) - unguided) for momentum in (-0.6, -0.3, 0.0, 0.3)])


def test_a_longer_limit_lets_guidance_pull_farther(painted) -> None:
    unguided = painted(guidance=1.0)
    far = [length(painted(pull_limit=limit) - unguided) for limit in (0.5, 1.0, 2.0)]
    plain = length(painted() - unguided)
    assert rising([*far, plain])
    assert length(painted(pull_limit=1e5) - unguided) == pytest.approx(plain, rel=1e-4)


def test_zero_star_pulls_less_far_where_the_null_is_partly_right(painted) -> None:
    unguided = painted(guidance=1.0)
    assert rising([length(painted(zero_star=star) - unguided) for star in (True, False)])


@pytest.mark.parametrize("waits", [0, 1, 3, 12])
def test_zero_init_waits_for_so_many_steps(waits: int, planned, staged, watched) -> None:
    model = watched(words(FLOW))
    knobs = {"sampler": "euler", "schedule": "linear", "steps": 12, "guidance": 6.0, "zero_init": waits}
    plan = planned(staged(**knobs), pictures=1)
    seen = [progress.states[0].x for progress in run(plan, model, batcher=Batcher(answering=Straight))]
    first = Source(7, 0, place="base")("start", 0, (3, 8, 8))
    waited = [float((x - first).abs().max()) < 1e-5 for x in seen]
    assert waited == [step < waits for step in range(12)]
    assert rows(model) == [1 if step < waits else 2 for step in range(12)]


def test_zero_init_counts_from_the_whole_run(planned, staged, watched) -> None:
    """A stage that begins in the middle is past the steps that wait."""
    model = watched(cascade(FLOW))
    small = staged("small", sampler="euler", schedule="linear", end=0.5, guidance=2.0)
    later = staged("large", sampler="euler", schedule="linear", start=0.5, guidance=2.0, zero_init=4)
    for _ in run(planned(small, later, pictures=1), model, batcher=Batcher(answering=Straight)):
        pass
    assert rows(model) == [2] * 8


@pytest.mark.parametrize("sampler", ["euler", "unipc", "dpm++sde", "heun"])
def test_a_threshold_keeps_values_within_it(sampler: str, painted) -> None:
    free = float(painted(sampler=sampler).abs().max())
    tops = [float(painted(sampler=sampler, threshold=top).abs().max()) for top in (0.5, 1.0, free / 2)]
    assert all(top <= bound * (1 + 1e-6) for top, bound in zip(tops, (0.5, 1.0, free / 2), strict=True))
    assert torch.equal(painted(sampler=sampler, threshold=100.0), painted(sampler=sampler))


def test_a_lower_percentile_clips_more_and_shrinks_less(painted) -> None:
    """The mean of the absolute values rises, as few are shrunk for the sake of the largest."""
    means = [float(painted(threshold=0.5, percentile=part).abs().mean()) for part in (1.0, 0.9, 0.5)]
    assert rising(means, by=1.005)


def test_a_weaker_network_in_place_of_the_null_sharpens_the_law(painted) -> None:
    """Karras et al. 2024: guided away from a network that knows less, pictures come nearer to the mean."""
    spreads = [
        float(torch.cov(painted(pair(FLOW), guidance=scale, width=64, height=64).reshape(3, -1)).trace())
        for scale in (3.0, 2.0, 1.0)
    ]
    assert rising(spreads, by=1.1)


def test_the_weaker_network_sees_the_prompt(planned, staged, watched) -> None:
    model = watched(pair(FLOW))
    for _ in run(planned(staged(guidance=2.0), pictures=1), model, batcher=Batcher(answering=Straight)):
        pass
    asked = {(ask.net, ask.condition) for call in model.calls for ask in call}
    assert {net for net, _ in asked} == {"base", "weak"} and len({condition for _, condition in asked}) == 1


# What is kept between looks


@pytest.mark.parametrize("sampler", ["euler", "heun", "unipc", "dpm++sde"])
def test_going_on_with_every_knob_turned_ends_with_the_same_bytes(
    sampler: str, planned, staged, last
) -> None:
    model, knobs = cascade(FLOW), {"sampler": sampler, "schedule": "linear", "steps": 4, "guidance": 3.0}
    small = staged("small", **knobs, **ON)
    plan = planned(small, staged("large", **knobs, **ON, width=16, height=16))
    whole = list(run(plan, model, batcher=Batcher(answering=Straight)))
    expected = [picture.numpy().tobytes() for picture in whole[-1].finished or ()]
    keeping = set()
    for progress in whole:
        saved = [load(dump(state)) for state in progress.states]
        keeping |= {(state.stage, state.step > 1, tuple(state.kept)) for state in saved}
        again = last(plan, cascade(FLOW), states=saved)
        assert [picture.numpy().tobytes() for picture in again.finished] == expected
    assert {(0, True, ("pull",)), (1, False, ()), (1, True, ("pull",)), (2, False, ())} <= keeping


def test_what_is_kept_is_needed(planned, staged, last) -> None:
    model, knobs = words(FLOW), {"sampler": "euler", "schedule": "linear", "steps": 4, "guidance": 3.0}
    plan = planned(staged(**knobs, momentum=-0.5))
    whole = list(run(plan, model, batcher=Batcher(answering=Straight)))
    robbed = [replace(state, kept={}) for state in whole[1].states]
    for mine, other in zip(last(plan, model, states=robbed).finished, whole[-1].finished or (), strict=True):
        assert float((mine - other).abs().max()) > 1e-3


def test_momentum_rests_outside_the_interval(planned, staged, last) -> None:
    knobs = {"sampler": "euler", "schedule": "linear", "steps": 4, "guidance": 3.0, "momentum": -0.5}
    plan = planned(staged(**knobs, interval=(0.5, 1.0)), pictures=1)
    kept = [set(progress.states[0].kept) for progress in run(plan, words(FLOW))]
    assert kept == [set(), set(), {"pull"}, set()]


def test_guidance_is_frozen() -> None:
    with pytest.raises(AttributeError):
        ClassifierFree("base", 2.0, {"part.0": 1.0}).silent = 0.5  # type: ignore[misc]
