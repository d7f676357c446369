"""Stable Diffusion 3 against diffusers' pipeline over the same tiny folders, from the same noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from diffusers import StableDiffusion3Img2ImgPipeline, StableDiffusion3Pipeline
from torch import Tensor

from sfumato.plan import Input
from tinies import sd3 as tiny
from tinies.beside import STEPS, Beside, changed, open_beside, staged, start_noise
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.operations import hash_of, smooth
from tinies.sd3 import painted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

KINDS = {"3": tiny.medium, "3.5-medium": tiny.medium_35, "3.5-large": tiny.large}
GUIDANCE = {"3": 7.0, "3.5-medium": 4.5, "3.5-large": 3.5}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    def open_kind(kind: str) -> Beside:
        without = {"text_encoder_3": None, "tokenizer_3": None} if kind == "3" else {}
        paths = KINDS[kind](tmp_path_factory.mktemp("sd3"))
        return open_beside(paths, StableDiffusion3Pipeline, painted, **without)

    return cache(open_kind)


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Beside]) -> Callable[[str, int], Tensor]:
    return cache(lambda kind, number: opened(kind).theirs(number))


@pytest.mark.parametrize("kind", KINDS)
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    both = opened(kind)
    flown = fly(both.model, both.plans)
    assert flown.rows == (4,) * STEPS and both.plans[0].stages[0].guidance == GUIDANCE[kind]
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY
        assert gap(x, theirs(kind, 1 - number)) > MOVED


def test_turbo_s_four_steps_without_guidance(opened) -> None:
    both = opened("3.5-large")
    theirs = painted(both.pipe, staged(both.plans[0], guidance=1.0), guidance_scale=0.0)
    assert both.apart(theirs, guidance=1.0) < PARITY
    assert both.apart(theirs) > MOVED


def test_a_negative_prompt(opened, theirs) -> None:
    both = opened("3")
    plan = both.plans[0].model_copy(update={"negative": "a small blue car"})
    other = painted(both.pipe, plan)
    assert gap(fly(both.model, [plan]).x[0], other) < PARITY
    assert gap(theirs("3", 0), other) > MOVED


def test_image_to_image(opened) -> None:
    both = opened("3.5-medium")
    inputs = (Input(role="start", hash=hash_of("start")),)
    plan = staged(both.plans[0], steps=2 * STEPS, start=0.5).model_copy(update={"inputs": inputs})
    assert both.family.check(plan) == ()
    picture = smooth("start")
    ours = fly(both.model, [plan], {hash_of("start"): picture}).x[0]
    pipe = StableDiffusion3Img2ImgPipeline(**both.pipe.components)
    pipe.set_progress_bar_config(disable=True)
    noise = start_noise(plan, tiny.CHANNELS, tiny.FACTOR)
    from diffusers.models.autoencoders import vae
    from diffusers.pipelines.stable_diffusion_3 import pipeline_stable_diffusion_3_img2img as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vae, "randn_tensor", lambda shape, **_: torch.zeros(shape))  # ours encodes to the mean
        patch.setattr(module, "randn_tensor", lambda shape, **_: noise)
        right = painted(pipe, plan, image=(picture[None] + 1) / 2, strength=0.5, latents=None)
    assert gap(ours, right) < PARITY
    flat = fly(both.model, [plan], {hash_of("start"): torch.zeros_like(picture)}).x[0]
    assert gap(flat, right) > MOVED
    assert gap(_begun(both, plan, picture, scale=1.0), right) > MOVED


def _begun(both: Beside, plan: Any, picture: Tensor, **space: float) -> Tensor:
    wrong = both.with_stage(space=replace(both.model.stage.space, **space))
    return fly(wrong.model, [plan], {hash_of("start"): picture}).x[0]


def test_decoded_pictures_are_equal(opened) -> None:
    both = opened("3")
    picture, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), picture) < PARITY
    unit = x / x.std()
    right = both.pipe.vae.decode(unit[None] / 1.5305 + 0.0609).sample[0].detach()
    assert gap(space.decode(unit), right) < PARITY
    for wrong in (replace(space, scale=1.0), replace(space, mean=0.0)):
        assert gap(wrong.decode(unit), right) > MOVED


# Faults


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entry", ["pooled", "text"])
def test_every_entry_counts(opened, theirs, kind: str, entry: str) -> None:
    both = opened(kind)
    assert both.entries == ("pooled", "text")
    assert both.apart(theirs(kind, 0), tamper=zeroed(entry)) > MOVED


def moved(shift: int, rows: slice) -> Callable[[Tensor], Tensor]:
    """Channels of some tokens turned round."""

    def change(text: Tensor) -> Tensor:
        other = text.clone()
        other[rows] = text[rows].roll(shift, dims=1)
        return other

    return change


SHORT, LONG = slice(0, 77), slice(77, None)
FAULTS: dict[str, Tamper] = {
    "the second CLIP first": changed(
        text=lambda t: torch.cat([t[:, tiny.CLIP : 2 * tiny.CLIP], t[:, : tiny.CLIP], t[:, 64:]], 1)
    ),
    "zeros before CLIP's channels": changed(text=moved(tiny.WORDS - 2 * tiny.CLIP, SHORT)),
    "T5 left away": changed(text=lambda text: torch.cat([text[SHORT], torch.zeros_like(text[LONG])])),
    "pooled the other way round": changed(pooled=lambda pooled: pooled.roll(tiny.POOLED)),
    "filling hidden": changed(text=lambda text: text * (torch.arange(len(text)) % 77 < 8)[:, None]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(opened, theirs, fault: str) -> None:
    assert opened("3.5-medium").apart(theirs("3.5-medium", 0), tamper=FAULTS[fault]) > MOVED


@pytest.mark.parametrize("which", [0, 1])
def test_it_is_the_layer_before_the_last(opened, theirs, monkeypatch: pytest.MonkeyPatch, which: int) -> None:
    both = opened("3")
    encoder = both.model.stage.read.clips[which].encoder
    own = encoder.forward

    def last(*args: Any, **named: Any) -> Any:
        seen = own(*args, **named)
        seen.hidden_states = (*seen.hidden_states, seen.hidden_states[-1])
        return seen

    monkeypatch.setattr(encoder, "forward", last)
    assert both.apart(theirs("3", 0)) > MOVED


KNOBS = ({"schedule": "linear"}, {"shift": 1.0}, {"guidance": 1.0}, {"sampler": "heun"})


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_another_walk_is_another_picture(opened, theirs, knobs: dict[str, Any]) -> None:
    assert opened("3").apart(theirs("3", 0), **knobs) > MOVED


@pytest.mark.parametrize("fault", [{"clock": 1.0}, {"predicts": "v"}, {"predicts": "x0"}], ids=str)
def test_a_wrong_path_is_seen(opened, theirs, fault: dict[str, Any]) -> None:
    assert opened("3").with_path(**fault).apart(theirs("3", 0)) > MOVED
