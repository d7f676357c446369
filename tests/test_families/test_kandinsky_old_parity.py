"""Kandinsky 2.1, whose decoder reads words too, against diffusers' pipelines with equal files and noise."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import Ask, as_mask
from sfumato.models._parts.unclip.clip import Sight
from sfumato.models._parts.unclip.prior import PriorNetworks
from sfumato.models.kandinsky import decoder, known
from sfumato.models.kandinsky.known import Known
from sfumato.models.kandinsky.words import Multilingual
from sfumato.plan import Plan
from tinies import kandinsky as tiny
from tinies.flights import MOVED, PARITY, fly, gap, zeroed
from tinies.kandinsky_oracle import (
    DECODER,
    FOX,
    NEGATIVE,
    SEA,
    STEPS,
    Fault,
    Pair,
    broken,
    embeddings,
    fused,
    named,
    on_decoder,
    opened,
    painted,
    patched,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks
CHINESE = "雪地里的一只红狐狸 --ar 3:2 --seed 9"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tiny.old, tmp_path_factory.mktemp("old"), release=tiny.OLD)


@pytest.fixture(scope="module")
def inpaint(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tiny.old_inpaint, tmp_path_factory.mktemp("inpaint"), "Inpaint", tiny.OLD)


@pytest.fixture(scope="module")
def wanted(old: Pair) -> Tensor:
    """Theirs of the plain plan."""
    return theirs(old, old.plan())


@pytest.fixture(scope="module")
def wanted_inside(inpaint: Pair) -> Tensor:
    """Theirs of the plain plan that paints into a picture."""
    return repainted(inpaint, repainting(inpaint))


def theirs(pair: Pair, plan: Plan, embeds: Any = None, **more: Any) -> Tensor:
    """The final latent of their decoder, which gives pictures alone: seen through its callback."""
    seen: list[Tensor] = []
    told = {"prompt": plan.parts[0].content, "negative_prompt": plan.negative, "output_type": "pt", **more}
    painted(pair, plan, embeds or embeddings(pair, plan), callback=lambda *step: seen.append(step[2]), **told)
    return seen[-1][0]


# Faults


def padding_hidden(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """As if the U-Net looked at no padding."""
    inner = Multilingual.read

    def read(self: Multilingual, text: str) -> dict[str, Tensor]:
        told = self.tokenizer(text, padding="max_length", max_length=77, truncation=True)
        said = inner(self, text)
        return {**said, "states": said["states"] * torch.tensor(told["attention_mask"])[:, None]}

    patch.setattr(Multilingual, "read", read)
    return model


def mean_of_padding(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """The pooled text as the mean of all places."""
    words = model.decoder.words

    def read(self: Multilingual, text: str) -> dict[str, Tensor]:
        told = self.tokenizer(text, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        pooled, _ = self.encoder(told.input_ids, torch.ones_like(told.attention_mask))
        _, states = self.encoder(told.input_ids, told.attention_mask)
        return {"states": states[0], "pooled": pooled[0]}

    with torch.no_grad():
        patch.setattr(Multilingual, "read", torch.no_grad()(read))
    return replace(model, decoder=replace(model.decoder, words=words))


def pooled_for_picture(ask: Ask) -> Ask:
    """The text's embedding in place of the picture's."""
    if "pooled" not in ask.condition or ask.net != DECODER:
        return ask
    return replace(ask, condition=ask.condition.replace(embedding=ask.condition["pooled"]))


def read_as_velocity(patch: pytest.MonkeyPatch, model: Any) -> Any:
    return on_decoder(path=replace(model.decoder.path, predicts="v"))(patch, model)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "prior's normaliser left out": patched(PriorNetworks, "from_x", lambda self, x: x),
        "zeros for no picture": patched(Sight, "nothing", property(lambda self: torch.zeros(tiny.WIDTH))),
        "padding hidden": padding_hidden,
        "padding in the mean": mean_of_padding,
        "no words": patched(decoder, "heard", lambda plan: ("",)),
        "variance taken from the network": lambda patch, model: replace(
            model,
            decoder=replace(model.decoder, learned=True, path=replace(model.decoder.path, predicts="v")),
        ),
    }
)


# Words to picture


def test_two_prompts_together(old: Pair) -> None:
    plans = [old.plan(FOX), old.plan(CHINESE)]
    assert plans[0].stages[1].sampler == "ddim" and plans[0].stages[1].schedule == "leading+1"
    flown = fly(old.model, plans)
    assert set(flown.rows) == {4}, "both roles of both plans share every pass"
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, theirs(old, plan)) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


@pytest.mark.parametrize("entry", ["states", "pooled", "mask", "embedding"])
def test_every_entry_is_looked_at(old: Pair, wanted: Tensor, entry: str) -> None:
    plan = old.plan()
    assert gap(broken(old, plan, zeroed(entry), tamper=True), wanted) > MOVED


@pytest.mark.parametrize("entry", ["states", "pooled"])
def test_the_decoder_reads_by_itself(old: Pair, wanted: Tensor, entry: str) -> None:
    """Apart from what the prior reads under the same names."""
    plan = old.plan()

    def blank(ask: Ask) -> Ask:
        return zeroed(entry)(ask) if ask.net == DECODER else ask

    assert gap(broken(old, plan, blank, tamper=True), wanted) > MOVED


def test_words_are_no_picture(old: Pair, wanted: Tensor) -> None:
    plan = old.plan()
    assert gap(broken(old, plan, pooled_for_picture, tamper=True), wanted) > MOVED


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shows(old: Pair, wanted: Tensor, name: str) -> None:
    plan = old.plan()
    assert gap(broken(old, plan, FAULTS[name]), wanted) > MOVED


def test_the_last_step_ends_in_noise(old: Pair, wanted: Tensor) -> None:
    """At the table's first entry, as released: 1.6e-3 of a picture's size from the clean one."""
    plan = old.plan()
    assert gap(old.ours(plan), wanted) < PARITY
    clean = broken(old, plan, on_decoder(ends_noisy=False))
    assert gap(clean, wanted) > 3 * PARITY
    other = plan.model_copy(
        update={"stages": (plan.stages[0], plan.stages[1].model_copy(update={"sampler": "euler"}))}
    )
    assert torch.equal(old.ours(other), clean), "by another name it ends at the picture"


@pytest.mark.parametrize("knobs", [{"guidance": 1.0}, {"schedule": "leading"}, {"sampler": "ddpm"}])
def test_every_knob_matters(old: Pair, wanted: Tensor, knobs: dict[str, Any]) -> None:
    plan = old.plan()
    first, second = plan.stages
    changed = plan.model_copy(update={"stages": (first, second.model_copy(update=knobs))})
    assert gap(old.ours(changed), wanted) > MOVED


def test_negative_prompt(old: Pair) -> None:
    """It replaces the empty text and the empty picture of the decoder, and the null of the prior."""
    plans = [old.plan(text, negative=NEGATIVE) for text in (FOX, SEA)]
    flown = fly(old.model, plans)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, theirs(old, plan)) < PARITY
    assert gap(flown.x[0], theirs(old, plans[0], negative_prompt="")) > MOVED
    assert gap(old.ours(old.plan(negative="two cats")), theirs(old, plans[0])) > MOVED


def test_what_is_blended_is_painted_without_words(old: Pair) -> None:
    told = [("a red fox", 0.75), ("the sea at night", 0.25)]
    text = "a red fox::3 the sea at night::1 --ar 3:2 --seed 7"
    plan = old.plan(text, operation="blend")
    wanted = theirs(old, plan, fused(old, plan, told), prompt="")
    assert gap(old.ours(plan), wanted) < PARITY
    assert gap(broken(old, plan, patched(decoder, "heard", lambda plan: ("a red fox",))), wanted) > MOVED
    assert gap(old.ours(plan.model_copy(update={"operation": "imagine"})), wanted) > MOVED


def test_parts_are_read_one_by_one(old: Pair) -> None:
    """Proportional weights give equal bits, and what each part says counts in the decoder."""
    plans = [old.plan(f"a red fox::{w} the sea::{w} --ar 3:2 --seed 7") for w in (1, 2)]
    flown = fly(old.model, plans)
    assert set(flown.rows) == {6} and torch.equal(*flown.x)
    deaf = broken(old, plans[0], patched(decoder, "heard", lambda plan: ("a red fox", "a red fox")))
    assert gap(deaf, flown.x[0]) > MOVED


# From a picture


def from_picture(pair: Pair, plan: Plan, strength: float) -> Tensor:
    """Their image-to-image pipeline, which noises the picture by a table that is not the U-Net's, to a level
    of none of its steps. Ours has the noise that the first step expects: so theirs is given that."""
    import diffusers

    pipeline = diffusers.KandinskyImg2ImgPipeline(**pair.decoder.components)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.image_processor.preprocess = lambda picture, *size: picture  # it takes width for height
    scheduler = pipeline.scheduler
    scheduler.set_timesteps(STEPS)
    first = scheduler.timesteps[round(STEPS * (1 - strength))]
    pipeline.add_noise = lambda clean, noise, times: scheduler.add_noise(clean, noise, first[None])
    image = pair.image("start")[None]
    return theirs(replace(pair, decoder=pipeline), plan, image=image, strength=strength)


def test_two_from_a_picture_together(old: Pair) -> None:
    plans = []
    for text in (FOX, SEA):
        plan = old.plan(text, named("start"))
        first, second = plan.stages
        plans.append(
            plan.model_copy(
                update={"stages": (first, second.model_copy(update={"start": 0.2, "guidance": 7.0}))}
            )
        )
    assert old.family.check(plans[0]) == ()
    flown = fly(old.model, plans, old.given)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, from_picture(old, plan, 0.8)) < PARITY
    assert gap(flown.x[0], from_picture(old, plans[0], 0.6)) > MOVED


# Inpainting


def repainting(pair: Pair, text: str = FOX) -> Plan:
    return pair.plan(text, named("start"), named("mask"))


def repainted(pair: Pair, plan: Plan) -> Tensor:
    picture, mask = pair.image("start")[None], as_mask(pair.image("mask"))[None]
    return theirs(pair, plan, image=picture, mask_image=mask)


def put_back(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """As 2.2's pipeline does."""
    patch.setattr(type(model.decoder), "puts_back", property(lambda self: True))
    return model


