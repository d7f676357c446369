"""Kandinsky 3 against diffusers' pipelines over the same tiny folder, from the same noise."""

from __future__ import annotations

from dataclasses import replace

import diffusers
import pytest
import torch
from torch import Tensor

from sfumato.models._parts.limits import Limits
from sfumato.plan import Input, Plan
from tinies import kandinsky3 as tiny
from tinies.beside import FOX, STEPS, Beside, changed, open_beside, staged
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.kandinsky3 import painted
from tinies.kandinsky_oracle import exact
from tinies.operations import smooth

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

HOUSE = "two cats and a small lighthouse"
"""As many words as the fox has."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    paths = tiny.base(tmp_path_factory.mktemp("tiny"))
    opened = open_beside(paths, diffusers.Kandinsky3Pipeline, painted, texts=(FOX, HOUSE))
    exact(opened.pipe.scheduler)
    return opened


@pytest.fixture(scope="module")
def theirs(both: Beside) -> Tensor:
    return both.theirs(0)


def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(both: Beside, theirs: Tensor) -> None:
    flown, other = fly(both.model, both.plans), both.theirs(1)
    assert flown.rows == (4,) * STEPS
    for x, own, foreign in zip(flown.x, (theirs, other), (other, theirs), strict=True):
        assert gap(x, own) < PARITY and gap(x, foreign) > MOVED


def test_guidance_counts_as_everywhere_and_the_pipeline_one_less(both: Beside, theirs: Tensor) -> None:
    """(w + 1) words - w null is null + s (words - null) with s = w + 1: the released 3 is 4 here."""
    assert both.plans[0].stages[0].guidance == 4.0
    assert both.apart(painted(both.pipe, both.plans[0], guidance_scale=3.0)) < PARITY
    assert both.apart(painted(both.pipe, both.plans[0], guidance_scale=4.0)) > MOVED
    assert both.apart(theirs, guidance=3.0) > MOVED
    assert both.apart(theirs, guidance=1.0) > MOVED


def negative(both: Beside, text: str) -> Plan:
    return both.plans[0].model_copy(update={"negative": text})


def test_a_negative_prompt_is_filled_up_and_not_zeros(both: Beside, theirs: Tensor) -> None:
    plan = negative(both, "a blue car")
    other = painted(both.pipe, plan)
    assert gap(fly(both.model, [plan]).x[0], other) < PARITY
    assert gap(theirs, other) > MOVED


def test_a_longer_negative_prompt_is_read_whole(both: Beside) -> None:
    """Where the pipeline leaves out what is longer than the prompt."""
    long, cut = (negative(both, text) for text in ("two cats and a lighthouse in the snow at night", HOUSE))
    assert gap(fly(both.model, [long]).x[0], fly(both.model, [cut]).x[0]) > MOVED


def test_prompts_of_two_lengths_are_each_what_they_are_alone(both: Beside) -> None:
    short = both.plans[1].parts[0].model_copy(update={"content": "two cats"})
    plans = [both.plans[0], both.plans[1].model_copy(update={"parts": (short,)})]
    flown = fly(both.model, plans)
    assert set(flown.rows) == {2}
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, painted(both.pipe, plan)) < PARITY


def test_from_a_picture(both: Beside) -> None:
    """Their pipeline encodes the picture as it is; MoVQ's latents are not scaled."""
    pipe = diffusers.Kandinsky3Img2ImgPipeline(**both.pipe.components)
    pipe.set_progress_bar_config(disable=True)
    own = both.plans[0]
    given = {"a" * 64: smooth("start", own.height, own.width)}
    start = Input(role="start", hash="a" * 64)
    plan = staged(own, start=0.5).model_copy(update={"inputs": (start,)})
    x = fly(both.model, [plan], given).x[0]
    assert both.family.check(plan) == ()
    sized = {"strength": 0.5, "image": given["a" * 64][None]}
    assert gap(x, painted(pipe, plan, **sized)) < PARITY
    assert gap(x, painted(pipe, plan, **{**sized, "image": -sized["image"]})) > MOVED


def test_decoded_pictures_are_equal(both: Beside) -> None:
    x = fly(both.model, both.plans[:1]).x[0]
    picture = both.theirs(0, output_type="np")
    shown = (both.model.stage.space.decode(x) / 2 + 0.5).clamp(0, 1)
    assert gap(shown, torch.from_numpy(picture).movedim(-1, 0)) < PARITY


# Faults


def test_every_entry_counts(both: Beside, theirs: Tensor) -> None:
    assert both.entries == ("shown", "text")
    for entry in both.entries:
        assert both.apart(theirs, tamper=zeroed(entry)) > MOVED, entry


def one_place_less(entry: Tensor) -> Tensor:
    return entry[:-1]


FAULTS: dict[str, Tamper] = {
    "filling is seen": changed(shown=torch.ones_like),
    "nothing is filled": changed(shown=one_place_less, text=one_place_less),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(both: Beside, theirs: Tensor, fault: str) -> None:
    assert both.apart(theirs, tamper=FAULTS[fault]) > MOVED


def test_a_wrong_model_is_seen(both: Beside, theirs: Tensor) -> None:
    assert both.with_stage(limits=Limits()).apart(theirs) > MOVED
    assert both.with_stage(limits=replace(both.model.stage.limits, share=0.9)).apart(theirs) > MOVED
    assert both.with_path(table="linear").apart(theirs) > MOVED
    assert both.with_path(predicts="v").apart(theirs) > MOVED


def test_filling_is_hidden_from_the_reader_too(
    both: Beside, theirs: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, own = both.model.stage.read.encoder, both.model.stage.read.encoder.forward
    monkeypatch.setattr(encoder, "forward", lambda ids, attention_mask: own(ids))
    assert both.apart(theirs) > MOVED
