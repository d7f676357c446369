"""DeepFloyd IF beside diffusers' three pipelines, both over the same folders; and ways to break ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from diffusers import IFPipeline, IFSuperResolutionPipeline, StableDiffusionUpscalePipeline
from diffusers.pipelines.deepfloyd_if import pipeline_if, pipeline_if_superresolution
from diffusers.pipelines.stable_diffusion import pipeline_stable_diffusion_upscale
from diffusers.schedulers import scheduling_ddpm
from torch import Tensor, nn

from sfumato.engine import NULL, Answer, ClassifierFree, Source
from sfumato.models._parts.rungs import stage as stages
from sfumato.models._parts.rungs.model import RungsModel
from sfumato.models._parts.rungs.stage import Limit, Rung
from sfumato.models.deepfloyd import DeepFloyd
from sfumato.models.family import recognise
from sfumato.plan import Input, Plan, StagePlan
from tinies.deepfloyd import whole
from tinies.flights import Tamper, fly, gap
from tinies.operations import plain

TEXTS = ("A Red fox in the snow --ar 3:2 --seed 7", "two cats and a Lighthouse --ar 3:2 --seed 8")
STAGES = ("base", "super", "upscaler")


@dataclass(frozen=True)
class Bench:
    """Both sides.

    flown   for each stage what ours left when the whole cascade was flown, for both prompts
    theirs  for each stage what the oracle makes of the low picture that ours left before it
    """

    family: DeepFloyd
    model: RungsModel
    pipes: Mapping[str, Any]
    plans: tuple[Plan, Plan]
    flown: Mapping[str, tuple[Tensor, Tensor]]
    rows: tuple[int, ...]
    theirs: Mapping[str, tuple[Tensor, Tensor]]


def open_bench(folder: Path) -> Bench:
    """Writes the three folders into an empty one, and lets both sides make two pictures."""
    family = recognise(whole(folder))
    assert isinstance(family, DeepFloyd)
    model = family.open("cpu", "float32")
    plans = plain(family, TEXTS[0]), plain(family, TEXTS[1])
    done = fly(model, plans)
    flown = {name: tuple(state.results[name] for state in done.states) for name in STAGES}
    pipes = opened(folder)
    lows = dict(zip(STAGES, ((None, None), flown["base"], flown["super"]), strict=True))
    theirs = {
        name: tuple(oracle(pipes, name, plan, low) for plan, low in zip(plans, lows[name], strict=True))
        for name in STAGES
    }
    return Bench(family, model, pipes, plans, flown, done.rows, theirs)


def opened(folder: Path) -> dict[str, Any]:
    kinds = (IFPipeline, IFSuperResolutionPipeline, StableDiffusionUpscalePipeline)
    places = zip(STAGES, kinds, ("first", "second", "third"), strict=True)
    pipes = {name: kind.from_pretrained(folder / place) for name, kind, place in places}
    for pipe in pipes.values():
        pipe.set_progress_bar_config(disable=True)
    return pipes


# The oracle


def oracle(pipes: Mapping[str, Any], name: str, plan: Plan, low: Tensor | None) -> Tensor:
    """What the released pipeline of this stage makes, given our noise and this low picture."""
    staged = next(stage for stage in plan.stages if stage.name == name)
    draw = Source(plan.seeds[0].number, plan.seeds[0].slice, place=name)
    common = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": staged.steps,
        "guidance_scale": staged.guidance,
    }
    if name == "upscaler":
        return oracle_upscaler(pipes[name], staged, draw, low, common)
    common |= {"height": staged.height, "width": staged.width, "clean_caption": False, "output_type": "pt"}
    shape = (3, staged.height, staged.width)
    start, steps = draw("start", 0, shape), fresh(draw, shape, staged.steps)
    if low is None:
        with fed(pipeline_if, start), fed(scheduling_ddpm, *steps):
            return pipes[name](**common).images[0]
    with fed(pipeline_if_superresolution, start, draw("augment", 0, shape)), fed(scheduling_ddpm, *steps):
        return pipes[name](image=low[None], noise_level=250, **common).images[0]


def oracle_upscaler(pipe: Any, staged: StagePlan, draw: Source, low: Tensor | None, common: dict) -> Tensor:
    assert low is not None
    start = draw("start", 0, (4, staged.height // 4, staged.width // 4))
    with fed(pipeline_stable_diffusion_upscale, draw("augment", 0, tuple(low.shape))):
        picture = (low[None] + 1) / 2
        return pipe(
            image=picture, latents=start[None], noise_level=20, output_type="latent", **common
        ).images[0]


def fresh(draw: Source, shape: tuple[int, ...], steps: int) -> list[Tensor]:
    """What ours adds after every step but the last."""
    return [draw("ancestral", step, shape) for step in range(steps - 1)]


@contextmanager
def fed(module: Any, *tensors: Tensor) -> Iterator[None]:
    """Within it, `randn_tensor` of a module gives these tensors in turn, and all of them are asked for."""
    left = list(tensors)

    def given(shape: Any, **_: Any) -> Tensor:
        tensor = left.pop(0)[None]
        assert tensor.shape == tuple(shape)
        return tensor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "randn_tensor", given)
        yield
    assert not left, "noise is left that was never asked for"


# Ours, one stage at a time


def only(plan: Plan, name: str, **knobs: Any) -> Plan:
    """This stage alone, with some knobs changed."""
    staged = plan.stages[STAGES.index(name)].model_copy(update=knobs)
    return plan.model_copy(update={"stages": (staged,), "width": staged.width, "height": staged.height})


def solo(
    bench: Bench,
    name: str,
    model: RungsModel | None = None,
    tamper: Tamper | None = None,
    **knobs: Any,
) -> tuple[Tensor, Tensor]:
    """What ours leaves when only this stage is flown, both prompts at once, from the same low pictures."""
    place, given = STAGES.index(name), {}
    plans = []
    for index, plan in enumerate(bench.plans):
        plan = only(plan, name, **knobs)
        if place:
            key = sha256(bytes([index])).hexdigest()
            given[key] = bench.flown[STAGES[place - 1]][index]
            plan = plan.model_copy(update={"inputs": (Input(role="start", hash=key),)})
        plans.append(plan)
    first, second = fly(model or bench.model, plans, given, tamper=tamper).x
    return first, second


def apart(bench: Bench, name: str, ours: tuple[Tensor, Tensor]) -> float:
    """The larger of the two gaps to the oracle."""
    return max(gap(*pair) for pair in zip(ours, bench.theirs[name], strict=True))


# Ways to break ours

Fault = Callable[[RungsModel, pytest.MonkeyPatch], RungsModel]


def rung(name: str, **changes: Any) -> Fault:
    """A stage with some fields exchanged."""

    def fault(model: RungsModel, _: pytest.MonkeyPatch) -> RungsModel:
        changed = (replace(own, **changes) if own.name == name else own for own in model.stages)
        return replace(model, stages=tuple(changed))

    return fault


def words(name: str, **changes: Any) -> Fault:
    """A stage that reads otherwise."""

    def fault(model: RungsModel, patch: pytest.MonkeyPatch) -> RungsModel:
        own = next(stage for stage in model.stages if stage.name == name)
        return rung(name, words=replace(own.words, **changes))(model, patch)

    return fault


def network(name: str, **changes: Any) -> Fault:
    """A network that is read otherwise."""

    def fault(model: RungsModel, _: pytest.MonkeyPatch) -> RungsModel:
        changed = replace(model.networks[name], **changes)
        return replace(model, networks={**model.networks, name: changed})

    return fault


class LowFirst(nn.Module):
    """The network with the low picture before x in its channels."""

    def __init__(self, unet: nn.Module, channels: int) -> None:
        super().__init__()
        self.unet, self.channels = unet, channels

    def forward(self, rows: Tensor, *args: Any, **more: Any) -> Any:
        turned = torch.cat([rows[:, self.channels :], rows[:, : self.channels]], dim=1)
        return self.unet(turned, *args, **more)


def low_first(name: str, channels: int) -> Fault:
    def fault(model: RungsModel, patch: pytest.MonkeyPatch) -> RungsModel:
        return network(name, unet=LowFirst(model.networks[name].unet, channels))(model, patch)

    return fault


def augmented_as(level: int | None, noised: bool) -> Fault:
    """The level that is told, and whether the noise is there."""

    def fault(model: RungsModel, patch: pytest.MonkeyPatch) -> RungsModel:
        right = stages.augmented

        def wrong(low, part, path, draw):
            picture, told = right(low, part, path, draw)
            return picture if noised else low, told if level is None else level

        patch.setattr(stages, "augmented", wrong)
        return model

    return fault


def corners_apart(model: RungsModel, patch: pytest.MonkeyPatch) -> RungsModel:
    def wrong(low: Tensor, shape: tuple[int, ...]) -> Tensor:
        return nn.functional.interpolate(low[None], list(shape[-2:]), mode="bilinear")[0]

    patch.setattr(stages, "enlarged", wrong)
    return model


def null_of_zeros(model: RungsModel, patch: pytest.MonkeyPatch) -> RungsModel:
    right = Rung.conditions

    def wrong(self: Rung, setting: Any) -> Any:
        given = dict(right(self, setting))
        given[NULL] = given[NULL].replace(text=torch.zeros_like(given[NULL]["text"]))
        return given

    patch.setattr(Rung, "conditions", wrong)
    return model


def guided_variance(model: RungsModel, patch: pytest.MonkeyPatch) -> RungsModel:
    right = ClassifierFree.join

    def wrong(self: ClassifierFree, answers: Any, *rest: Any) -> Answer:
        null, told = answers[NULL].variance, answers["part.0"].variance
        return Answer(right(self, answers, *rest).x0, null + self.scale * (told - null))

    patch.setattr(ClassifierFree, "join", wrong)
    return model


FAULTS: Mapping[str, tuple[str, Fault]] = MappingProxyType(
    {
        "no limit in the base": ("base", rung("base", limits=Limit())),
        "the base only clips": ("base", rung("base", limits=Limit(clip=1.0))),
        "the base has the super stage's bound": ("base", rung("base", limits=Limit(0.95, 1.0))),
        "the base has Imagen's percentile": ("base", rung("base", limits=Limit(0.995, 1.5))),
        "the base leaves its range": ("base", rung("base", limits=Limit(clip=1.5))),
        "the super stage has the base's bound": ("super", rung("super", limits=Limit(0.95, 1.5))),
        "no limit in the super stage": ("super", rung("super", limits=Limit())),
        "the base's variance is ignored": ("base", network("base", learned=False)),
        "the super stage's variance is ignored": ("super", network("super", learned=False)),
        "the base's variance is guided": ("base", guided_variance),
        "the super stage's variance is guided": ("super", guided_variance),
        "a clean picture that is told noisy": ("super", augmented_as(None, noised=False)),
        "a noisy picture that is told clean": ("super", augmented_as(0, noised=True)),
        "told one level too high": ("super", augmented_as(251, noised=True)),
        "told noisy in the upscaler": ("upscaler", augmented_as(250, noised=True)),
        "corners apart": ("super", corners_apart),
        "the base's text is not masked": ("base", words("base", masked=False)),
        "the super stage's text is not masked": ("super", words("super", masked=False)),
        "the upscaler's text is masked": ("upscaler", words("upscaler", masked=True)),
        "capital letters are kept": ("base", words("base", lower=False)),
        "the base's null is zero": ("base", null_of_zeros),
        "the super stage's null is zero": ("super", null_of_zeros),
        "the upscaler's null is zero": ("upscaler", null_of_zeros),
        "low before x in the super stage": ("super", low_first("super", 3)),
        "low before x in the upscaler": ("upscaler", low_first("upscaler", 4)),
    }
)
