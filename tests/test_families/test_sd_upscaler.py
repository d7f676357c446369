"""The ×4 upscaler behind Stable Diffusion and by itself, against diffusers' pipelines one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from diffusers.pipelines.stable_diffusion import pipeline_stable_diffusion_upscale
from torch import Tensor

from sfumato.engine import Source
from sfumato.language import read
from sfumato.models.family import Family, recognise
from sfumato.plan import Asked, Plan, Upscale, draft
from sfumato.plan import Source as Given
from tinies import deepfloyd, sd, sdxl
from tinies.deepfloyd_bench import fed
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.operations import STEPS, named, smooth

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

PROMPTS = ("a red fox in the snow --ar 3:2 --seed 7", "the sea at night --ar 3:2 --seed 11")
LOW = (24, 32)


@dataclass(frozen=True)
class Both:
    """plans  two prompts, each ending in the upscaler"""

    family: Family
    model: Any
    first: Any
    last: Any
    plans: tuple[Plan, ...]

    def theirs(self, plan: Plan, **more: Any) -> Tensor:
        """Their last latent, out of the picture that their first pipeline makes."""
        size = {"height": plan.stages[0].height, "width": plan.stages[0].width}
        said = {**_said(plan, 0), **size, "latents": _start(plan, 0, 2)}
        latent = self.first(**said, output_type="latent").images[0]
        picture = self.first.vae.decode(latent[None] / self.first.vae.config.scaling_factor).sample[0]
        return enlarged(self.last, plan, picture.clamp(-1, 1), **more)


def _said(plan: Plan, number: int) -> dict[str, Any]:
    stage = plan.stages[number]
    return {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
    }


def _draw(plan: Plan, number: int) -> Source:
    return Source(plan.seeds[0].number, plan.seeds[0].slice, place=plan.stages[number].name)


def _start(plan: Plan, number: int, factor: int) -> Tensor:
    stage = plan.stages[number]
    return _draw(plan, number)("start", 0, (4, stage.height // factor, stage.width // factor))[None]


@torch.no_grad()
def enlarged(pipe: Any, plan: Plan, low: Tensor, noise_level: int = 20) -> Tensor:
    """What the released upscaler makes of a picture (3, h, w)."""
    number = len(plan.stages) - 1
    with fed(pipeline_stable_diffusion_upscale, _draw(plan, number)("augment", 0, tuple(low.shape))):
        return pipe(
            image=(low[None] + 1) / 2,
            latents=_start(plan, number, 4),
            noise_level=noise_level,
            output_type="latent",
            **_said(plan, number),
        ).images[0]


def planned(family: Family, texts: Sequence[str] = PROMPTS) -> tuple[Plan, ...]:
    drafts = (draft(read(text)[0], family.defaults()) for text in texts)
    return tuple(staged(plan, steps=STEPS) for plan in drafts)


def staged(plan: Plan, **knobs: Any) -> Plan:
    stages = tuple(stage.model_copy(update=knobs) for stage in plan.stages)
    return plan.model_copy(update={"stages": stages, "seeds": plan.seeds[:1]})


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    paths = sd.enlarged(tmp_path_factory.mktemp("sd"))
    family = recognise(paths)
    first = diffusers.StableDiffusionPipeline.from_pretrained(paths[0])
    first.scheduler = diffusers.EulerDiscreteScheduler.from_config(first.scheduler.config)
    last = diffusers.StableDiffusionUpscalePipeline.from_pretrained(paths[1])
    for pipe in (first, last):
        pipe.set_progress_bar_config(disable=True)
    plans = tuple(with_first(plan, sampler="euler") for plan in planned(family))
    opened = Both(family, family.open("cpu", "float32"), first, last, plans)
    yield opened
    opened.model.close()


def with_first(plan: Plan, **knobs: Any) -> Plan:
    return plan.model_copy(update={"stages": (plan.stages[0].model_copy(update=knobs), *plan.stages[1:])})


def with_last(plan: Plan, **knobs: Any) -> Plan:
    return plan.model_copy(update={"stages": (*plan.stages[:-1], plan.stages[-1].model_copy(update=knobs))})


@pytest.fixture(scope="module")
def theirs(both: Both) -> tuple[Tensor, ...]:
    return tuple(map(both.theirs, both.plans))


# Behind Stable Diffusion


def test_two_prompts_in_one_batch_equal_two_runs_of_both_pipelines(both: Both, theirs) -> None:
    assert [stage.name for stage in both.plans[0].stages] == ["base", "upscaler"]
    assert both.family.check(both.plans[0]) == ()
    flown = fly(both.model, both.plans)
    assert flown.rows == (4,) * (2 * STEPS)
    for x, own, foreign in zip(flown.x, theirs, theirs[::-1], strict=True):
        assert gap(x, own) < PARITY and gap(x, foreign) > MOVED


def test_the_picture_is_four_times_as_large(both: Both, theirs) -> None:
    plan, stage = both.plans[0], both.model.stages[-1]
    assert (plan.width, plan.height) == (4 * plan.stages[0].width, 4 * plan.stages[0].height)
    picture = both.last.vae.decode(theirs[0][None] / 0.08333).sample[0].detach()
    assert picture.shape == (3, plan.height, plan.width)
    assert gap(stage.decode(theirs[0]), picture) < PARITY


def ours(both: Both, plan: Plan, tamper: Tamper | None = None) -> Tensor:
    return fly(both.model, [plan], tamper=tamper).x[0]


def test_the_noise_level_is_the_plan_s(both: Both, theirs) -> None:
    plan = with_last(both.plans[0], augment=0.2)
    other = both.theirs(plan, noise_level=200)
    assert gap(ours(both, plan), other) < PARITY and gap(theirs[0], other) > MOVED


@pytest.mark.parametrize("entry", ["text", "low", "level"])
def test_every_entry_counts(both: Both, theirs, entry: str) -> None:
    assert gap(ours(both, both.plans[0], zeroed(entry)), theirs[0]) > MOVED


@pytest.mark.parametrize("knobs", [{"guidance": 1.0}, {"schedule": "trailing"}, {"augment": 0.0}], ids=str)
def test_knobs_move_it(both: Both, theirs, knobs: dict[str, Any]) -> None:
    assert gap(ours(both, with_last(both.plans[0], **knobs)), theirs[0]) > MOVED


def test_what_is_enlarged_is_the_picture_and_not_its_latent(both: Both, theirs) -> None:
    """Latents as they are, and pictures beyond black and white, are seen."""
    first, last = both.model.stages
    for show in (
        lambda x: x[:3].repeat_interleave(2, 1).repeat_interleave(2, 2),
        lambda x: 3 * first.decode(x),
    ):
        wrong = replace(both.model, stages=(first, replace(last, show=show)))
        assert gap(fly(wrong, both.plans[:1]).x[0], theirs[0]) > MOVED


# By itself


@pytest.fixture(scope="module")
def alone(both: Both, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    family = recognise((deepfloyd.upscaler(tmp_path_factory.mktemp("x4") / "x4"),))
    opened = replace(both, family=family, model=family.open("cpu", "float32"), plans=planned(family))
    yield opened
    opened.model.close()


GIVEN: Mapping[str, Tensor] = {named("start", name).hash: smooth(name, *LOW) for name in ("start", "another")}


def of_picture(plan: Plan, name: str) -> Plan:
    sizes = {"width": 4 * LOW[1], "height": 4 * LOW[0]}
    plan = with_last(plan, **sizes)
    return plan.model_copy(update={**sizes, "inputs": (named("start", name),)})


def test_any_picture_is_made_larger(alone: Both) -> None:
    plans = [of_picture(plan, name) for plan, name in zip(alone.plans, ("start", "another"), strict=True)]
    assert alone.family.check(plans[0]) == ()
    flown = fly(alone.model, plans, GIVEN)
    assert set(flown.rows) == {4}
    lows = list(GIVEN.values())
    for plan, x, low, other in zip(plans, flown.x, lows, lows[::-1], strict=True):
        assert gap(x, enlarged(alone.last, plan, low)) < PARITY
        assert gap(x, enlarged(alone.last, plan, other)) > MOVED


def test_upscaling_by_four_sees_the_picture_as_it_is(alone: Both) -> None:
    """From noise; by less than four the picture holds more than it would see, so it begins from that."""
    source = Given(named("start").hash, LOW[1], LOW[0])
    asked = Asked(read("a red fox")[0], alone.family.defaults(), (source,))
    four, two = (Upscale(factor=factor).plan(asked) for factor in (4.0, 2.0))
    assert (four.stages[0].start, two.stages[0].start) == (0.0, 0.7)
    plan = staged(four, steps=STEPS, window=0)
    assert alone.family.check(plan) == () and (plan.width, plan.height) == (4 * LOW[1], 4 * LOW[0])
    x = fly(alone.model, [plan], GIVEN).x[0]
    assert gap(x, enlarged(alone.last, plan, GIVEN[source.hash])) < PARITY


# What it refuses


def test_it_needs_a_picture(alone: Both) -> None:
    assert any("needs a picture as start" in sentence for sentence in alone.family.check(alone.plans[0]))


def test_a_stage_of_another_size_is_refused(both: Both) -> None:
    plan = both.plans[0]
    wrong = with_first(plan, width=plan.stages[0].width * 2)
    assert any("4 times as wide and high" in sentence for sentence in both.family.check(wrong))
    noisy = with_last(plan, augment=0.5)
    assert any("augmentation up to 0.35" in sentence for sentence in both.family.check(noisy))
    turned = plan.model_copy(update={"stages": plan.stages[::-1], "width": plan.stages[0].width})
    turned = turned.model_copy(update={"height": plan.stages[0].height})
    assert any("it comes after base" in sentence for sentence in both.family.check(turned))


def test_a_refiner_may_stand_before_it(tmp_path: Path) -> None:
    family = recognise((*sdxl.both(tmp_path / "xl"), deepfloyd.upscaler(tmp_path / "x4")))
    (plan,) = planned(family, PROMPTS[:1])
    assert [stage.name for stage in plan.stages] == ["base", "refiner", "upscaler"]
    plan = staged(plan, steps=10)
    assert family.check(plan) == () and "4 times as large by x4" in family.summary
    other = plan.stages[-1].model_copy(update={"weights": "0" * 64})
    foreign = plan.model_copy(update={"stages": (*plan.stages[:-1], other)})
    assert "needs other upscaler weights" in family.check(foreign)[0]