def other_polarity(patch: pytest.MonkeyPatch, model: Any) -> Any:
    patch.setattr(known, "as_mask", lambda picture: 1 - as_mask(picture))
    return model


def mask_before_picture(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """As if the U-Net were given its nine channels in this order."""
    unet = deepcopy(model.decoder.unet)
    weight = unet.conv_in.weight
    weight.copy_(torch.cat([weight[:, :4], weight[:, 5:], weight[:, 4:5]], dim=1))
    return replace(model, decoder=replace(model.decoder, unet=unet))


def picture_not_cut(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """The picture is shown whole, and not only where it is kept."""
    inner = decoder.known

    def whole(setting: Any, space: Any) -> Known:
        return Known(space.encode(setting.picture("start")), inner(setting, space).keep)

    patch.setattr(decoder, "known", whole)
    return model


INPAINT_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "put back": put_back,
        "white is kept": other_polarity,
        "mask not grown": patched(known, "STENCIL", ()),
        "mask before picture": mask_before_picture,
        "picture not cut": picture_not_cut,
    }
)


def test_two_masks_together(inpaint: Pair) -> None:
    plans = [repainting(inpaint, text) for text in (FOX, SEA)]
    flown = fly(inpaint.model, plans, inpaint.given)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, repainted(inpaint, plan)) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


@pytest.mark.parametrize("name", INPAINT_FAULTS)
def test_a_fault_of_inpainting_shows(inpaint: Pair, wanted_inside: Tensor, name: str) -> None:
    assert gap(broken(inpaint, repainting(inpaint), INPAINT_FAULTS[name]), wanted_inside) > MOVED


@pytest.mark.parametrize("entry", ["known", "keep", "embedding", "states", "pooled"])
def test_mask_and_picture_are_looked_at(inpaint: Pair, wanted_inside: Tensor, entry: str) -> None:
    assert gap(broken(inpaint, repainting(inpaint), zeroed(entry), tamper=True), wanted_inside) > MOVED
