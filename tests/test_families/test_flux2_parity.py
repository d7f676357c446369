"""FLUX.2 against diffusers' pipelines over the same tiny folders, from the same noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor

from sfumato.engine import Ask, Line, NoisePath
from sfumato.models.flux2 import model as model_module
from sfumato.models.flux2 import pictures as pictures_module
from sfumato.models.flux2 import texts as texts_module
from sfumato.models.flux2.model import places, text_places
from sfumato.plan import Input, Plan
from tinies import flux2 as tiny
from tinies.adapted import picture
from tinies.beside import CATS, STEPS, Beside, open_beside, planned, staged
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

PIPELINES = {"dev": "Flux2Pipeline", "klein": "Flux2KleinPipeline", "klein-base": "Flux2KleinPipeline"}
GUIDANCE = {"dev": 4.0, "klein": 1.0, "klein-base": 4.0}
ROWS = {"dev": 2, "klein": 2, "klein-base": 4}
SIZES = ((64, 88), (96, 72))
"""Heights and widths of two references, whole tokens."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    def open_kind(kind: str) -> Beside:
        paths = tiny.VARIANTS[kind](tmp_path_factory.mktemp(kind))
        # What the index of dev names needs torchvision; the words are those of the same file.
        without = {"tokenizer": None} if kind == "dev" else {}
        both = open_beside(paths, getattr(diffusers, PIPELINES[kind]), tiny.painted, **without)
        if kind == "dev":
            both.pipe.tokenizer = tiny.asking()
        return both

    return cache(open_kind)


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Beside]) -> Callable[[str, int], Tensor]:
    return cache(lambda kind, number: opened(kind).theirs(number))


@pytest.mark.parametrize("kind", PIPELINES)
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    both = opened(kind)
    assert [both.family.check(plan) for plan in both.plans] == [(), ()]
    flown = fly(both.model, both.plans)
    assert flown.rows == (ROWS[kind],) * STEPS and both.plans[0].stages[0].guidance == GUIDANCE[kind]
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY
        assert gap(x, theirs(kind, 1 - number)) > MOVED


@pytest.mark.parametrize("steps", [7, 20])
def test_other_numbers_of_steps(opened, theirs, steps: int) -> None:
    """The shift depends on them."""
    both = opened("klein")
    assert both.apart(both.paint(both.pipe, staged(both.plans[0], steps=steps)), steps=steps) < PARITY
    assert both.apart(theirs("klein", 0), steps=steps) > MOVED


def test_guidance_pulls_base_and_is_told_to_dev(opened, theirs) -> None:
    for kind in ("dev", "klein-base"):
        both = opened(kind)
        theirs_at_2 = both.paint(both.pipe, staged(both.plans[0], guidance=2.0))
        assert both.apart(theirs_at_2, guidance=2.0) < PARITY
        assert both.apart(theirs(kind, 0), guidance=2.0) > MOVED
    assert opened("dev").apart(theirs("dev", 0), zeroed("guidance")) > MOVED


def test_decoded_pictures_are_equal(opened) -> None:
    both = opened("klein")
    theirs, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), theirs) < PARITY
    for wrong in (replace(space, mean=0.0), replace(space, deviation=1.0)):
        assert gap((wrong.decode(x) / 2 + 0.5).clamp(0, 1), theirs) > MOVED


# References


def referring(plan: Plan, numbers: tuple[int, ...] = (0, 1)) -> Plan:
    inputs = tuple(Input(role="reference", hash=hash_of(number)) for number in numbers)
    return plan.model_copy(update={"inputs": inputs})


def hash_of(number: int) -> str:
    return f"{number}{number}" * 32


def drawn(number: int, height: int, width: int) -> Tensor:
    """(3, H, W) whose values are those of bytes."""
    return torch.nn.functional.interpolate(picture(number)[None], (height, width))[0]


GIVEN = {hash_of(number): drawn(3 + number, *size) for number, size in enumerate(SIZES)}
"""By hash."""


@pytest.fixture(scope="module")
def seen(opened: Callable[[str], Beside]) -> Callable[[str], Tensor]:
    """Theirs of the first plan with two references."""

    def paint(kind: str) -> Tensor:
        both = opened(kind)
        return both.paint(both.pipe, referring(both.plans[0]), GIVEN)

    return cache(paint)


def apart(both: Beside, theirs: Tensor, tamper: Tamper | None = None, plan: Plan | None = None) -> float:
    x = fly(both.model, [plan or referring(both.plans[0])], GIVEN, tamper).x[0]
    return gap(x, theirs)


@pytest.mark.parametrize("kind", PIPELINES)
def test_two_references_of_their_own_shapes(opened, theirs, seen, kind: str) -> None:
    both = opened(kind)
    plans = [referring(plan) for plan in both.plans]
    assert both.family.check(plans[0]) == ()
    flown = fly(both.model, plans, GIVEN)
    assert flown.rows == (ROWS[kind],) * STEPS
    assert gap(flown.x[0], seen(kind)) < PARITY
    assert gap(flown.x[1], seen(kind)) > MOVED
    assert gap(seen(kind), theirs(kind, 0)) > MOVED


def test_one_reference_is_another_picture(opened, seen) -> None:
    both = opened("klein")
    one = referring(both.plans[0], (1,))
    assert apart(both, both.paint(both.pipe, one, GIVEN), plan=one) < PARITY
    assert apart(both, seen("klein"), plan=one) > MOVED


def test_the_order_of_references_counts(opened, seen) -> None:
    both = opened("klein")
    turned = referring(both.plans[0], (1, 0))
    assert apart(both, both.paint(both.pipe, turned, GIVEN), plan=turned) < PARITY
    assert apart(both, seen("klein"), plan=turned) > MOVED


