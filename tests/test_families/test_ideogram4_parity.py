"""Ideogram 4 against diffusers' pipeline over the same tiny folder, from the same noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import Ideogram4Pipeline
from torch import Tensor

from sfumato.engine import NULL, Setting, classifier_free
from sfumato.models.ideogram4 import model as ours
from sfumato.models.ideogram4 import schedule, texts
from sfumato.plan import Plan
from tinies import ideogram4 as tiny
from tinies.beside import STEPS, Beside, changed, open_beside, staged
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.ideogram4 import painted
from tinies.operations import smooth

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return open_beside(tiny.write(tmp_path_factory.mktemp("ideogram")), Ideogram4Pipeline, painted)


@pytest.fixture(scope="module")
def theirs(both: Beside) -> Tensor:
    return both.theirs(0)


def saying(plan: Plan, text: str) -> Plan:
    return plan.model_copy(update={"parts": (plan.parts[0].model_copy(update={"content": text}),)})


def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(both: Beside) -> None:
    """Of equally many tokens, they share a pass, and so do their looks without words."""
    plans = [saying(both.plans[0], "a red fox"), saying(both.plans[1], "a blue car")]
    flown = fly(both.model, plans)
    assert flown.rows == (2, 2) * STEPS and plans[0].stages[0].guidance == 7.0
    right = [painted(both.pipe, plan) for plan in plans]
    for number, x in enumerate(flown.x):
        assert gap(x, right[number]) < PARITY
        assert gap(x, right[1 - number]) > MOVED


def test_texts_of_other_lengths_share_only_what_has_no_words(both: Beside) -> None:
    flown = fly(both.model, both.plans)
    assert sorted(flown.rows) == [1] * 2 * STEPS + [2] * STEPS
    for number, x in enumerate(flown.x):
        assert gap(x, both.theirs(number)) < PARITY


@pytest.mark.parametrize("knobs", [{"steps": 20}, {"guidance": 1.0}, {"guidance": 3.0}], ids=str)
def test_knobs_mean_what_they_mean_there(both: Beside, theirs: Tensor, knobs: dict[str, Any]) -> None:
    plan = staged(both.plans[0], **knobs)
    assert gap(fly(both.model, [plan]).x[0], painted(both.pipe, plan)) < PARITY
    assert both.apart(theirs, **knobs) > MOVED


def test_the_released_way_is_seven_and_then_three(both: Beside) -> None:
    """Its own default, said by nobody."""
    plan = staged(both.plans[0], steps=48)
    right = painted(both.pipe, plan, guidance_schedule=(7.0,) * 45 + (3.0,) * 3)
    assert gap(fly(both.model, [plan]).x[0], right) < PARITY


def test_decoded_pictures_are_equal(both: Beside) -> None:
    picture, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), picture) < PARITY
    blank, turned = torch.zeros_like(space.means), space.means.transpose(1, 2)
    for wrong in ({"means": blank}, {"means": turned}, {"deviations": blank + 1}):
        assert gap((replace(space, **wrong).decode(x) / 2 + 0.5).clamp(0, 1), picture) > MOVED


def test_what_is_encoded_is_what_would_be_decoded(both: Beside) -> None:
    """In the tokens that the transformer sees, as the autoencoder's last layer would have them."""
    picture, vae, space = smooth("start", 32, 48), both.pipe.vae, both.model.stage.space
    with torch.no_grad():
        seen, places = ours.tokens(vae.encode(picture[None]).latent_dist.mode())
        right = (seen - vae.bn.running_mean) / torch.sqrt(vae.bn.running_var + vae.config.batch_norm_eps)
    assert gap(space.encode(picture), ours.latents(right, *places)[0]) < PARITY
    assert gap(replace(space, means=space.means * 0).encode(picture), ours.latents(right, *places)[0]) > MOVED


# Faults


def test_the_words_count(both: Beside, theirs: Tensor) -> None:
    assert both.entries == ("text",)
    assert both.apart(theirs, tamper=zeroed("text")) > MOVED


def by_layer(text: Tensor) -> Tensor:
    """The layers one after the other, in place of number by number."""
    return text.unflatten(-1, (-1, len(texts.LAYERS))).mT.flatten(-2)


FAULTS: dict[str, Tamper] = {
    "the last word lost": changed(text=lambda text: text[:-1]),
    "words the other way round": changed(text=lambda text: text.flip(0)),
    "layer by layer": changed(text=by_layer),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(both: Beside, theirs: Tensor, fault: str) -> None:
    tamper = FAULTS[fault]
    assert both.apart(theirs, tamper=lambda ask: tamper(ask) if "text" in ask.condition else ask) > MOVED


def fresh(both: Beside) -> Beside:
    """Ours opened anew, which has read nothing."""
    return replace(both, model=both.family.open("cpu", "float32"))


def test_other_layers_are_heard(both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LAYERS", (*texts.LAYERS[:-1], 34))
    assert fresh(both).apart(theirs) > MOVED


def test_the_last_layer_is_heard_before_it_is_scaled(both: Beside, theirs: Tensor) -> None:
    norm = both.model.stage.read.encoder.language_model.norm

    def scaled(text: Tensor) -> Tensor:
        layers = text.unflatten(-1, (-1, len(texts.LAYERS))).clone()
        layers[..., -1] = norm(layers[..., -1])
        return layers.flatten(-2)

    tamper = changed(text=scaled)
    assert both.apart(theirs, tamper=lambda ask: tamper(ask) if "text" in ask.condition else ask) > MOVED


@pytest.mark.parametrize("change", [{"FIRST": 0}, {"WORD": 2}, {"PICTURE": 3}], ids=str)
def test_the_layout_of_the_stream_counts(
    both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch, change: dict[str, int]
) -> None:
    for name, value in change.items():
        monkeypatch.setattr(ours, name, value)
    assert both.apart(theirs) > MOVED


def test_it_is_guided_away_from_another_network(
    both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usual(stage: Any, setting: Setting) -> Any:
        return schedule.polished(classifier_free(setting, stage.name), setting.ladder)

    monkeypatch.setattr(ours.Ideogram4Stage, "guidance", usual)
    assert both.apart(theirs) > MOVED


def test_the_last_steps_are_polished(both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    def usual(stage: Any, setting: Setting) -> Any:
        return classifier_free(setting, stage.name, {NULL: ours.WITHOUT_WORDS})

    monkeypatch.setattr(ours.Ideogram4Stage, "guidance", usual)
    assert both.apart(theirs) > MOVED


KNOBS = ({"schedule": "linspace"}, {"shift": 2.0}, {"guidance": 5.0}, {"sampler": "heun"})


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_another_walk_is_another_picture(both: Beside, theirs: Tensor, knobs: dict[str, Any]) -> None:
    assert both.apart(theirs, **knobs) > MOVED


WRONG = ({"clock": 1000.0}, {"predicts": "v"}, {"predicts": "x0"}, {"cell_px": 8})


@pytest.mark.parametrize("fault", WRONG, ids=str)
def test_a_wrong_path_is_seen(both: Beside, theirs: Tensor, fault: dict[str, Any]) -> None:
    assert both.with_path(**fault).apart(theirs) > MOVED
