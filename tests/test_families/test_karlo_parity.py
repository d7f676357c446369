"""Karlo against diffusers' pipelines with equal networks and noise: words, variations, what is on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import NULL, Ask, ClassifierFree, State
from sfumato.models._parts.limits import Limits
from sfumato.models._parts.unclip.prior import PriorNetworks
from sfumato.models.karlo import decoder, enlarger
from sfumato.models.karlo.enlarger import ends
from tinies import karlo as tiny
from tinies.flights import MOVED, PARITY, fly, gap, zeroed
from tinies.kandinsky_oracle import named
from tinies.karlo_oracle import FOX, SEA, STEPS, Made, Pair, opened, painted, varied

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

Fault = Callable[[pytest.MonkeyPatch, Any], Any]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tmp_path_factory.mktemp("karlo"))


@pytest.fixture(scope="module")
def theirs(pair: Pair) -> Made:
    """Of the plain plan."""
    return painted(pair, pair.plan())


def _faulted(pair: Pair, fault: Fault) -> State:
    with pytest.MonkeyPatch.context() as patch:
        return fly(fault(patch, pair.model), [pair.plan()]).states[0]


# Faults


def on(stage: str, **changes: Any) -> Fault:
    return lambda patch, model: replace(model, **{stage: replace(getattr(model, stage), **changes)})


def patched(owner: Any, name: str, value: Any) -> Fault:
    def fault(patch: pytest.MonkeyPatch, model: Any) -> Any:
        patch.setattr(owner, name, value)
        return model

    return fault


def read_otherwise(stage: str, predicts: str) -> Fault:
    def fault(patch: pytest.MonkeyPatch, model: Any) -> Any:
        path = replace(getattr(model, stage).path, predicts=predicts)
        return on(stage, path=path)(patch, model)

    return fault


def other_table(stage: str) -> Fault:
    def fault(patch: pytest.MonkeyPatch, model: Any) -> Any:
        path = replace(getattr(model, stage).path, table="linear", beta=(0.0001, 0.02))
        return on(stage, path=path)(patch, model)

    return fault


def variance_of_null(patch: pytest.MonkeyPatch, model: Any) -> Any:
    join = ClassifierFree.join

    def other(self: ClassifierFree, answers: Any, *rest: Any) -> Any:
        both = NULL in answers
        return (
            replace(join(self, answers, *rest), variance=answers[NULL].variance)
            if both
            else join(self, answers, *rest)
        )

    patch.setattr(ClassifierFree, "join", other)
    return model


def tokens_behind(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """The mask as if a picture's tokens came after the text's."""
    inner = torch.nn.functional.pad
    patch.setattr(
        decoder.torch.nn.functional, "pad", lambda mask, wide, value: inner(mask, wide[::-1], value=value)
    )
    return model


def zeros_for_no_picture(patch: pytest.MonkeyPatch, model: Any) -> Any:
    painted = replace(model.decoder.embeddings, nothing=lambda: torch.zeros(tiny.WIDTH))
    return on("decoder", embeddings=painted)(patch, model)


def bilinear(low: Tensor, shape: tuple[int, ...]) -> Tensor:
    return torch.nn.functional.interpolate(low[None], shape[-2:], mode="bilinear", align_corners=False)[0]


def nothing_seen(low: Tensor, shape: tuple[int, ...]) -> Tensor:
    return torch.zeros(shape)


DECODER_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "prior's normaliser left out": patched(PriorNetworks, "from_x", lambda self, x: x),
        "prior's answer read as noise": read_otherwise("prior", "eps"),
        "prior's table linear": other_table("prior"),
        "prior not limited": on("prior", limits=Limits()),
        "decoder's table linear": other_table("decoder"),
        "decoder not limited": on("decoder", limits=Limits()),
        "decoder's answer read as v": read_otherwise("decoder", "v"),
        "variance ignored": on("decoder", learned=False),
        "variance of the null": variance_of_null,
        "zeros for no picture": zeros_for_no_picture,
        "no words": patched(decoder, "heard", lambda plan: ("",)),
        "mask the other way": tokens_behind,
    }
)
ENLARGER_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "enlarged bilinearly": patched(enlarger, "enlarged", bilinear),
        "small picture not seen": patched(enlarger, "enlarged", nothing_seen),
        "one network for all steps": patched(enlarger, "ends", lambda ask: False),
        "the last network for all steps": patched(enlarger, "ends", lambda ask: True),
        "enlarger's table linear": other_table("enlarger"),
        "enlarger not limited": on("enlarger", limits=Limits()),
    }
)


# Words to picture


def test_two_prompts_together(pair: Pair) -> None:
    plans = [pair.plan(FOX), pair.plan(SEA)]
    flown = fly(pair.model, plans)
    assert flown.rows == (4,) * (2 * STEPS) + (2,) * STEPS, "roles and plans share every pass"
    for plan, state in zip(plans, flown.states, strict=True):
        made = painted(pair, plan)
        assert made.large.shape == (3, plan.height, plan.width) and plan.height != plan.width
        own = pair.model.prior.networks.from_x(state.results["prior"])[0]
        assert gap(own, made.embedding) < PARITY
        assert gap(state.results["decoder"], made.small) < PARITY
        assert gap(state.x, made.large) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


@pytest.mark.parametrize("name", DECODER_FAULTS)
def test_a_fault_shows(pair: Pair, theirs: Made, name: str) -> None:
    assert gap(_faulted(pair, DECODER_FAULTS[name]).results["decoder"], theirs.small) > MOVED


@pytest.mark.parametrize("name", ENLARGER_FAULTS)
def test_a_fault_of_the_enlarger_shows(pair: Pair, theirs: Made, name: str) -> None:
    state = _faulted(pair, ENLARGER_FAULTS[name])
    assert gap(state.results["decoder"], theirs.small) < PARITY
    assert gap(state.x, theirs.large) > MOVED


@pytest.mark.parametrize("net", ["prior", "decoder", "super"])
@pytest.mark.parametrize("entry", ["states", "pooled", "mask", "embedding", "low"])
def test_every_entry_is_looked_at(pair: Pair, theirs: Made, net: str, entry: str) -> None:
    looked = {"prior": "states pooled mask", "decoder": "states pooled mask embedding", "super": "low"}
    touched: list[str] = []

    def blank(ask: Ask) -> Ask:
        if ask.net != net or entry not in ask.condition:
            return ask
        touched.append(entry)
        return zeroed(entry)(ask)

    moved = gap(pair.ours(pair.plan(), tamper=blank), theirs.large) > MOVED
    assert moved == bool(touched) == (entry in looked[net].split())


@pytest.mark.parametrize(
    ("stage", "knobs"),
    [
        (0, {"guidance": 1.0}),
        (1, {"guidance": 1.0}),
        (0, {"schedule": "leading"}),
        (1, {"schedule": "trailing"}),
        (2, {"schedule": "leading"}),
        (0, {"sampler": "ddim"}),
        (1, {"sampler": "ddim"}),
        (2, {"sampler": "ddim"}),
    ],
)
def test_every_knob_matters(pair: Pair, theirs: Made, stage: int, knobs: dict[str, Any]) -> None:
    plan = pair.plan()
    stages = list(plan.stages)
    stages[stage] = stages[stage].model_copy(update=knobs)
    changed = plan.model_copy(update={"stages": tuple(stages)})
    assert gap(pair.ours(changed), theirs.large) > MOVED


def test_guidance_is_as_released(pair: Pair) -> None:
    """Of each stage its own: other numbers in both agree too."""
    plan = pair.plan()
    first, second, third = plan.stages
    stages = (
        first.model_copy(update={"guidance": 2.5}),
        second.model_copy(update={"guidance": 3.5}),
        third.model_copy(update={"guidance": 5.0}),
    )
    changed = plan.model_copy(update={"stages": stages})
    wanted = painted(pair, plan, prior_guidance_scale=2.5, decoder_guidance_scale=3.5).large
    assert gap(pair.ours(changed), wanted) < PARITY
    assert gap(pair.ours(plan), wanted) > MOVED


def test_the_last_step_has_a_network_of_its_own(pair: Pair) -> None:
    """Rows of a last step and of another share no pass, and a run that stops early never asks it."""
    asks: list[Ask] = []

    def note(ask: Ask) -> Ask:
        asks.append(ask)
        return ask

    pair.ours(pair.plan(), tamper=note)
    own = [ask for ask in asks if ask.net == "super"]
    assert [ends(ask) for ask in own] == [False] * (STEPS - 1) + [True]
    assert len({pair.model.key(ask) for ask in own}) == 2
    assert len({pair.model.key(ask) for ask in own[:-1]}) == 1


# Variations


def test_two_variations_together(pair: Pair) -> None:
    plans = [pair.plan(text, named("reference"), parts=()) for text in (FOX, SEA)]
    flown = fly(pair.model, plans, pair.given)
    assert flown.rows[STEPS:] == (4,) * STEPS + (2,) * STEPS
    for plan, state in zip(plans, flown.states, strict=True):
        made = varied(pair, plan)
        assert gap(state.results["decoder"], made.small) < PARITY
        assert gap(state.x, made.large) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED, "another seed"


def test_what_is_varied_matters(pair: Pair) -> None:
    plan = pair.plan(FOX, named("reference"), parts=())
    wanted = varied(pair, plan)
    other = replace(pair, given={**pair.given, named("reference").hash: pair.image("start") / 2 - 0.5})
    assert gap(other.ours(plan), wanted.large) > MOVED
    worded = plan.model_copy(update={"parts": pair.plan().parts})
    assert gap(pair.ours(worded), wanted.large) > MOVED


def test_the_released_pictures_alone_give_the_same(pair: Pair, tmp_path: Any) -> None:
    from sfumato.models.family import recognise

    alone = recognise(tiny.varier(tmp_path))
    assert [stage.name for stage in alone.defaults().stages] == ["decoder", "super"]
    both = pair.plan(FOX, named("reference"), parts=())
    plan = both.model_copy(update={"stages": both.stages[1:]})
    assert alone.check(plan) == ()
    model = alone.open("cpu", "float32")
    assert torch.equal(fly(model, [plan], pair.given).x[0], pair.ours(both))
    model.close()
