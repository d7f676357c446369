"""Texts that come later, texts of a region, and what is kept: added to any plan."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.language import read
from sfumato.plan import (
    Defaults,
    Frame,
    Input,
    Plan,
    PlanError,
    PlanPart,
    draft,
    keeping,
    switched,
    with_region,
)

MASK, PHOTO = "a" * 64, "b" * 64
MOMENTS = st.integers(1, 99).map(lambda number: number / 100)


def plan_of(defaults: Defaults, text: str = "a red fox", **changed) -> Plan:
    (prompt,) = read(f"{text} --seed 1")
    return Plan.from_json(json.dumps({**json.loads(draft(prompt, defaults).to_json()), **changed}))


def framed(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {"left": left, "top": top, "width": width, "height": height}


def heard(plan: Plan, moment: float) -> list[tuple[str, float]]:
    return [
        (part.content, part.weight) for part in plan.parts if part.interval[0] <= moment < part.interval[1]
    ]


@given(moment=MOMENTS)
def test_a_switch_ends_one_text_and_begins_the_other(moment: float, defaults: Defaults) -> None:
    plan = switched(plan_of(defaults), moment, "a blue hen")
    assert heard(plan, moment - 0.005) == heard(plan, 0) == [("a red fox", 1)]
    assert heard(plan, moment) == heard(plan, 0.999) == [("a blue hen", 1)]


@given(moments=st.lists(MOMENTS, min_size=1, max_size=5, unique=True).map(sorted))
def test_at_every_moment_one_text_is_heard(moments: list[float], defaults: Defaults) -> None:
    plan = plan_of(defaults)
    for index, moment in enumerate(moments):
        plan = switched(plan, moment, f"text {index}")
    for index, moment in enumerate(moments):
        assert heard(plan, moment) == [(f"text {index}", 1)]
    assert len({part.content for part in plan.parts}) == 1 + len(moments)


def test_a_switch_replaces_all_parts_and_leaves_the_unwanted_and_regions(defaults: Defaults) -> None:
    plan = plan_of(defaults, "a fox::2 snow --no hat")
    plan = with_region(plan, Input(role="mask", hash=MASK), "a hill")
    plan = switched(plan, 0.4, "a hen")
    assert heard(plan, 0.3) == [("a fox", 2), ("snow", 1), ("hat", -0.5), ("a hill", 1)]
    assert heard(plan, 0.4) == [("hat", -0.5), ("a hill", 1), ("a hen", 1)]


@pytest.mark.parametrize("moment", [0, 1, -0.2, 1.5, float("nan")])
def test_a_switch_lies_within_the_run(moment: float, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match="after 0 and before 1 of the run"):
        switched(plan_of(defaults), moment, "a hen")


@pytest.mark.parametrize("moment", [0.5, 0.4])
def test_switches_come_one_after_the_other(moment: float, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match=r"after 0\.5 and before 1 of the run, not at 0\.[45]"):
        switched(switched(plan_of(defaults), 0.5, "a hen"), moment, "a cow")


def test_a_text_of_nothing_is_refused(defaults: Defaults) -> None:
    with pytest.raises(PlanError, match="needs words"):
        switched(plan_of(defaults), 0.5, "")
    with pytest.raises(PlanError, match="needs words"):
        with_region(plan_of(defaults), Input(role="region", hash=MASK), " ")


def test_a_region_is_a_part_with_a_mask(defaults: Defaults) -> None:
    frame = Frame(left=0, top=0, width=10, height=20)
    plan = with_region(plan_of(defaults), Input(role="mask", hash=MASK, frame=frame, weight=3), "a hill")
    assert plan.parts[-1] == PlanPart(content="a hill", weight=3, region=MASK)
    assert plan.inputs == (Input(role="region", hash=MASK, frame=frame),)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"parts": [{"content": "a"}, {"content": "b", "region": MASK}]},
            "“b” has a region that no input of this role shows",
        ),
        (
            {"parts": [{"content": "a", "region": MASK}], "inputs": [{"role": "region", "hash": MASK}]},
            "must be positive",
        ),
        ({"parts": [{"content": "a", "interval": (0.2, 1.0)}]}, "must be positive"),
        ({"parts": [{"content": "a", "interval": (0.0, 0.7)}]}, r"must be positive at 0\.7 of the run"),
        (
            {"parts": [{"content": "a"}, {"content": "b", "weight": -1, "interval": (0.2, 0.4)}]},
            r"must be positive at 0\.2 of the run",
        ),
        (
            {"inputs": [{"role": "start", "hash": PHOTO, "frame": framed(256, 0, 9, 9)}]},
            "the frame of the start picture lies beside the 256×256 pixels",
        ),
        (
            {"inputs": [{"role": "mask", "hash": PHOTO, "frame": framed(0, -9, 9, 9)}]},
            "the frame of the mask picture lies beside the 256×256 pixels",
        ),
        (
            {"inputs": [{"role": "start", "hash": PHOTO, "frame": framed(0, 0, 0, 9)}]},
            "greater than or equal to 1",
        ),
        ({"wrap": 86}, "86 pixels at every side repeat more than they leave"),
    ],
)
def test_what_does_not_hang_together_is_said(changed: dict, message: str, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match=message):
        plan_of(defaults, **changed)


def test_what_is_unwanted_counts_against_the_text_of_every_moment(defaults: Defaults) -> None:
    """Also what is unwanted in a region only: there the sum must stay positive too."""
    plan = plan_of(defaults, "a fox:: hat::-.9")
    later = switched(plan, 0.5, "a hen")
    assert later.parts[1].weight == -0.9
    with pytest.raises(PlanError, match="must be positive"):
        with_region(later, Input(role="region", hash=MASK, weight=-0.2), "a cow")


ROLES = st.lists(st.sampled_from(["start", "mask", "hint", "region"]), max_size=4)


@given(roles=ROLES, tile=st.booleans())
def test_what_masks_leave_is_put_back_once_and_before_all_else(
    roles: list[str], tile: bool, defaults: Defaults
) -> None:
    inputs = [{"role": role, "hash": f"{index:064x}"} for index, role in enumerate(roles)]
    plan = plan_of(defaults, "a fox --tile" if tile else "a fox", inputs=inputs)
    kept = keeping(plan)
    needed, turned = "start" in roles and "mask" in roles, tile and "start" not in roles
    assert [step.name for step in kept.post] == ["keep"] * needed + ["crop"] * tile + ["turn"] * turned
    assert keeping(kept) == kept
    if not needed and turned == tile:
        assert kept == plan


def test_a_panned_picture_is_not_put_back_twice(defaults: Defaults) -> None:
    inputs = [{"role": "start", "hash": PHOTO}, {"role": "mask", "hash": MASK}]
    plan = plan_of(defaults, inputs=inputs, post=[{"name": "extend"}])
    assert keeping(plan) == plan
