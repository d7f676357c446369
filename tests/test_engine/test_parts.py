"""Weighted parts that come and go in time and have regions: the formula, and what is asked when."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from sfumato.engine import Batcher, ClassifierFree, State, Straight, part, run
from sfumato.engine.parts import Parts
from sfumato.models.gauss import words
from sfumato.models.gauss.model import tokens
from sfumato.plan import PlanPart, switched, with_region
from test_engine.begun import FLOW, digest, drawn, reading, reads

SEEDS = st.integers(0, 999)
WEIGHTS = st.lists(st.integers(1, 300).map(lambda number: number / 100), min_size=2, max_size=4)
FACTORS = st.sampled_from([0.1, 0.3, 0.7, 2, 3, 7, 10])


def answered(count: int, size: tuple[int, int] = (4, 6)) -> dict[str, torch.Tensor]:
    return {part(index): drawn(f"answer {index}", size[1], size[0]) for index in range(count)}


def mask_of(seed: int, size: tuple[int, int] = (4, 6)) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(1, *size, generator=generator) < 0.5).float()


def weighted(weights: list[float]) -> dict[str, float]:
    return {part(index): weight for index, weight in enumerate(weights)}


# The formula


@given(weights=WEIGHTS, seed=SEEDS)
def test_the_formula_of_regions(weights: list[float], seed: int) -> None:
    """sum w m D / sum w m at every place; the first part is everywhere."""
    regions = {part(index): mask_of(seed + index) for index in range(1, len(weights))}
    pictures = answered(len(weights))
    total, heard = torch.zeros(3, 4, 6).double(), torch.zeros(1, 4, 6).double()
    for role, weight in weighted(weights).items():
        share = weight * regions.get(role, torch.ones(1, 4, 6)).double()
        total, heard = total + share * pictures[role].double(), heard + share
    ours = Parts(weighted(weights), regions=regions).blend(pictures, 0.5)
    assert float((ours - total / heard).abs().max()) < 1e-5


@given(weights=WEIGHTS)
def test_a_region_of_everything_is_no_region(weights: list[float]) -> None:
    pictures, everything = answered(len(weights)), {part(1): torch.ones(1, 4, 6)}
    plain = Parts(weighted(weights)).blend(pictures, 0.5)
    ours = Parts(weighted(weights), regions=everything).blend(pictures, 0.5)
    assert float((ours - plain).abs().max()) < 1e-6


@given(weights=WEIGHTS)
def test_a_region_of_nothing_is_no_part(weights: list[float]) -> None:
    pictures, nothing = answered(len(weights)), {part(1): torch.zeros(1, 4, 6)}
    without = {role: weight for role, weight in weighted(weights).items() if role != part(1)}
    ours = Parts(weighted(weights), regions=nothing).blend(pictures, 0.5)
    assert float((ours - Parts(without).blend(pictures, 0.5)).abs().max()) < 1e-6


@given(seed=SEEDS, change=st.floats(-5, 5))
def test_a_region_is_heard_nowhere_else(seed: int, change: float) -> None:
    """Whatever its answer is beyond its mask, the picture keeps its bits."""
    mask, pictures = mask_of(seed), answered(2)
    parts = Parts(weighted([1.0, 2.0]), regions={part(1): mask})
    other = {**pictures, part(1): torch.where(mask > 0, pictures[part(1)], torch.tensor(change))}
    assert torch.equal(parts.blend(pictures, 0.5), parts.blend(other, 0.5))
    inside = {**pictures, part(1): pictures[part(1)] + mask}
    assume(mask.any())
    assert not torch.equal(parts.blend(pictures, 0.5), parts.blend(inside, 0.5))


def test_a_region_counts_by_how_much_of_a_coarse_place_it_covers() -> None:
    fine = torch.zeros(1, 8, 8)
    fine[:, :, :3] = 1  # of four columns two by two: 1, half, nothing, nothing
    pictures = {part(0): torch.zeros(3, 4, 4), part(1): torch.ones(3, 4, 4)}
    ours = Parts(weighted([1.0, 1.0]), regions={part(1): fine}).blend(pictures, 0.5)
    expected = torch.tensor([1 / 2, 0.5 / 1.5, 0, 0]).expand(3, 4, 4)
    torch.testing.assert_close(ours, expected, rtol=0, atol=1e-6)


@given(weights=WEIGHTS, factor=FACTORS, seed=SEEDS, t=st.sampled_from([0.2, 0.5, 0.8]))
def test_proportional_weights_give_identical_bytes_with_regions_and_spans(
    weights: list[float], factor: float, seed: int, t: float
) -> None:
    spans, regions = {part(1): (0.4, 0.6)}, {part(1): mask_of(seed)}
    pictures = answered(len(weights))
    one, two = (
        Parts(weighted([scale * weight for weight in weights]), spans, regions) for scale in (1.0, factor)
    )
    assert one.at(t) == two.at(t)
    assert one.blend(pictures, t).numpy().tobytes() == two.blend(pictures, t).numpy().tobytes()


@pytest.mark.parametrize(
    ("t", "heard"), [(1.0, [0, 2]), (0.6, [0, 1, 2]), (0.41, [0, 1, 2]), (0.4, [0, 2]), (0.0, [0])]
)
def test_a_part_is_heard_within_its_span(t: float, heard: list[int]) -> None:
    """low < t <= high, as for guidance: neighbouring spans have no moment in common and none between."""
    parts = Parts(weighted([1.0, 1.0, 2.0]), {part(1): (0.4, 0.6), part(2): (0.0, 1.0)})
    shares = parts.at(t)
    assert list(shares) == [part(index) for index in heard]
    assert sum(shares.values()) == pytest.approx(1)


def test_a_time_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="make their sum positive"):
        Parts(weighted([1.0]), {part(0): (0.5, 1.0)}).at(0.2)
    with pytest.raises(ValueError, match="make their sum positive"):
        ClassifierFree("base", 3.0, weighted([1.0, -0.5]), spans={part(0): (0.5, 1.0)}).roles(0.2)


# What a plan makes of it


def asked(plan, model) -> list[tuple[float, torch.Tensor]]:
    """When which words are asked about, in order."""
    for _ in run(plan, model, batcher=Batcher(answering=Straight)):
        pass
    return [(ask.t, ask.condition["tokens"]) for call in model.calls for ask in call]


def after(looks: int, plan) -> tuple[State | None, ...]:
    """The states of a plan's pictures after so many looks."""
    steps = run(plan, words(FLOW), batcher=Batcher(answering=Straight))
    return next(step.states for step in steps if step.done == looks)


