"""What is refused before anything runs, for every family alike."""

from __future__ import annotations

import sys

import pytest

from sfumato.language import read
from sfumato.models._parts.able import Able, refusals
from sfumato.models.family import family
from sfumato.plan import Plan, draft


@pytest.fixture(scope="module")
def plan() -> Plan:
    (prompt,) = read("a red fox --seed 1")
    return draft(prompt, family("house").defaults())


def able(plan: Plan, **more: object) -> Able:
    weights = frozenset(stage.weights for stage in plan.stages)
    return Able("The model", weights, frozenset(stage.name for stage in plan.stages), **more)  # type: ignore[arg-type]


def test_what_can_be_is_not_refused(plan: Plan) -> None:
    assert refusals(plan, able(plan)) == ()


def test_missing_packages_are_named_with_what_to_do(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "diffusers", None)  # as if it were not installed
    (sentence,) = refusals(plan, able(plan))
    assert "needs diffusers, which is not installed" in sentence and "sfumato[models]" in sentence
    assert refusals(plan, able(plan, packages=())) == ()


def test_the_shipped_model_needs_no_packages(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert family("house").check(plan) == ()


def test_a_start_is_asked_for_where_a_stage_begins_late(plan: Plan) -> None:
    late = plan.stages[0].model_copy(update={"start": 0.5})
    begun = plan.model_copy(update={"stages": (late, *plan.stages[1:])})
    assert "cannot begin stage base" in refusals(begun, able(plan))[0]
    assert "give it a start picture" in refusals(begun, able(plan, starts=frozenset({"base"})))[0]
