"""Kandinsky 2.2's decoders that look at a picture, against diffusers': depth, inpainting, image to image."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import as_mask
from sfumato.models._parts.limits import Limits
from sfumato.models.kandinsky import known
from sfumato.models.kandinsky.known import Finishing
from sfumato.plan import Plan
from tinies import kandinsky as tiny
from tinies.flights import MOVED, PARITY, fly, gap, zeroed
from tinies.kandinsky_oracle import (
    DECODER,
    FOX,
    PRIOR,
    SEA,
    STEPS,
    Fault,
    Pair,
    broken,
    embeddings,
    named,
    on_decoder,
    opened,
    painted,
    patched,
    play,
    tape,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks


@pytest.fixture(scope="module")
def depth(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tiny.controlnet, tmp_path_factory.mktemp("depth"), "Controlnet")


@pytest.fixture(scope="module")
def inpaint(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tiny.inpaint, tmp_path_factory.mktemp("inpaint"), "Inpaint")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return opened(tiny.base, tmp_path_factory.mktemp("base"), "Img2Img")


# Depth


def along(pair: Pair, plan: Plan) -> Tensor:
    """The final latent of their ControlNet pipeline, whose hint runs from 0 to 1."""
    seen: list[Tensor] = []
    hint = (pair.image("hint") + 1)[None] / 2
    embeds = embeddings(pair, plan)
    painted(
        pair,
        plan,
        embeds,
        hint=hint,
        output_type="pt",
        callback=lambda step, t, latents: seen.append(latents),
    )
    return seen[-1][0]


def test_two_hints_together(depth: Pair) -> None:
    plans = [depth.plan(text, named("hint")) for text in (FOX, SEA)]
    flown = fly(depth.model, plans, depth.given)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, along(depth, plan)) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


@pytest.mark.parametrize("entry", ["hint", "embedding", "states"])
def test_hint_is_looked_at(depth: Pair, entry: str) -> None:
    plan = depth.plan(FOX, named("hint"))
    assert gap(broken(depth, plan, zeroed(entry), tamper=True), along(depth, plan)) > MOVED


def test_hint_runs_from_0_to_1(depth: Pair) -> None:
    plan = depth.plan(FOX, named("hint"))
    wrong = replace(depth, given={**depth.given, named("hint").hash: depth.image("hint") * 2 + 1})
    assert gap(wrong.ours(plan), along(depth, plan)) > MOVED


# Inpainting


def walk(pair: Pair, plan: Plan, latent: Tensor) -> list[Tensor]:
    """The known picture's x after every step, as their scheduler walks when it is told the picture."""
    from diffusers import DDPMScheduler

    told = {"prediction_type": "sample", "variance_type": "fixed_small", "thresholding": False}
    scheduler = DDPMScheduler.from_config(pair.decoder.scheduler.config, **told)
    scheduler.set_timesteps(STEPS)
    states = []
    with pytest.MonkeyPatch.context() as patch:
        noises = tape(plan, DECODER, tuple(latent.shape[1:]))
        x = next(noises)[None]
        play(patch, pair.decoder, noises)
        for t in scheduler.timesteps:
            x = scheduler.step(latent, t, x).prev_sample
            states.append(x)
    return states


def repainted(pair: Pair, plan: Plan, ours_walk: bool = True) -> Tensor:
    """The final latent of their inpainting pipeline.

    It puts the known picture back after every step, always with the noise that it began from; ours walks
    there by the same steps as everywhere. With `ours_walk` theirs is given what that walk has at every step.
    """
    picture, mask = pair.image("start")[None], as_mask(pair.image("mask"))[None]
    with torch.no_grad():
        latent = pair.decoder.movq.encode(picture).latents
    embeds = embeddings(pair, plan)
    with pytest.MonkeyPatch.context() as patch:
        if ours_walk:
            states = iter(walk(pair, plan, latent))
            patch.setattr(pair.decoder.scheduler, "add_noise", lambda *_: next(states))
        return painted(pair, plan, embeds, image=picture, mask_image=mask)


def repainting(pair: Pair, text: str = FOX) -> Plan:
    return pair.plan(text, named("start"), named("mask"))


def test_two_masks_together(inpaint: Pair) -> None:
    plans = [repainting(inpaint, text) for text in (FOX, SEA)]
    flown = fly(inpaint.model, plans, inpaint.given)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, repainted(inpaint, plan)) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


