"""Z-Image against diffusers' pipeline over the same tiny folders, from the same noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from diffusers import ZImageImg2ImgPipeline, ZImagePipeline
from torch import Tensor

from sfumato.plan import Input
from tinies import z_image as tiny
from tinies.beside import STEPS, Beside, changed, open_beside, staged, start_noise
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.operations import hash_of, smooth
from tinies.z_image import painted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

GUIDANCE = {"base": 5.0, "turbo": 1.0}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    def open_kind(kind: str) -> Beside:
        return open_beside(tiny.VARIANTS[kind](tmp_path_factory.mktemp("z")), ZImagePipeline, painted)

    return cache(open_kind)


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Beside]) -> Callable[[str, int], Tensor]:
    return cache(lambda kind, number: opened(kind).theirs(number))


@pytest.mark.parametrize("kind", GUIDANCE)
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    """Their texts have other lengths; with guidance four rows share every pass."""
    both = opened(kind)
    flown = fly(both.model, both.plans)
    rows = 4 if GUIDANCE[kind] > 1 else 2
    assert flown.rows == (rows,) * STEPS and both.plans[0].stages[0].guidance == GUIDANCE[kind]
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY
        assert gap(x, theirs(kind, 1 - number)) > MOVED


def test_a_negative_prompt(opened, theirs) -> None:
    both = opened("base")
    plan = both.plans[0].model_copy(update={"negative": "a small blue car"})
    ours = fly(both.model, [plan]).x[0]
    assert gap(ours, painted(both.pipe, plan)) < PARITY
    assert gap(ours, theirs("base", 0)) > MOVED


def test_texts_that_fill_other_slots_do_not_share_a_pass(opened) -> None:
    both = opened("turbo")
    part = both.plans[1].parts[0].model_copy(update={"content": "a red fox " * 12})
    plans = [both.plans[0], both.plans[1].model_copy(update={"parts": (part,)})]
    flown = fly(both.model, plans)
    assert set(flown.rows) == {1}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, painted(both.pipe, plan)) < PARITY


def test_image_to_image(opened) -> None:
    both = opened("turbo")
    plan = staged(both.plans[0], start=0.5)
    plan = plan.model_copy(update={"inputs": (Input(role="start", hash=hash_of("start")),)})
    picture = smooth("start", plan.height, plan.width)
    ours = fly(both.model, [plan], {hash_of("start"): picture}).x[0]
    right = _from_picture(both, plan, picture)
    assert gap(ours, right) < PARITY
    flat = fly(both.model, [plan], {hash_of("start"): torch.zeros_like(picture)}).x[0]
    assert gap(flat, right) > MOVED
    for fault in ({"scale": 1.0}, {"mean": 0.0}):
        wrong = both.with_stage(space=replace(both.model.stage.space, **fault))
        assert gap(fly(wrong.model, [plan], {hash_of("start"): picture}).x[0], right) > MOVED


def _from_picture(both: Beside, plan: Any, picture: Tensor) -> Tensor:
    from diffusers.models.autoencoders import vae
    from diffusers.pipelines.z_image import pipeline_z_image_img2img as module

    pipe = ZImageImg2ImgPipeline(**both.pipe.components)
    pipe.set_progress_bar_config(disable=True)
    noise = start_noise(plan, tiny.CHANNELS, tiny.FACTOR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vae, "randn_tensor", lambda shape, **_: torch.zeros(shape))  # ours encodes to the mean
        patch.setattr(module, "randn_tensor", lambda shape, **_: noise)
        return painted(pipe, plan, image=(picture[None] + 1) / 2, strength=0.5, latents=None)


def test_decoded_pictures_are_equal(opened) -> None:
    both = opened("base")
    picture, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), picture) < PARITY


# Faults


@pytest.mark.parametrize("kind", GUIDANCE)
def test_the_words_count(opened, theirs, kind: str) -> None:
    both = opened(kind)
    assert both.entries == ("text",)
    assert both.apart(theirs(kind, 0), tamper=zeroed("text")) > MOVED


FAULTS: dict[str, Tamper] = {
    "filled with zeros": changed(text=lambda t: torch.cat([t, t.new_zeros(-len(t) % 32, t.shape[1])])),
    "the last word lost": changed(text=lambda text: text[:-1]),
    "words the other way round": changed(text=lambda text: text.flip(0)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(opened, theirs, fault: str) -> None:
    assert opened("base").apart(theirs("base", 0), tamper=FAULTS[fault]) > MOVED


def test_it_is_the_layer_before_the_last(opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("base")
    encoder = both.model.stage.read.encoder
    own = encoder.forward

    def last(*args: Any, **named: Any) -> Any:
        heard = own(*args, **named)
        heard.hidden_states = (*heard.hidden_states, heard.hidden_states[-1])
        return heard

    monkeypatch.setattr(encoder, "forward", last)
    assert both.apart(theirs("base", 0)) > MOVED


def test_it_may_think_before_it_answers(opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("base")
    words = both.model.stage.read.tokenizer
    own = words.apply_chat_template
    monkeypatch.setattr(
        words, "apply_chat_template", lambda *said, **named: own(*said, **{**named, "enable_thinking": False})
    )
    assert both.apart(theirs("base", 0)) > MOVED


KNOBS = ({"schedule": "linspace"}, {"shift": 1.0}, {"guidance": 1.0}, {"guidance": 4.0}, {"sampler": "heun"})


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_another_walk_is_another_picture(opened, theirs, knobs: dict[str, Any]) -> None:
    assert opened("base").apart(theirs("base", 0), **knobs) > MOVED


@pytest.mark.parametrize("fault", [{"clock": 1000.0}, {"predicts": "v"}, {"predicts": "x0"}], ids=str)
def test_a_wrong_path_is_seen(opened, theirs, fault: dict[str, Any]) -> None:
    assert opened("base").with_path(**fault).apart(theirs("base", 0)) > MOVED


def test_the_clock_runs_towards_the_clean_picture(opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("base")
    network = both.model.look.transformer
    own = network.forward
    monkeypatch.setattr(network, "forward", lambda x, t, text, **named: own(x, 1 - t, text, **named))
    assert both.apart(theirs("base", 0)) > MOVED
