"""Skip-layer guidance of Stable Diffusion 3.5 against diffusers' pipeline, from the same noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import StableDiffusion3Pipeline
from torch import Tensor

from sfumato.models.sd3.skipping import Skipping, left_out, without
from sfumato.plan import Plan, PlanError, adjust
from tinies import sd3 as tiny
from tinies.beside import STEPS, Beside, open_beside, staged
from tinies.flights import MOVED, PARITY, fly, gap
from tinies.sd3 import painted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

SKIPS: dict[str, Any] = {"skip_layers": (0, 2), "skip_interval": (0.01, 0.7)}
ACTING = 2  # of four steps: those after .01 and before .7 of the run


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return open_beside(tiny.medium_35(tmp_path_factory.mktemp("sd3")), StableDiffusion3Pipeline, painted)


def skipped(both: Beside, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan with its own names for the knobs."""
    stage = plan.stages[0]
    own = {
        "skip_guidance_layers": list(stage.skip_layers),
        "skip_layer_guidance_scale": stage.skip_guidance,
        "skip_layer_guidance_start": stage.skip_interval[0],
        "skip_layer_guidance_stop": stage.skip_interval[1],
    }
    return painted(both.pipe, plan, **{**own, **more})


@pytest.fixture(scope="module")
def theirs(both: Beside) -> Tensor:
    return skipped(both, staged(both.plans[0], **SKIPS))


def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(both: Beside, theirs: Tensor) -> None:
    plans = [staged(plan, **SKIPS) for plan in both.plans]
    flown = fly(both.model, plans)
    assert both.family.check(plans[0]) == () and both.family.notes(plans[0]) == ()
    assert sorted(flown.rows) == [2] * ACTING + [4] * STEPS
    for x, own in zip(flown.x, (theirs, skipped(both, plans[1])), strict=True):
        assert gap(x, own) < PARITY
    assert gap(flown.x[1], theirs) > MOVED


@pytest.mark.parametrize(
    "knobs",
    [
        {"skip_layers": ()},
        {"skip_layers": (0,)},
        {"skip_layers": (1, 2)},
        {"skip_guidance": 0.0},
        {"skip_guidance": 2.5},
        {"skip_interval": (0.0, 0.7)},
        {"skip_interval": (0.01, 0.2)},
    ],
    ids=str,
)
def test_another_knob_is_another_picture(both: Beside, theirs: Tensor, knobs: dict[str, Any]) -> None:
    assert both.apart(theirs, **{**SKIPS, **knobs}) > MOVED


def test_undone_traps_are_seen(both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Skipping.join

    def from_guided(self: Any, answers: Any, x: Any, *more: Any) -> Any:
        """Pulled from the null's answer, and not from the prompt's."""
        other = {role: answers["null"] if role.startswith("part") else own for role, own in answers.items()}
        return replace(usual(self, answers, x, *more), x0=usual(self, other, x, *more).x0)

    monkeypatch.setattr(Skipping, "join", from_guided)
    assert both.apart(theirs, **SKIPS) > MOVED


def test_nothing_left_out_is_the_usual_guidance_to_the_bit(both: Beside) -> None:
    plain, idle = (
        fly(both.model, [staged(both.plans[0], **own)]).x[0] for own in ({}, {"skip_guidance": 1.0})
    )
    assert torch.equal(plain, idle)


def test_it_acts_without_guidance_and_on_weighted_parts(both: Beside) -> None:
    first = both.plans[0].parts[0]
    parts = (first, first.model_copy(update={"content": "the sea", "weight": -0.25}))
    plan = staged(both.plans[0], guidance=1.0, **SKIPS).model_copy(update={"parts": parts})
    flown = fly(both.model, [plan])
    assert sorted(flown.rows) == [2] * (STEPS + ACTING)
    assert gap(flown.x[0], fly(both.model, [staged(plan, skip_layers=())]).x[0]) > MOVED


def test_pictures_of_other_layers_do_not_share_a_pass(both: Beside) -> None:
    plans = [staged(plan, **SKIPS) for plan in both.plans]
    plans[1] = staged(plans[1], skip_layers=(0, 1))
    flown = fly(both.model, plans)
    assert sorted(flown.rows) == [1] * (2 * ACTING) + [4] * STEPS
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, skipped(both, plan)) < PARITY


def test_a_network_s_name_says_what_is_left_out() -> None:
    assert left_out(without("base", (7, 8, 9))) == [7, 8, 9] and left_out("base") is None


# Knobs


def test_layers_are_typed_as_numbers(both: Beside) -> None:
    typed = {"7,8,9": (7, 8, 9), "7": (7,), "": ()}
    for text, layers in typed.items():
        assert adjust(both.plans[0], {"skip_layers": text}).stages[0].skip_layers == layers
    with pytest.raises(PlanError, match="skip_layers=seven"):
        adjust(both.plans[0], {"skip_layers": "seven"})


REFUSED = (((3,), "numbered 0 to 2: skip_layers cannot name 3"), ((0, 1, 2), "name fewer in skip_layers"))


@pytest.mark.parametrize(("layers", "words"), REFUSED)
def test_refused(both: Beside, layers: tuple[int, ...], words: str) -> None:
    (sentence,) = both.family.check(staged(both.plans[0], skip_layers=layers))
    assert words in sentence


def test_what_has_no_effect_is_said(both: Beside) -> None:
    assert "no effect" in both.family.notes(staged(both.plans[0], skip_guidance=2.0))[0]


def test_models_without_it_refuse_it() -> None:
    from sfumato.models.family import families

    house = families()[0]
    from tinies.operations import every_stage, plain

    for knob in ({"skip_layers": (1,)}, {"skip_guidance": 1.0}, {"skip_interval": (0.0, 1.0)}):
        (sentence,) = house.check(every_stage(plain(house), **knob))
        assert "leave out skip_layers, skip_guidance, skip_interval" in sentence
