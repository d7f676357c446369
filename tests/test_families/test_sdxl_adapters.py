"""SDXL with LoRAs, ControlNets and IP-Adapters against diffusers' pipelines over the same tiny files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import NULL, Ask, Commission, board
from sfumato.models._parts import control as control_module
from sfumato.models._parts import image_prompt as image_module
from sfumato.models._parts import loras as lora_module
from sfumato.models._parts.unet import adapters as adapters_module
from tinies.adapted import KINDS, STEPS, Opened, build, dressed
from tinies.flights import MOVED, PARITY, entries, fly, gap, zeroed

pytestmark = pytest.mark.filterwarnings(
    "ignore:Already found a .peft_config. attribute:UserWarning",
    "ignore::FutureWarning",
    "ignore::DeprecationWarning",
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    @cache
    def built(kind: str) -> Opened:
        return build(tmp_path_factory.mktemp(kind), kind)

    return built


# Parity, and that it can fail


@pytest.mark.parametrize("kind", KINDS)
def test_two_pictures_with_other_scales_in_one_batch(kind: str, opened: Callable[[str], Opened]) -> None:
    case = opened(kind)
    assert not case.family.check(case.plans[0]) and not case.family.check(case.plans[1])
    flown = fly(case.model, case.plans, case.given)
    assert flown.rows == (4,) * STEPS
    for ours, theirs in zip(flown.x, case.theirs, strict=True):
        assert gap(ours, theirs) < PARITY


@pytest.mark.parametrize("kind", KINDS)
def test_no_entry_can_be_dropped(kind: str, opened: Callable[[str], Opened]) -> None:
    case = opened(kind)
    added = [name for name in names(case) if name.count(".") == 3]
    assert len(added) == len(case.plans[0].stages[0].adapters) + added_pictures(kind)
    for name in added:
        assert min(case.moved(tamper=zeroed(name))) > MOVED, name


@pytest.mark.parametrize("kind", KINDS)
def test_adapters_act_where_there_is_no_prompt_too(kind: str, opened: Callable[[str], Opened]) -> None:
    case = opened(kind)
    leg = board(Commission(case.plans[0], case.model, case.given), 0).leg
    assert leg is not None
    amounts = [name for name in names(case) if name.endswith(".amount")]

    def idle(ask: Ask) -> Ask:
        if ask.condition != leg.panes[0].conditions[NULL]:
            return ask
        return replace(ask, condition=ask.condition.replace(**dict.fromkeys(amounts, torch.zeros(3))))

    assert case.moved(tamper=idle)[0] > MOVED


def names(case: Opened) -> tuple[str, ...]:
    leg = board(Commission(case.plans[0], case.model, case.given), 0).leg
    assert leg is not None
    return entries(leg.panes[0].conditions.values())


def added_pictures(kind: str) -> int:
    return {"lora": 0, "control": 2, "plain": 1, "plus": 1, "all": 2}[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_gets_its_own_scale(kind: str, opened: Callable[[str], Opened]) -> None:
    case = opened(kind)
    one, two = (plan.stages[0].adapters for plan in case.plans)
    swapped = [dressed(plan, added) for plan, added in zip(case.plans, (two, one), strict=True)]
    assert min(case.moved(swapped)) > MOVED


# Traps: what each undoes must be seen


def without_alpha(path: Path, pairs: Any, network: Any, dtype: Any, place: Any = lora_module.place) -> Any:
    return place(path, {name: pair._replace(alpha=None) for name, pair in pairs.items()}, network, dtype)


def test_alpha_counts(opened: Callable[[str], Opened], monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened("lora")
    monkeypatch.setattr(lora_module, "place", without_alpha)
    assert min(case.moved(model=case.family.open("cpu", "float32"))) > MOVED


def test_loras_change_the_text_too(opened: Callable[[str], Opened], monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened("lora")
    monkeypatch.setattr(adapters_module.Adapters, "reading", lambda self, setting: nullcontext())
    assert min(case.moved()) > MOVED


def test_each_control_reads_its_own_hint(opened: Callable[[str], Opened]) -> None:
    case = opened("control")
    turned = tuple(plan.model_copy(update={"inputs": plan.inputs[::-1]}) for plan in case.plans)
    assert min(case.moved(turned)) > MOVED


def test_hints_are_between_nought_and_one(
    opened: Callable[[str], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened("control")
    monkeypatch.setattr(control_module.Control, "entry", lambda self, setting, item: setting.placed(item))
    assert min(case.moved()) > MOVED


@pytest.mark.parametrize("kind", ["plain", "plus"])
def test_no_picture_is_something_of_its_own(kind: str, opened: Callable[[str], Opened]) -> None:
    """The null role's tokens are neither zeros nor the picture's."""
    case = opened(kind)
    leg = board(Commission(case.plans[0], case.model, case.given), 0).leg
    assert leg is not None
    (name,) = (name for name in names(case) if name.endswith(".tokens"))
    null, said = leg.panes[0].conditions[NULL], leg.panes[0].conditions["part.0"]

    def blank(ask: Ask) -> Ask:
        same = ask.condition == null
        return replace(ask, condition=null.replace(**{name: torch.zeros_like(null[name])})) if same else ask

    def pictured(ask: Ask) -> Ask:
        return replace(ask, condition=null.replace(**{name: said[name]})) if ask.condition == null else ask

    for tamper in (blank, pictured):
        assert case.moved(tamper=tamper)[0] > MOVED


def test_plus_looks_at_the_layer_before_the_last(
    opened: Callable[[str], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened("plus")

    def last(self: Any, values: Tensor) -> Tensor:
        return self.encoder(values, output_hidden_states=True).hidden_states[-1]

    monkeypatch.setattr(image_module.Sight, "_seen", last)
    assert min(case.moved(model=case.family.open("cpu", "float32"))) > MOVED


@pytest.mark.parametrize("kind", ["control", "plus"])
def test_intervals_and_several_pictures_count(kind: str, opened: Callable[[str], Opened]) -> None:
    case = opened(kind)
    if kind == "plus":
        changed = [plan.model_copy(update={"inputs": plan.inputs[:1]}) for plan in case.plans]
    else:
        changed = [
            dressed(
                plan, tuple(a.model_copy(update={"interval": (0.0, 1.0)}) for a in plan.stages[0].adapters)
            )
            for plan in case.plans
        ]
    assert min(case.moved(changed)) > MOVED
