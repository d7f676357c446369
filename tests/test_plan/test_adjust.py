"""Knobs turned by hand."""

from __future__ import annotations

import pytest

from sfumato.language import read
from sfumato.plan import KNOBS, Defaults, Plan, PlanError, StagePlan, adjust, draft


@pytest.fixture
def plan(defaults: Defaults) -> Plan:
    (prompt,) = read("a red fox --seed 3")
    return draft(prompt, defaults)


def test_a_bare_name_turns_every_stage(plan: Plan) -> None:
    assert [stage.guidance for stage in adjust(plan, {"guidance": "7.5"}).stages] == [7.5, 7.5]


def test_a_stage_can_be_named(plan: Plan) -> None:
    turned = adjust(plan, {"larger.steps": "3", "base.interval": "0.2,0.4"})
    assert [stage.steps for stage in turned.stages] == [20, 3]
    assert turned.stages[0].interval == (0.2, 0.4)
    assert turned.stages[1].model_copy(update={"steps": 10}) == plan.stages[1]


def test_no_knob_changes_nothing(plan: Plan) -> None:
    assert adjust(plan, {}) == plan


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"taste": "5"}, "no knob 'taste': choose one of steps"),
        ({"weights": "5"}, "no knob 'weights'"),
        ({"prior.steps": "5"}, "no stage 'prior': it has base, larger"),
        ({"steps": "many"}, "steps=many.*valid integer"),
        ({"guidance": "1000"}, "guidance=1000.*less than or equal to 100"),
        ({"base.start": "1", "base.end": ".5"}, "nothing is left to do"),
    ],
)
def test_what_cannot_be_is_said(plan: Plan, knobs: dict[str, str], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        adjust(plan, knobs)


def test_every_knob_is_a_field_with_a_place_in_a_stage() -> None:
    assert set(KNOBS) < set(StagePlan.model_fields) and "guidance" in KNOBS
