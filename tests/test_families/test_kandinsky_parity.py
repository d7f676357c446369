"""Kandinsky 2.2 against diffusers' pipelines with the same files and noise: words, negatives, fusion."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import NULL, Ask, ClassifierFree, Setting, Source, part
from sfumato.engine.leg import ladder_of
from sfumato.models._parts.limits import Limits
from sfumato.models._parts.unclip.clip import Sight
from sfumato.models._parts.unclip.prior import PriorNetworks
from sfumato.models._parts.unclip.rows import Row
from sfumato.plan import Plan, Seed
from tinies import kandinsky as tiny
from tinies.flights import MOVED, PARITY, fly, gap, zeroed
from tinies.kandinsky_oracle import (
    DECODER,
    FOX,
    NEGATIVE,
    PRIOR,
    SEA,
    Fault,
    Pair,
    broken,
    embeddings,
    fused,
    named,
    on_decoder,
    on_prior,
    opened,
    painted,
    patched,
    theirs,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tiny.base, tmp_path_factory.mktemp("base"))


# Faults


def prior_predicts_noise(patch: pytest.MonkeyPatch, model: Any) -> Any:
    path = replace(model.prior.path, predicts="eps")
    return replace(model, prior=replace(model.prior, path=path))


def linear_table(patch: pytest.MonkeyPatch, model: Any) -> Any:
    path = replace(model.prior.path, table="linear", beta=(0.00085, 0.012))
    return replace(model, prior=replace(model.prior, path=path))


def variance_of_null(patch: pytest.MonkeyPatch, model: Any) -> Any:
    join = ClassifierFree.join

    def other(self: ClassifierFree, answers: Any, *rest: Any) -> Any:
        return replace(join(self, answers, *rest), variance=answers[NULL].variance)

    patch.setattr(ClassifierFree, "join", other)
    return model


def pooled_of_the_penultimate(patch: pytest.MonkeyPatch, model: Any) -> Any:
    networks = model.prior.networks
    encoder = deepcopy(networks.words.encoder)
    encoder.text_model.final_layer_norm.weight.mul_(2)
    words = replace(networks.words, encoder=encoder)
    return replace(model, prior=replace(model.prior, networks=replace(networks, words=words)))


def mask_ignored(ask: Ask) -> Ask:
    if "mask" not in ask.condition:
        return ask
    ones = torch.ones_like(ask.condition["mask"])
    return replace(ask, condition=ask.condition.replace(mask=ones))


# Words to picture


def test_two_prompts_together(base: Pair) -> None:
    plans = [base.plan(FOX), base.plan(SEA)]
    flown = fly(base.model, plans)
    assert set(flown.rows) == {4}, "both roles of both plans share every pass"
    for plan, state in zip(plans, flown.states, strict=True):
        embeds = embeddings(base, plan)
        own = base.model.prior.networks.from_x(state.results[PRIOR])
        assert gap(own, embeds[0]) < PARITY
        assert gap(state.x, painted(base, plan, embeds)) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


@pytest.mark.parametrize("entry", ["states", "pooled", "mask", "embedding"])
def test_every_entry_is_looked_at(base: Pair, entry: str) -> None:
    plan = base.plan()
    assert gap(broken(base, plan, zeroed(entry), tamper=True), theirs(base, plan)) > MOVED


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "prior's normaliser left out": patched(PriorNetworks, "from_x", lambda self, x: x),
        "prior's answer read as noise": prior_predicts_noise,
        "prior's table is the decoder's": linear_table,
        "prior not limited": on_prior(limits=Limits()),
        "text's last norm differs": pooled_of_the_penultimate,
        "zeros for no picture": patched(Sight, "nothing", property(lambda self: torch.zeros(tiny.WIDTH))),
        "a black picture for no picture": patched(
            Sight, "nothing", property(lambda self: self.see(-torch.ones(3, 16, 16)))
        ),
        "variance ignored": on_decoder(learned=False),
        "variance of the null": variance_of_null,
        "decoder not limited": on_decoder(limits=Limits()),
        "decoder clamped instead": on_decoder(limits=Limits(2.0)),
    }
)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shows(base: Pair, name: str) -> None:
    plan = base.plan()
    assert gap(broken(base, plan, FAULTS[name]), theirs(base, plan)) > MOVED


def test_padding_is_masked(base: Pair) -> None:
    plan = base.plan()
    assert gap(broken(base, plan, mask_ignored, tamper=True), theirs(base, plan)) > MOVED


@pytest.mark.parametrize(
    ("stage", "knobs"),
    [
        (0, {"guidance": 1.0}),
        (1, {"guidance": 1.0}),
        (0, {"schedule": "linspace"}),
        (0, {"schedule": "leading"}),
        (1, {"schedule": "trailing"}),
        (0, {"sampler": "ddim"}),
        (1, {"sampler": "ddim"}),
    ],
)
def test_every_knob_matters(base: Pair, stage: int, knobs: dict[str, Any]) -> None:
    plan = base.plan()
    stages = list(plan.stages)
    stages[stage] = stages[stage].model_copy(update=knobs)
    changed = plan.model_copy(update={"stages": tuple(stages)})
    assert gap(base.ours(changed), theirs(base, plan)) > MOVED


def test_decoder_reads_no_text(base: Pair) -> None:
    """Only through the embedding do words reach the picture."""
    left = fly(base.model, [base.plan()]).states[0].results
    wanted = []
    for text in (FOX, SEA.replace("--seed 8", "--seed 7")):
        setting = _setting(base, base.plan(text), left)
        wanted.append(base.model.decoder.conditions(setting))
    assert wanted[0] == wanted[1]
    assert set(wanted[0][part(0)].entries) == {"embedding"}


def _setting(pair: Pair, plan: Plan, results: Mapping[str, Tensor]) -> Any:

    stage = pair.model.decoder
    ladder = ladder_of(stage, plan, plan.stages[-1])
    return Setting(plan, plan.stages[-1], ladder, results, Source(7, 0, DECODER), pair.given)


def test_pictures_are_decoded_alike(base: Pair) -> None:
    plan = base.plan()
    ours = base.model.decoder.decode(base.ours(plan))
    pixels = theirs(base, plan, output_type="pt")
    assert gap(ours, pixels) < PARITY
    vq, x = base.model.decoder.space.vq, base.ours(plan)[None]
    with torch.no_grad():
        rounded = vq.decode(x).sample[0]
        scaled = vq.decode(x / vq.config.scaling_factor, force_not_quantize=True).sample[0]
        blind = vq.decoder(vq.post_quant_conv(x), torch.zeros_like(x))[0]
    for other in (rounded, scaled, blind):
        assert gap(other, pixels) > MOVED


# Negative prompt


def test_negative_prompt(base: Pair) -> None:
    plans = [base.plan(text, negative=NEGATIVE) for text in (FOX, SEA)]
    flown = fly(base.model, plans)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, theirs(base, plan)) < PARITY


@pytest.mark.parametrize("fault", ["ignored", "the other's", "guided from no words"])
def test_negative_prompt_matters(base: Pair, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = base.plan(negative=NEGATIVE)
    wrong = plan
    if fault == "guided from no words":
        row = Row((NEGATIVE,), "")
        monkeypatch.setattr("sfumato.models._parts.unclip.prior.unwanted", lambda plan: (row,))
    else:
        wrong = base.plan(negative="" if fault == "ignored" else "two cats")
    assert gap(base.ours(wrong), theirs(base, plan)) > MOVED


# Fusion


BLENDS: Mapping[str, tuple[str, str, list[tuple[str | None, float]]]] = MappingProxyType(
    {
        "texts and a picture": (
            "blend",
            "a red fox::3 the sea at night::1 --ar 3:2 --seed 7",
            [("a red fox", 0.6), ("the sea at night", 0.2), (None, 0.2)],
        ),
        "a text with a picture": ("imagine", FOX, [("a red fox in the snow", 0.5), (None, 0.5)]),
        "a picture alone": ("blend", FOX, [(None, 1.0)]),
    }
)


@pytest.mark.parametrize(
    ("name", "negative"),
    [
        *((name, "") for name in BLENDS),
        *((name, NEGATIVE) for name, told in BLENDS.items() if told[0] == "blend"),
    ],
)
def test_fusion(base: Pair, name: str, negative: str) -> None:
    operation, text, items = BLENDS[name]
    plan = base.plan(text, named("reference"), operation=operation, negative=negative)
    if name == "a picture alone":
        plan = plan.model_copy(update={"parts": ()})
    wanted = painted(base, plan, fused(base, plan, items))
    assert gap(base.ours(plan), wanted) < PARITY
    without = {"inputs": (), "operation": "imagine"}
    heavier = {"inputs": (named("reference", 2.5), *plan.inputs[1:])}
    for wrong in (without, {"seeds": (Seed(number=9),)}, *([heavier] if len(items) > 1 else [])):
        assert gap(base.ours(plan.model_copy(update=wrong)), wanted) > MOVED
    if negative:
        assert gap(base.ours(plan.model_copy(update={"negative": ""})), wanted) > MOVED


def test_two_blends_together(base: Pair) -> None:
    """Rows of embeddings, one for each text, share passes as rows of pictures do."""
    _, text, items = BLENDS["texts and a picture"]
    turned = [(items[1][0], 0.6), (items[0][0], 0.2), items[2]]
    plans = [
        base.plan(told, named("reference"), operation="blend")
        for told in (text, "the sea at night::3 a red fox::1 --ar 3:2 --seed 8")
    ]
    flown = fly(base.model, plans, base.given)
    assert set(flown.rows) == {4}
    for plan, x, told in zip(plans, flown.x, (items, turned), strict=True):
        assert gap(x, painted(base, plan, fused(base, plan, told))) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


def test_only_proportions_of_weights_count(base: Pair) -> None:
    texts = ("a red fox::2 the sea::1 --ar 3:2 --seed 7", "a red fox::4 the sea::2 --ar 3:2 --seed 7")
    small, large = (
        base.plan(text, named("reference", weight), operation="blend")
        for text, weight in zip(texts, (0.5, 1.0), strict=True)
    )
    assert torch.equal(base.ours(small), base.ours(large))
    other = large.model_copy(update={"inputs": (named("reference", 3.0),)})
    assert gap(base.ours(other), base.ours(large)) > MOVED
