"""PixArt against diffusers' pipelines over the same tiny folders, from the same noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor

from tinies import pixart as tiny
from tinies.beside import STEPS, Beside, changed, open_beside, staged
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.pixart import painted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

KINDS = {"alpha": tiny.alpha, "alpha-small": tiny.alpha_small, "sigma": tiny.sigma}
ENTRIES = {
    "alpha": ("aspect_ratio", "resolution", "shown", "text"),
    "alpha-small": ("shown", "text"),
    "sigma": ("shown", "text"),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    @cache
    def open_kind(kind: str) -> Beside:
        paths = KINDS[kind](tmp_path_factory.mktemp(kind))
        released = "PixArtSigmaPipeline" if kind == "sigma" else "PixArtAlphaPipeline"
        return open_beside(paths, getattr(diffusers, released), painted)

    return open_kind


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Beside]) -> Callable[[str, int], Tensor]:
    return cache(lambda kind, number: opened(kind).theirs(number))


@pytest.mark.parametrize("kind", KINDS)
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    both = opened(kind)
    flown = fly(both.model, both.plans)
    assert flown.rows == (4,) * STEPS and both.plans[0].stages[0].guidance == 4.5
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY
        assert gap(x, theirs(kind, 1 - number)) > MOVED


@pytest.mark.parametrize("steps", [7, 20])
def test_the_released_steps(opened, steps: int) -> None:
    both = opened("alpha")
    theirs = painted(both.pipe, staged(both.plans[0], steps=steps))
    assert both.apart(theirs, steps=steps) < PARITY
    assert both.apart(theirs, steps=steps, schedule="linspace") > MOVED
    assert both.apart(theirs, steps=steps, sampler="euler") > MOVED


def test_a_negative_prompt_and_guidance(opened, theirs) -> None:
    both = opened("sigma")
    plan = both.plans[0].model_copy(update={"negative": "A small blue car"})
    other = painted(both.pipe, plan)
    assert gap(fly(both.model, [plan]).x[0], other) < PARITY
    assert gap(theirs("sigma", 0), other) > MOVED
    assert both.apart(theirs("sigma", 0), guidance=1.0) > MOVED


def test_capitals_are_read_as_small_letters(opened, theirs) -> None:
    both = opened("sigma")
    loud = both.plans[0].parts[0].model_copy(update={"content": "  A Red FOX in the snow "})
    plan = both.plans[0].model_copy(update={"parts": (loud,)})
    assert gap(fly(both.model, [plan]).x[0], theirs("sigma", 0)) < PARITY
    assert gap(painted(both.pipe, plan), theirs("sigma", 0)) < PARITY


def test_decoded_pictures_are_equal(opened) -> None:
    both = opened("sigma")
    picture, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), picture) < PARITY
    unit = x / x.std()  # the norms inside would make small what is far too large
    right = both.pipe.vae.decode(unit[None] / 0.13025).sample[0].detach()
    assert gap(space.decode(unit), right) < PARITY
    assert gap(replace(space, scale=0.18215).decode(unit), right) > MOVED


# Faults


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_counts(opened, theirs, kind: str) -> None:
    both = opened(kind)
    assert both.entries == ENTRIES[kind]
    for entry in set(ENTRIES[kind]) - {"shown"}:
        assert both.apart(theirs(kind, 0), tamper=zeroed(entry)) > MOVED, entry


FAULTS: dict[str, Tamper] = {
    "filling is seen": changed(shown=torch.ones_like),
    "words are hidden": changed(shown=lambda shown: 1 - shown),
    "width before height": changed(resolution=lambda size: size.flip(0)),
    "width over height": changed(aspect_ratio=lambda ratio: 1 / ratio),
    "size of the latent": changed(resolution=lambda size: size / tiny.FACTOR),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(opened, theirs, fault: str) -> None:
    assert opened("alpha").apart(theirs("alpha", 0), tamper=FAULTS[fault]) > MOVED


def last_channels(self: Any, asks: Any, path: Any) -> Tensor:
    """What is learned about the variance in place of the noise."""
    return _transformed(self, asks, path)[:, tiny.CHANNELS :]


def _transformed(look: Any, asks: Any, path: Any) -> Tensor:
    kept: list[Tensor] = []
    hook = look.transformer.register_forward_hook(lambda module, args, out: kept.append(out[0]))
    look(asks, path)
    hook.remove()
    return kept[0]


def test_a_wrong_model_is_seen(opened, theirs) -> None:
    both, right = opened("alpha"), theirs("alpha", 0)
    assert both.with_path(table="scaled-linear").apart(right) > MOVED
    assert both.with_path(predicts="v").apart(right) > MOVED
    variance = replace(both.model, look=lambda asks, path: last_channels(both.model.look, asks, path))
    assert replace(both, model=variance).apart(right) > MOVED


def test_filling_is_hidden_from_t5_too(opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    both = opened("sigma")
    encoder, own = both.model.stage.read.encoder, both.model.stage.read.encoder.forward
    monkeypatch.setattr(encoder, "forward", lambda ids, attention_mask: own(ids))
    assert both.apart(theirs("sigma", 0)) > MOVED
