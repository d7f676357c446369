"""Karlo by diffusers' pipelines, with our networks and our noise, in pictures that are not square."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import Model, Source, to_pixels
from sfumato.language import read
from sfumato.models.family import Family, recognise
from sfumato.plan import Input, Plan, StagePlan, draft
from tinies import karlo as tiny
from tinies.flights import Tamper, fly
from tinies.kandinsky_oracle import exact, named, picture

STEPS = 5
# At the first step an answer is divided by 5e-5. All but a few values are then clamped; where one is not, it
# keeps what was rounded, 1e-4. These seeds have none.
FOX = "a red fox in the snow --ar 3:2 --seed 5"
SEA = "an oil painting of the sea at night --ar 3:2 --seed 8"


@dataclass(frozen=True)
class Made:
    """What their pipeline makes: an embedding (D,), a small and a large picture (3, H, W) in [-1, 1]."""

    embedding: Tensor
    small: Tensor
    large: Tensor


@dataclass(frozen=True)
class Pair:
    """Ours over both releases, and theirs."""

    family: Family
    model: Any
    words: Any
    varying: Any
    given: Mapping[str, Tensor]

    def plan(self, text: str = FOX, *inputs: Input, **more: Any) -> Plan:
        (prompt,) = read(text)
        plan = draft(prompt, self.family.defaults())
        stages = tuple(stage.model_copy(update={"steps": STEPS}) for stage in plan.stages)
        some = {"seeds": plan.seeds[:1], "stages": stages, "inputs": inputs}
        plan = plan.model_copy(update={**some, **more})
        assert self.family.check(plan) == ()
        return plan

    def ours(self, plan: Plan, model: Model | None = None, tamper: Tamper | None = None) -> Tensor:
        return fly(model or self.model, [plan], self.given, tamper).x[0]

    def image(self, role: str) -> Tensor:
        return self.given[named(role).hash]


def opened(folder: Path) -> Pair:
    from diffusers import UnCLIPImageVariationPipeline, UnCLIPPipeline

    family = recognise(tiny.whole(folder))
    words = UnCLIPPipeline(**tiny.word_parts())
    varying = UnCLIPImageVariationPipeline(**tiny.picture_parts())
    for pipeline in (words, varying):
        pipeline.set_progress_bar_config(disable=True)
        for name in ("prior_scheduler", "decoder_scheduler", "super_res_scheduler"):
            if hasattr(pipeline, name):
                exact(getattr(pipeline, name))
    pictures = {named(role).hash: picture(role, 16, 16) for role in ("start", "reference", "another")}
    return Pair(family, family.open("cpu", "float32"), words, varying, MappingProxyType(pictures))


def painted(pair: Pair, plan: Plan, **more: Any) -> Made:
    """Their text-to-image pipeline on the words of a plan."""
    return _run(pair, pair.words, plan, prompt=plan.parts[0].content, prior_num_inference_steps=STEPS, **more)


def varied(pair: Pair, plan: Plan, **more: Any) -> Made:
    """Their variations of the first reference picture, or of the embeddings that are named."""
    from PIL import Image

    if "image_embeddings" not in more:
        more["image"] = Image.fromarray(to_pixels(pair.image("reference")))
    return _run(pair, pair.varying, plan, **more)


def _run(pair: Pair, pipeline: Any, plan: Plan, **told: Any) -> Made:
    stages = {stage.name: stage for stage in plan.stages}
    used = plan.stages if pipeline is pair.words else plan.stages[-2:]
    seen: dict[str, Tensor] = {}
    with pytest.MonkeyPatch.context() as patch:
        starts = iter([_noise(pair, plan, stage)("start", 0) for stage in used])
        later = (_noise(pair, plan, stage)("ancestral", i) for stage in used for i in range(STEPS - 1))
        _play(patch, pipeline, starts, later)
        _sized(patch, pipeline, stages["super"], seen)
        array = pipeline(
            decoder_num_inference_steps=STEPS, super_res_num_inference_steps=STEPS, output_type="np", **told
        ).images[0]
    large = torch.from_numpy(array).permute(2, 0, 1) * 2 - 1
    return Made(seen["embedding"], seen["small"], large)


def _noise(pair: Pair, plan: Plan, stage: StagePlan) -> Any:
    draw = Source(plan.seeds[0].number, plan.seeds[0].slice, place=stage.name)
    own = next(one for one in pair.model.stages if one.name == stage.name)
    return lambda purpose, step: draw(purpose, step, own.shape(plan, stage))


def _play(
    patch: pytest.MonkeyPatch, pipeline: Any, starts: Iterator[Tensor], later: Iterator[Tensor]
) -> None:
    """Their noise: where each stage begins, and what is drawn on the way."""

    def first(shape: Any, *rest: Any) -> Tensor:
        noise = next(starts)
        return noise if noise.ndim == 2 else noise[None]

    patch.setattr(pipeline, "prepare_latents", first)
    walks = sys.modules[type(pipeline.decoder_scheduler).__module__]
    patch.setattr(walks, "randn_tensor", lambda shape, **_: next(later).reshape(shape))


def _sized(patch: pytest.MonkeyPatch, pipeline: Any, large: StagePlan, seen: dict[str, Tensor]) -> None:
    """What is enlarged gets our size, as theirs knows squares alone; what goes by on the way is noted."""
    functional = torch.nn.functional
    project = type(pipeline.text_proj).forward

    def interpolate(x: Tensor, size: Any, antialias: bool = False, **more: Any) -> Tensor:
        seen["small"] = x[0]
        return functional.interpolate(x, [large.height, large.width], antialias=antialias, **more)

    def forward(self: Any, *, image_embeddings: Tensor, **more: Any) -> Any:
        if more["do_classifier_free_guidance"]:
            seen["embedding"] = image_embeddings[0]
        return project(self, image_embeddings=image_embeddings, **more)

    module = sys.modules[type(pipeline).__module__]
    patch.setattr(module, "F", SimpleNamespace(interpolate=interpolate, pad=functional.pad))
    patch.setattr(type(pipeline.text_proj), "forward", forward)
