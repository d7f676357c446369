"""SDXL from pictures: image to image, refiner and inpainting, against diffusers' pipelines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor

from sfumato.engine import Ask, noise
from sfumato.models._parts.unet.ids import BEAUTIFUL, PLAIN
from sfumato.plan import Input, Plan
from tinies.flights import MOVED, fly, gap, zeroed
from tinies.sdxl_oracle import (
    STEPS,
    Shelf,
    Tiny,
    agree,
    changed,
    conditions_of,
    drawn,
    said,
    shared,
    start_noise,
)

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

IMAGE2IMAGE = diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl_img2img
INPAINT = diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl_inpaint


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(partial(tmp_path_factory.mktemp, "sdxl"), {})
    yield shelf
    shelf.close()


# From a picture


def picture(seed: int, plan: Plan) -> Tensor:
    """Smooth and within [-1, 1], (3, H, W)."""
    small = noise(seed, 0, "picture", 0, (1, 3, 4, 6))
    grown = torch.nn.functional.interpolate(small, size=(plan.height, plan.width), mode="bilinear")
    return grown[0].clamp(-1, 1)


START = Input(role="start", hash="a" * 64)
MASK = Input(role="mask", hash="b" * 64)


def seen_as_mean(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    monkeypatch.setattr(module, "retrieve_latents", partial(module.retrieve_latents, sample_mode="argmax"))


def test_image_to_image(opened: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = opened("refiner")
    plans = tiny.plans(inputs=[START], start=0.2)
    seen_as_mean(monkeypatch, IMAGE2IMAGE)
    pipe, shown = tiny.pipe("StableDiffusionXLImg2ImgPipeline"), picture(1, plans[0])
    theirs = []
    for plan in plans:
        monkeypatch.setattr(
            IMAGE2IMAGE, "randn_tensor", lambda *_, plan=plan, **__: start_noise(plan, tiny.model)
        )
        theirs.append(pipe(**said(plan), image=(shown[None] + 1) / 2, strength=0.8).images[0])
    flown = fly(tiny.model, plans, {START.hash: shown})
    shared(flown)
    agree(flown, theirs)
    other = fly(tiny.model, plans[:1], {START.hash: picture(2, plans[0])})
    assert gap(other.x[0], theirs[0]) > MOVED
    for name in conditions_of(tiny, plans[0], {START.hash: shown}):
        assert gap(fly(tiny.model, plans[:1], {START.hash: shown}, zeroed(name)).x[0], theirs[0]) > MOVED
    for fault in (scores_alike, score_first):
        assert gap(fly(tiny.model, plans[:1], {START.hash: shown}, fault).x[0], theirs[0]) > MOVED


def scores_alike(ask: Ask) -> Ask:
    """The null is to be as beautiful as the picture."""
    numbers = ask.condition["ids"].clone()
    assert numbers[-1] in (PLAIN, BEAUTIFUL)
    numbers[-1] = BEAUTIFUL
    return changed(ask, ids=numbers)


def score_first(ask: Ask) -> Ask:
    return changed(ask, ids=ask.condition["ids"].roll(1))


# Base and refiner


def handed_on(tiny: Tiny, at: float) -> list[Plan]:
    """The base's run ends, and the refiner's begins, at this part of the run."""
    return [
        plan.model_copy(
            update={
                "stages": tuple(
                    stage.model_copy(update={"end" if stage.name == "base" else "start": at})
                    for stage in plan.stages
                )
            }
        )
        for plan in tiny.plans()
    ]


def refined(tiny: Tiny, at: float) -> list[Tensor]:
    first = tiny.pipe("StableDiffusionXLPipeline")
    second = tiny.pipe("StableDiffusionXLImg2ImgPipeline", 1)
    theirs = []
    for plan in tiny.plans():
        half = drawn(first, plan, tiny.model, denoising_end=at)
        theirs.append(second(**said(plan, 1), image=half[None], denoising_start=at).images[0])
    return theirs


def test_base_and_refiner(opened: Shelf) -> None:
    tiny = opened("both")
    plans = tiny.plans()
    assert [(stage.start, stage.end) for stage in plans[0].stages] == [(0.0, 0.8), (0.8, 1.0)]
    flown = fly(tiny.model, plans)
    shared(flown)
    agree(flown, refined(tiny, 0.8))
    assert len(flown.rows) == STEPS, "one run, walked once"


def test_refiner_reads_for_itself(opened: Shelf) -> None:
    tiny = opened("both")
    plans, theirs = handed_on(tiny, 0.2), refined(tiny, 0.2)
    agree(fly(tiny.model, plans), theirs)

    def only_refiner(change: Callable[[Ask], Ask]) -> Callable[[Ask], Ask]:
        return lambda ask: change(ask) if ask.net == "refiner" else ask

    for fault in (*map(zeroed, ("tokens", "pooled", "ids")), scores_alike):
        assert gap(fly(tiny.model, plans[:1], tamper=only_refiner(fault)).x[0], theirs[0]) > MOVED


# Inpainting


@pytest.fixture(scope="module")
def hole() -> Callable[[Plan], Tensor]:
    """A mask as a picture: white, to be painted anew, on one side."""

    def make(plan: Plan) -> Tensor:
        mask = -torch.ones(3, plan.height, plan.width)
        mask[:, : plan.height // 2, plan.width // 4 :] = 1
        return mask

    return make


def test_inpainting(opened: Shelf, hole: Callable[[Plan], Tensor], monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = opened("inpaint")
    plans = tiny.plans(inputs=[START, MASK])
    given = {START.hash: picture(1, plans[0]), MASK.hash: hole(plans[0])}
    seen_as_mean(monkeypatch, INPAINT)
    pipe = tiny.pipe("StableDiffusionXLInpaintPipeline")
    shown = {"image": (given[START.hash][None] + 1) / 2, "mask_image": (given[MASK.hash][None, :1] + 1) / 2}
    theirs = [drawn(pipe, plan, tiny.model, strength=1.0, **shown) for plan in plans]
    flown = fly(tiny.model, plans, given)
    shared(flown)
    agree(flown, theirs)
    names = conditions_of(tiny, plans[0], given)
    assert {"mask", "masked"} < set(names)
    for fault in (*map(zeroed, names), other_side, mask_last):
        assert gap(fly(tiny.model, plans[:1], given, fault).x[0], theirs[0]) > MOVED
    inside = {**given, MASK.hash: -given[MASK.hash]}
    assert gap(fly(tiny.model, plans[:1], inside).x[0], theirs[0]) > MOVED


def other_side(ask: Ask) -> Ask:
    return changed(ask, mask=1 - ask.condition["mask"])


def mask_last(ask: Ask) -> Ask:
    beside = torch.cat([ask.condition["masked"], ask.condition["mask"]])
    return changed(ask, mask=beside[:1], masked=beside[1:])