def test_what_is_known_stays(inpaint: Pair) -> None:
    """Whatever noise it walked with: the kept part is the picture's own latent in theirs and ours."""
    plan = repainting(inpaint)
    latent = inpaint.model.decoder.encode(inpaint.image("start"))
    keep = 1 - as_mask(inpaint.image("mask"))[:, ::4, ::4]
    keep = known.shrunk(keep).expand_as(latent) == 1
    assert 0 < int(keep.sum()) < keep.numel()
    for x in (inpaint.ours(plan), repainted(inpaint, plan), repainted(inpaint, plan, ours_walk=False)):
        assert torch.equal(x[keep], latent[keep])
        assert gap(x[~keep], latent[~keep]) > MOVED


def other_polarity(patch: pytest.MonkeyPatch, model: Any) -> Any:
    patch.setattr(known, "as_mask", lambda picture: 1 - as_mask(picture))
    return model


def mask_before_picture(patch: pytest.MonkeyPatch, model: Any) -> Any:
    """As if the U-Net were given its nine channels in this order."""
    unet = deepcopy(model.decoder.unet)
    weight = unet.conv_in.weight
    weight.copy_(torch.cat([weight[:, :4], weight[:, 5:], weight[:, 4:5]], dim=1))
    return replace(model, decoder=replace(model.decoder, unet=unet))


def nothing_kept(patch: pytest.MonkeyPatch, model: Any) -> Any:
    patch.setattr(Finishing, "join", lambda self, *told: self.inner.join(*told))
    return model


INPAINT_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "white is kept": other_polarity,
        "mask not grown": patched(known, "STENCIL", ()),
        "mask grown all round": patched(known, "STENCIL", (*known.STENCIL, (-1, 1), (1, -1))),
        "mask before picture": mask_before_picture,
        "nothing put back": nothing_kept,
        "variance ignored": on_decoder(learned=False),
        "what is not known not limited": on_decoder(limits=Limits()),
    }
)


@pytest.mark.parametrize("name", INPAINT_FAULTS)
def test_a_fault_of_inpainting_shows(inpaint: Pair, name: str) -> None:
    plan = repainting(inpaint)
    assert gap(broken(inpaint, plan, INPAINT_FAULTS[name]), repainted(inpaint, plan)) > MOVED


@pytest.mark.parametrize("entry", ["known", "keep", "embedding"])
def test_mask_and_picture_are_looked_at(inpaint: Pair, entry: str) -> None:
    plan = repainting(inpaint)
    assert gap(broken(inpaint, plan, zeroed(entry), tamper=True), repainted(inpaint, plan)) > MOVED


# From a picture


def from_picture(pair: Pair, plan: Plan, strength: float) -> Tensor:
    """The final latent of their image-to-image pipeline, which takes the picture's width for its height."""
    turned = {"height": plan.width, "width": plan.height}
    image = (pair.image("start") + 1)[None] / 2
    return painted(pair, plan, embeddings(pair, plan), image=image, strength=strength, **turned)


def begun(pair: Pair, text: str, start: float) -> Plan:
    plan = pair.plan(text, named("start"))
    first, second = plan.stages
    return plan.model_copy(update={"stages": (first, second.model_copy(update={"start": start}))})


def test_two_from_a_picture_together(base: Pair) -> None:
    plans = [begun(base, text, 0.2) for text in (FOX, SEA)]
    assert base.family.check(plans[0]) == ()
    flown = fly(base.model, plans, base.given)
    assert set(flown.rows) == {4}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, from_picture(base, plan, 0.8)) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


def test_what_is_begun_from_matters(base: Pair) -> None:
    plan = begun(base, FOX, 0.2)
    wanted = from_picture(base, plan, 0.8)
    dark = replace(base, given={**base.given, named("start").hash: base.image("start") / 2 - 0.5})
    assert gap(dark.ours(plan), wanted) > MOVED
    assert gap(base.ours(begun(base, FOX, 0.4)), wanted) > MOVED
    assert gap(base.ours(begun(base, FOX, 0.0)), wanted) > MOVED


def test_picture_is_encoded_alike(base: Pair) -> None:
    picture = base.image("start")
    with torch.no_grad():
        latent = base.decoder.movq.encode(picture[None]).latents[0]
    ours = base.model.decoder.encode(picture)
    assert gap(ours, latent) < PARITY
    assert gap(ours * base.decoder.movq.config.scaling_factor, latent) > MOVED
    embedding = base.model.prior.networks.sight.see(picture)
    assert gap(base.model.prior.networks.from_x(base.model.prior.encode(picture)[0]), embedding) < PARITY
    assert base.model.prior.name == PRIOR
