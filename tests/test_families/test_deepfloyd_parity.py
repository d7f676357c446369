"""DeepFloyd IF against diffusers' three pipelines, from the same folders, with the same noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from diffusers import IFImg2ImgPipeline
from diffusers.pipelines.deepfloyd_if import pipeline_if_img2img
from diffusers.schedulers import scheduling_ddpm

from sfumato.engine import Batcher, Commission, Memo, Source, asks, board, fitted
from sfumato.models._parts.rungs.stage import Limit
from tinies.deepfloyd_bench import (
    FAULTS,
    STAGES,
    Bench,
    apart,
    fed,
    fresh,
    network,
    only,
    open_bench,
    oracle,
    solo,
)
from tinies.flights import MOVED, PARITY, entries, fly, gap, zeroed
from tinies.operations import GIVEN, STEPS, named


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    opened = open_bench(tmp_path_factory.mktemp("tiny"))
    yield opened
    opened.model.close()


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_is_the_released_one(bench: Bench, name: str) -> None:
    assert STEPS >= 4 and bench.plans[0].stages[0].guidance == 7
    assert bench.flown["base"][0].shape[-1] != bench.flown["base"][0].shape[-2]
    assert set(bench.rows) == {4}, "two prompts and their nulls share every pass"
    assert apart(bench, name, bench.flown[name]) < PARITY
    assert apart(bench, name, solo(bench, name)) < PARITY


def test_the_whole_cascade_is_the_released_one(bench: Bench) -> None:
    for index, plan in enumerate(bench.plans):
        low = None
        for name in STAGES:
            low = oracle(bench.pipes, name, plan, low)
            assert gap(bench.flown[name][index], low) < PARITY


def test_the_picture_is_four_times_as_large(bench: Bench) -> None:
    latent = bench.theirs["upscaler"][0]
    vae = bench.pipes["upscaler"].vae
    with torch.no_grad():
        picture = vae.decode(latent[None] / 0.08333).sample[0]
    ours = bench.model.stages[-1].decode(bench.flown["upscaler"][0])
    assert picture.shape == (3, bench.plans[0].height, bench.plans[0].width)
    assert gap(ours, picture) < PARITY


def test_a_negative_prompt(bench: Bench) -> None:
    first, second = (plan.model_copy(update={"negative": "a Small blue car"}) for plan in bench.plans)
    changed = replace(bench, plans=(first, second))
    for name, low in zip(STAGES, (None, *(bench.flown[name][0] for name in STAGES)), strict=False):
        ours, theirs = solo(changed, name)[0], oracle(bench.pipes, name, first, low)
        assert gap(ours, theirs) < PARITY
        assert gap(ours, bench.theirs[name][0]) > MOVED


def test_image_to_image(bench: Bench) -> None:
    plan = only(bench.plans[0], "base", start=0.5)
    plan = plan.model_copy(update={"inputs": (named("start"),)})
    assert bench.family.check(plan) == ()
    (ours,) = fly(bench.model, [plan], GIVEN).x
    staged, seed = plan.stages[0], plan.seeds[0]
    draw, picture = Source(seed.number, seed.slice, place="base"), GIVEN[plan.inputs[0].hash]
    pipe = IFImg2ImgPipeline(**bench.pipes["base"].components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    shape = (3, staged.height, staged.width)
    with fed(pipeline_if_img2img, draw("start", 0, shape)), fed(scheduling_ddpm, *fresh(draw, shape, 2)):
        theirs = pipe(
            prompt=plan.parts[0].content,
            image=fitted(picture, staged.width, staged.height)[None],
            strength=0.5,
            num_inference_steps=staged.steps,
            guidance_scale=staged.guidance,
            clean_caption=False,
            output_type="pt",
        ).images[0]
    assert gap(ours, theirs) < PARITY
    assert gap(ours, bench.flown["base"][0]) > MOVED


def test_thresholding_acts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    measured = Limit.threshold
    monkeypatch.setattr(Limit, "threshold", lambda own, x0: seen.append(measured(own, x0)) or seen[-1])
    solo(bench, "base")
    assert any(1 < s < 1.5 for s in seen), f"s is never between its bounds: {seen}"


@torch.no_grad()
@pytest.mark.parametrize("text", ["", "  A Red FOX ", "two cats and a lighthouse, " * 40])
def test_texts_are_read_as_released(bench: Bench, text: str) -> None:
    """Short ones, and those that are longer than the 77 places."""
    for stage in bench.model.stages:
        pipe, silent = bench.pipes[stage.name], {"do_classifier_free_guidance": False}
        more = {"device": "cpu", "num_images_per_prompt": 1} if stage.name == "upscaler" else {}
        theirs = pipe.encode_prompt(text, **silent, **more)[0][0]
        ours = stage.words.read(text)
        assert ours.shape == (77, 32) and gap(ours, theirs) < PARITY


def test_one_text_is_read_once(bench: Bench) -> None:
    """Both pixel stages share one reading of each text, and so do the pictures of a job."""
    first, second, third = bench.model.stages
    assert first.words is second.words is not third.words
    memo = Memo()
    for plan in bench.plans:
        board(Commission(plan, bench.model, memo=memo), 0, fly(bench.model, [plan]).states[0])
    assert len(memo) == 0, "who has landed reads nothing"
    batcher = Batcher()
    for plan in bench.plans:
        batcher.add(Commission(plan, bench.model), 0)
    while batcher.busy:
        batcher.step()
    assert len(batcher.known(bench.model).memo) == 2 * 3, "two prompts and no prompt, in two languages"


# Every test above can fail


@pytest.mark.parametrize("name", STAGES)
def test_swapped_prompts_are_seen(bench: Bench, name: str) -> None:
    first, second = bench.plans
    plans = (
        first.model_copy(update={"parts": second.parts}),
        second.model_copy(update={"parts": first.parts}),
    )
    ours = solo(replace(bench, plans=plans), name)
    assert min(gap(*pair) for pair in zip(ours, bench.theirs[name], strict=True)) > MOVED


@pytest.mark.parametrize(
    ("name", "entry"),
    [("base", "text"), *((name, entry) for name in STAGES[1:] for entry in ("text", "low", "level"))],
)
def test_every_entry_is_looked_at(bench: Bench, name: str, entry: str) -> None:
    assert apart(bench, name, solo(bench, name, tamper=zeroed(entry))) > MOVED


def test_these_are_all_entries(bench: Bench) -> None:
    plan = bench.plans[0]
    flight = board(Commission(plan, bench.model), 0)
    assert entries(ask.condition for ask in asks(flight).values()) == ("text",)
    states = fly(bench.model, [plan]).states
    for place in (1, 2):
        begun = replace(states[0], stage=place, x=bench.flown[STAGES[place]][0])
        wanted = asks(board(Commission(plan, bench.model), 0, begun)).values()
        assert entries(ask.condition for ask in wanted) == ("level", "low", "text")
        first, *others = (ask.condition["low"] for ask in wanted)
        assert len(others) == 1 and torch.equal(first, others[0]), "guidance noises the picture once"


@pytest.mark.parametrize("name", STAGES)
def test_guidance_is_seen(bench: Bench, name: str) -> None:
    assert apart(bench, name, solo(bench, name, guidance=1.0)) > MOVED


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(bench: Bench, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, undo = FAULTS[fault]
    faulty = undo(bench.model, monkeypatch)
    moved = apart(bench, name, solo(bench, name, model=faulty))
    assert moved > MOVED, f"{fault}: moved by {moved:.2e}"


def test_the_last_step_of_the_upscaler_ends_at_the_first_entry(bench: Bench) -> None:
    """Not at the clean latent: visible where guidance is strong at the end and weak before it."""
    late = {"guidance": 30.0, "interval": (0.75, 1.0)}
    right, model = solo(bench, "upscaler", **late), network("upscaler", ends_noisy=False)
    clean = solo(bench, "upscaler", model=model(bench.model, pytest.MonkeyPatch()), **late)
    assert gap(clean[0], right[0]) > MOVED
    assert (
        apart(bench, "upscaler", solo(bench, "upscaler", model=model(bench.model, pytest.MonkeyPatch())))
        > PARITY
    )