@pytest.mark.parametrize("sampler", ["euler", "heun", "dpm++2m"])
@pytest.mark.parametrize("moment", [0.1, 0.5, 0.8])
def test_a_switch_asks_the_first_prompt_before_it_and_the_second_after(
    moment: float, sampler: str, planned, staged, watched
) -> None:
    model = watched(words(FLOW))
    stage = staged(steps=10, sampler=sampler, schedule="linear")
    plan = switched(planned(stage, pictures=1), moment, "blue hen")
    seen = asked(plan, model)
    assert len(seen) == {"heun": 19}.get(sampler, 10)
    for t, tokens_ in seen:
        before = t > 1 - moment + 1e-6
        assert torch.equal(tokens_, tokens("red fox" if before else "blue hen")), t


def test_a_switch_begins_as_one_prompt_and_goes_on_as_the_other(planned, staged, last) -> None:
    """Its state in the middle is that of the first prompt, and from there it goes as the second one would."""
    stage = staged(steps=10, sampler="euler", schedule="linear")
    plans = [planned(stage, parts=((text, 1.0),), pictures=1) for text in ("red fox", "blue hen")]
    whole = switched(plans[0], 0.4, "blue hen")
    halves = [
        next(
            step.states
            for step in run(plan, words(FLOW), batcher=Batcher(answering=Straight))
            if step.done == 4
        )
        for plan in (whole, plans[0])
    ]
    assert torch.equal(halves[0][0].x, halves[1][0].x)
    ended = last(plans[1], words(FLOW), states=halves[1]).finished
    assert torch.equal(last(whole, words(FLOW)).finished[0], ended[0])


def test_several_switches_and_what_is_unwanted(planned, staged, watched) -> None:
    model = watched(words(FLOW))
    stage = staged(steps=10, sampler="euler", schedule="linear")
    plan = planned(stage, parts=(("red fox", 1.0), ("cars", -0.5)), pictures=1)
    plan = switched(switched(plan, 0.2, "hen"), 0.7, "green hill at night")
    lengths = [len(own) for _, own in asked(plan, model)]
    assert (lengths.count(2), lengths.count(4)) == (2, 3)
    assert lengths.count(1) == 10 + 5, "the unwanted all the time, and the hen"


def test_a_region_of_a_plan_moves_the_mean_there_alone(planned, staged, last) -> None:
    """The best picture for two prompts of weights 1 and 3 has the weighted mean of both, where both count."""
    left = torch.full((3, 8, 8), -1.0)
    left[:, :, :4] = 1
    plain = planned(staged(steps=20, schedule="linear"), pictures=1)
    plan = with_region(plain, reads("region", "left", weight=3.0), "blue hen")
    ours = last(plan, words(FLOW), given={digest("left"): left}).finished[0]
    base = last(plain, words(FLOW)).finished[0]
    fox, hen = (tokens(text).mean(dim=0)[:, None, None] for text in ("red fox", "blue hen"))
    torch.testing.assert_close(ours[:, :, 4:], base[:, :, 4:], rtol=0, atol=1e-5)
    moved = (3 * hen + fox) / 4 - fox
    torch.testing.assert_close(ours[:, :, :4], base[:, :, :4] + moved, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("value", "without"), [(1.0, False), (-1.0, True)], ids=["everything", "nothing"])
def test_a_region_of_all_or_nothing_in_a_plan(value: float, without: bool, planned, staged, last) -> None:
    plain = planned(staged(guidance=3.0), pictures=1)
    second = (*plain.parts, PlanPart(content="blue hen", weight=2.0))
    expected = plain if without else reading(plain, parts=second)
    plan = with_region(plain, reads("region", "all", weight=2.0), "blue hen")
    ours = last(plan, words(FLOW), given={digest("all"): torch.full((3, 5, 5), value)}).finished[0]
    torch.testing.assert_close(ours, last(expected, words(FLOW)).finished[0], rtol=0, atol=1e-5)