@pytest.mark.parametrize("entry", ["reference.1", "reference.2", "text"])
def test_every_entry_reaches_the_picture(opened, seen, entry: str) -> None:
    assert apart(opened("klein"), seen("klein"), zeroed(entry)) > MOVED


def test_a_reference_that_is_no_whole_tokens_loses_its_rim(opened) -> None:
    rough = torch.randint(0, 256, (3, 9, 12), generator=torch.Generator().manual_seed(1)) / 127.5 - 1
    both, given = opened("klein"), {hash_of(0): torch.nn.functional.interpolate(rough[None], (71, 95))[0]}
    plan = referring(both.plans[0], (0,))
    theirs = both.paint(both.pipe, plan, given)
    assert gap(fly(both.model, [plan], given).x[0], theirs) < PARITY
    squeezed = {hash_of(0): torch.nn.functional.interpolate(given[hash_of(0)][None], (64, 88))[0]}
    assert gap(fly(both.model, [plan], squeezed).x[0], theirs) > MOVED


# Traps: what each is in place of the right function or number, by its name


def turned(height: int, width: int, picture: int = 0) -> Tensor:
    return places(height, width, picture)[:, [0, 2, 1, 3]]


def nowhere(length: int) -> Tensor:
    """As FLUX.1 places its words."""
    return torch.zeros(length, 4)


def on_the_first_axis(length: int) -> Tensor:
    return text_places(length).roll(1, 1)


TRAPS = {
    "rows and columns exchanged": (model_module, "places", turned),
    "references next to the picture": (model_module, "APART", 1),
    "references in the place of the picture": (model_module, "APART", 0),
    "words have no places": (model_module, "text_places", nowhere),
    "words on the axis of pictures": (model_module, "text_places", on_the_first_axis),
    "the last layers": (texts_module, "depths", lambda layers: (layers - 2, layers - 1, layers)),
    "a megapixel is less": (pictures_module, "LARGEST", 64 * 64),
    "one line for all steps": (model_module, "FEW", model_module.MANY),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_seen(tmp_path: Path, seen, monkeypatch: pytest.MonkeyPatch, opened, trap: str) -> None:
    module, name, wrong = TRAPS[trap]
    monkeypatch.setattr(module, name, wrong)
    assert apart(opened("klein"), seen("klein")) > MOVED


PATHS = {
    "no shift": NoisePath("flow", "flow", clock=1.0),
    "the line of FLUX.1": NoisePath("flow", "flow", clock=1.0, line=Line(patch=1)),
    "a clock to 1000": model_module.Fitted("flow", "flow"),
}


@pytest.mark.parametrize("fault", PATHS)
def test_a_wrong_path_is_seen(opened, theirs, fault: str) -> None:
    assert opened("klein").with_stage(path=PATHS[fault]).apart(theirs("klein", 0)) > MOVED


def test_a_wrong_space_is_seen(opened, seen) -> None:
    both = opened("klein")
    for changes in ({"mean": 0.0}, {"deviation": 1.0}):
        wrong = both.with_stage(space=replace(both.model.stage.space, **changes))
        assert apart(wrong, seen("klein")) > MOVED


def without_filling(ask: Ask) -> Ask:
    """Words beside the filling alone, as a mask would hide it; dev's is on the left."""
    kept = torch.arange(tiny.LENGTH) >= tiny.LENGTH - 49
    return replace(ask, condition=ask.condition.replace(text=ask.condition["text"] * kept[:, None]))


def test_filling_is_not_hidden(opened, theirs) -> None:
    assert opened("dev").apart(theirs("dev", 0), without_filling) > MOVED


def test_what_dev_is_told_counts(opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts_module, "ASKED", "")
    assert opened("dev").apart(theirs("dev", 0)) > MOVED


def test_the_mark_of_a_picture_is_left_out(opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("dev")
    part = both.plans[0].parts[0].model_copy(update={"content": "a red fox[IMG][IMG][IMG] in the snow"})
    plan = both.plans[0].model_copy(update={"parts": (part,)})
    assert gap(fly(both.model, [plan]).x[0], theirs("dev", 0)) < PARITY
    monkeypatch.setattr(texts_module, "PICTURE", "[OTHER]")
    assert gap(fly(both.model, [plan]).x[0], theirs("dev", 0)) > MOVED


# LoRA


def test_a_lora_is_as_diffusers_loads_it(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    paths = tiny.adapted(tmp_path)
    both = open_beside(paths, diffusers.Flux2KleinPipeline, tiny.painted)
    both.pipe.load_lora_weights(tiny.peft(tiny.lora()), adapter_name="lora")
    (adapter,) = both.plans[0].stages[0].adapters
    scales = (0.8, -0.5)
    plans = [
        planned(both.family, text, 7 + number, adapters=(adapter.model_copy(update={"scale": scale}),))
        for number, (text, scale) in enumerate(zip((CATS, CATS), scales, strict=True))
    ]
    flown = fly(both.model, plans)
    assert flown.rows == (2,) * STEPS
    right = [of_scale(both, plan, scale) for plan, scale in zip(plans, scales, strict=True)]
    for number, x in enumerate(flown.x):
        assert gap(x, right[number]) < PARITY
        assert gap(x, of_scale(both, plans[number], 0.0)) > MOVED


def of_scale(both: Beside, plan: Plan, scale: float) -> Any:
    both.pipe.set_adapters(["lora"], [scale])
    return both.paint(both.pipe, plan)
