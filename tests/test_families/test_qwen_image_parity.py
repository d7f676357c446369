"""Qwen-Image against diffusers' pipeline over the same tiny folder, from the same noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import QwenImagePipeline
from torch import Tensor

from sfumato.engine import Setting, classifier_free
from sfumato.models.qwen_image import model as ours
from sfumato.models.qwen_image import texts
from sfumato.plan import Plan
from tinies import qwen_image as tiny
from tinies.beside import STEPS, Beside, changed, open_beside, staged
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.operations import smooth
from tinies.qwen_image import painted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return open_beside(tiny.write(tmp_path_factory.mktemp("qwen")), QwenImagePipeline, painted)


@pytest.fixture(scope="module")
def theirs(both: Beside) -> Tensor:
    return both.theirs(0)


def saying(plan: Plan, text: str) -> Plan:
    return plan.model_copy(update={"parts": (plan.parts[0].model_copy(update={"content": text}),)})


def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(both: Beside) -> None:
    """Of equally many tokens, they share a pass, and so do their nulls."""
    plans = [saying(both.plans[0], "a red fox"), saying(both.plans[1], "a blue car")]
    flown = fly(both.model, plans)
    assert flown.rows == (2, 2) * STEPS and plans[0].stages[0].guidance == 4.0
    right = [painted(both.pipe, plan) for plan in plans]
    for number, x in enumerate(flown.x):
        assert gap(x, right[number]) < PARITY
        assert gap(x, right[1 - number]) > MOVED


def test_texts_of_other_lengths_do_not_share_a_pass(both: Beside) -> None:
    flown = fly(both.model, both.plans)
    assert sorted(set(flown.rows)) == [1, 2]
    for number, x in enumerate(flown.x):
        assert gap(x, both.theirs(number)) < PARITY


def test_a_negative_prompt(both: Beside, theirs: Tensor) -> None:
    plan = both.plans[0].model_copy(update={"negative": "a small blue car"})
    x = fly(both.model, [plan]).x[0]
    assert gap(x, painted(both.pipe, plan)) < PARITY
    assert gap(x, theirs) > MOVED


def test_without_guidance(both: Beside, theirs: Tensor) -> None:
    plan = staged(both.plans[0], guidance=1.0)
    assert gap(fly(both.model, [plan]).x[0], painted(both.pipe, plan)) < PARITY
    assert both.apart(theirs, guidance=1.0) > MOVED


def test_decoded_pictures_are_equal(both: Beside) -> None:
    picture, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), picture) < PARITY
    for wrong in (replace(space, mean=0.0), replace(space, deviation=1.0)):
        assert gap((wrong.decode(x) / 2 + 0.5).clamp(0, 1), picture) > MOVED


def test_encoded_pictures_are_equal(both: Beside) -> None:
    """As its editing pipeline encodes: the mean, channel by channel in units of the deviation."""
    picture, vae = smooth("start", 32, 48), both.pipe.vae
    latent = vae.encode(picture[None, :, None]).latent_dist.mode()
    means, deviations = (
        torch.tensor(v).view(1, -1, 1, 1, 1) for v in (vae.config.latents_mean, vae.config.latents_std)
    )
    right = ((latent - means) / deviations)[0, :, 0].detach()
    space = both.model.stage.space
    assert gap(space.encode(picture), right) < PARITY
    assert gap(replace(space, mean=0.0).encode(picture), right) > MOVED


# Faults


def test_the_words_count(both: Beside, theirs: Tensor) -> None:
    assert both.entries == ("text",)
    assert both.apart(theirs, tamper=zeroed("text")) > MOVED


FAULTS: dict[str, Tamper] = {
    "the last word lost": changed(text=lambda text: text[:-1]),
    "filled up": changed(text=lambda text: torch.cat([text, torch.zeros_like(text[:4])])),
    "words the other way round": changed(text=lambda text: text.flip(0)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(both: Beside, theirs: Tensor, fault: str) -> None:
    assert both.apart(theirs, tamper=FAULTS[fault]) > MOVED


@pytest.mark.parametrize("change", [{"BEFORE": 0}, {"ASKED": "{}" + "a" * 80}, {"BLANK": "photo"}], ids=str)
def test_what_is_asked_counts(
    both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        monkeypatch.setattr(texts, name, value)
    assert both.apart(theirs) > MOVED


def test_every_token_keeps_its_length(both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    def usual(stage: Any, setting: Setting) -> Any:
        return classifier_free(setting, stage.name)

    monkeypatch.setattr(ours.QwenStage, "guidance", usual)
    assert both.apart(theirs) > MOVED


KNOBS = ({"schedule": "linspace"}, {"shift": 2.0}, {"guidance": 3.0}, {"sampler": "heun"})


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_another_walk_is_another_picture(both: Beside, theirs: Tensor, knobs: dict[str, Any]) -> None:
    assert both.apart(theirs, **knobs) > MOVED


WRONG = ({"clock": 1000.0}, {"predicts": "v"}, {"predicts": "x0"}, {"terminal": 0.0}, {"line": None})


@pytest.mark.parametrize("fault", WRONG, ids=str)
def test_a_wrong_path_is_seen(both: Beside, theirs: Tensor, fault: dict[str, Any]) -> None:
    assert both.with_path(**fault).apart(theirs) > MOVED
