"""What a plan may say of SDXL's adapters, and what is refused or noted before it is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch

from sfumato.language import read
from sfumato.models.family import recognise
from sfumato.plan import Adapter, Input, draft
from tinies import sdxl
from tinies.adapted import STEPS, TEXTS, Opened, build, dressed, hashed, kohya, planned
from tinies.flights import PARITY, fly, gap

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


def test_weights_of_pictures_scale_their_adapter(opened: Callable[[str], Opened]) -> None:
    """A hint's own weight, and the mean of the references' weights."""
    for kind, weights, mean in (("control", (0.5, 2.0), None), ("plus", (1.0, 2.0), 1.5)):
        case = opened(kind)
        plan = case.plans[0]
        inputs = tuple(
            item.model_copy(update={"weight": w}) for item, w in zip(plan.inputs, weights, strict=True)
        )
        factors = weights if mean is None else (mean,)
        adapters = tuple(
            adapter.model_copy(update={"scale": adapter.scale / factor})
            for adapter, factor in zip(plan.stages[0].adapters, factors, strict=True)
        )
        same = dressed(plan, adapters).model_copy(update={"inputs": inputs})
        assert gap(fly(case.model, [same], case.given).x[0], case.theirs[0]) < PARITY


@pytest.mark.parametrize("kind", ["control", "plain"])
def test_an_adapter_without_its_picture_has_no_effect_and_says_so(
    kind: str, opened: Callable[[str], Opened]
) -> None:
    case = opened(kind)
    blind = case.plans[0].model_copy(update={"inputs": ()})
    bare = dressed(blind, ())
    assert not case.family.check(blind)
    assert any("no effect" in note for note in case.family.notes(blind))
    assert not case.family.notes(case.plans[0]) and not case.family.notes(bare)
    flown = fly(case.model, [blind, bare])
    assert flown.rows == (4,) * STEPS, "it shares passes with a picture that has no adapter"
    assert torch.equal(*flown.x)


@pytest.mark.parametrize(
    ("kind", "roles", "match"),
    [
        (
            "control",
            ("hint",) * 3,
            "3 pictures are given as hint, but each of the plan's ControlNets reads one, and it uses 2",
        ),
        ("lora", ("hint",), "hint"),
        ("lora", ("reference",), "reference"),
    ],
)
def test_pictures_that_no_adapter_reads_are_refused(
    kind: str, roles: tuple[str, ...], match: str, opened: Callable[[str], Opened]
) -> None:
    case = opened(kind)
    inputs = tuple(Input(role=role, hash=hashed(0, 0)) for role in roles)
    (sentence, *_) = case.family.check(case.plans[0].model_copy(update={"inputs": inputs}))
    assert match in sentence and sentence.endswith(".")


def test_a_picture_for_an_adapter_that_the_plan_leaves_out_is_refused(
    opened: Callable[[str], Opened],
) -> None:
    case = opened("plain")
    sentences = case.family.check(dressed(case.plans[0], ()))
    assert any("uses no IP-Adapter" in sentence for sentence in sentences)


def test_a_refiner_takes_no_adapters(tmp_path: Path) -> None:
    paths = (*sdxl.both(tmp_path), kohya(tmp_path))
    family = recognise(paths)
    plan = planned(family, "lora", 0)
    stages = draft(read(TEXTS[0])[0], family.defaults()).stages
    base, refiner = (stage.model_copy(update={"width": 40, "height": 24}) for stage in stages)
    assert base.adapters and not refiner.adapters
    both = plan.model_copy(update={"stages": (base, refiner.model_copy(update={"adapters": base.adapters}))})
    assert any("refiner takes no adapters" in sentence for sentence in family.check(both))


def test_an_adapter_that_is_not_open_is_named(opened: Callable[[str], Opened]) -> None:
    case = opened("plain")
    stranger = dressed(case.plans[0], (Adapter(weights="f" * 64),))
    assert any("not here" in sentence for sentence in case.family.check(stranger))
    with pytest.raises(ValueError, match="is not open"):
        fly(case.model, [stranger], case.given)
