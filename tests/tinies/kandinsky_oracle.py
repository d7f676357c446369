"""Kandinsky 2.1 and 2.2 by diffusers' pipelines, with our files and our noise; and faults to put in ours."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import Model, Source, noise, to_pixels
from sfumato.language import read
from sfumato.models.family import Family, recognise
from sfumato.plan import Input, Plan, draft
from tinies import kandinsky as tiny
from tinies.flights import Tamper, fly

STEPS = 5
FOX = "a red fox in the snow --ar 3:2 --seed 7"
SEA = "an oil painting of the sea at night --ar 3:2 --seed 8"
NEGATIVE = "a small blue car"
PRIOR, DECODER = "prior", "decoder"


def picture(name: str, height: int, width: int) -> Tensor:
    """(3, height, width) in [-1, 1], of whole bytes."""
    coarse = noise(0, 0, name, 0, (1, 3, 4, 6))
    smooth = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")[0]
    return ((smooth.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1


def box(height: int, width: int) -> Tensor:
    """A mask picture, white in the middle."""
    mask = -torch.ones(3, height, width)
    mask[:, height // 4 : height // 2, width // 3 : 2 * width // 3] = 1
    return mask


def named(role: str, weight: float = 1.0) -> Input:
    return Input(role=role, hash=role.encode().hex().ljust(64, "0"), weight=weight)


@dataclass(frozen=True)
class Pair:
    """Ours and theirs over the same folders."""

    family: Family
    model: Any
    prior: Any
    decoder: Any
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


def opened(
    variant: Callable[[Path], tuple[Path, ...]], folder: Path, task: str = "", release: str = tiny.NEW
) -> Pair:
    import diffusers

    family = recognise(variant(folder))
    load = {"local_files_only": True}
    prior = getattr(diffusers, f"Kandinsky{release}PriorPipeline").from_pretrained(folder / "prior", **load)
    kind = getattr(diffusers, f"Kandinsky{release}{task}Pipeline")
    decoder = kind.from_pretrained(folder / "decoder", **load)
    for pipeline in (prior, decoder):
        pipeline.set_progress_bar_config(disable=True)
    exact(prior.scheduler)
    size = (64, 128) if task == "Controlnet" else (32, 48)
    pictures = {named(role).hash: picture(role, *size) for role in ("start", "hint", "reference")}
    pictures[named("mask").hash] = box(*size)
    return Pair(family, family.open("cpu", "float32"), prior, decoder, MappingProxyType(pictures))


def exact(scheduler: Any) -> None:
    """Their tables in float64: in float32 they round the share of x that the first step keeps, 1e-4, to 0."""
    scheduler.alphas = 1 - scheduler.betas.double()
    scheduler.alphas_cumprod = scheduler.alphas.cumprod(0)


# Theirs


def tape(plan: Plan, stage: str, shape: tuple[int, ...], row: int | None = None) -> Iterator[Tensor]:
    """Our noise of a stage in the order in which they draw it; of one row of x, or of all."""
    draw = Source(plan.seeds[0].number, plan.seeds[0].slice, place=stage)
    purposes = [("start", 0), *(("ancestral", step) for step in range(STEPS))]
    drawn = (draw(purpose, step, shape) for purpose, step in purposes)
    return drawn if row is None else (own[row] for own in drawn)


def play(patch: pytest.MonkeyPatch, pipeline: Any, noises: Iterable[Tensor]) -> None:
    """Whatever noise this pipeline draws next is taken from these."""
    left = iter(noises)
    for owner in (pipeline, pipeline.scheduler):
        module = sys.modules[type(owner).__module__]
        patch.setattr(module, "randn_tensor", lambda shape, **_: next(left).reshape(shape))


def embeddings(pair: Pair, plan: Plan) -> tuple[Tensor, Tensor]:
    """What their prior gives for the words of a plan."""
    with pytest.MonkeyPatch.context() as patch:
        play(patch, pair.prior, tape(plan, PRIOR, (1 + bool(plan.negative), tiny.WIDTH)))
        text = plan.parts[0].content
        out = pair.prior(text, negative_prompt=plan.negative or None, num_inference_steps=STEPS)
    return out.image_embeds, out.negative_image_embeds


def painted(pair: Pair, plan: Plan, embeds: tuple[Tensor, Tensor], **more: Any) -> Tensor:
    """The final latent of their decoder."""
    shape = pair.model.decoder.shape(plan, plan.stages[-1])
    sizes = {"height": plan.height, "width": plan.width, "num_inference_steps": STEPS}
    with pytest.MonkeyPatch.context() as patch:
        play(patch, pair.decoder, tape(plan, DECODER, shape))
        given = dict(zip(("image_embeds", "negative_image_embeds"), embeds, strict=True))
        return pair.decoder(**{"output_type": "latent", **given, **sizes, **more}).images[0]


def theirs(pair: Pair, plan: Plan, **more: Any) -> Tensor:
    return painted(pair, plan, embeddings(pair, plan), **more)


def fused(pair: Pair, plan: Plan, items: list[tuple[str | None, float]]) -> tuple[Tensor, Tensor]:
    """Their `interpolate` of these texts, and of the reference where a text is None."""
    from PIL import Image

    seen = Image.fromarray(to_pixels(pair.image("reference")))
    things = [seen if text is None else text for text, _ in items]
    texts = sum(text is not None for text, _ in items)
    shape = (texts + bool(plan.negative), tiny.WIDTH)
    noises = [list(tape(plan, PRIOR, shape, row))[:STEPS] for row in range(shape[0])]
    blank = [torch.zeros(tiny.WIDTH)] * STEPS  # for a run whose result they throw away
    runs = [*noises[:texts], noises[-1] if plan.negative else blank]
    with pytest.MonkeyPatch.context() as patch:
        play(patch, pair.prior, (one for run in runs for one in run))
        out = pair.prior.interpolate(
            things, [weight for _, weight in items], num_inference_steps=STEPS, negative_prompt=plan.negative
        )
    return out.image_embeds, out.negative_image_embeds


# Faults: each takes our model, undoes one thing, and gives what answers instead

Fault = Callable[[pytest.MonkeyPatch, Any], Any]


def on_prior(**changes: Any) -> Fault:
    return lambda patch, model: replace(model, prior=replace(model.prior, **changes))


def on_decoder(**changes: Any) -> Fault:
    return lambda patch, model: replace(model, decoder=replace(model.decoder, **changes))


def patched(owner: Any, name: str, value: Any) -> Fault:
    def fault(patch: pytest.MonkeyPatch, model: Any) -> Any:
        patch.setattr(owner, name, value)
        return model

    return fault


def broken(pair: Pair, plan: Plan, fault: Fault | Tamper, tamper: bool = False) -> Tensor:
    """Our final latent with the fault."""
    if tamper:
        return pair.ours(plan, tamper=fault)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        return pair.ours(plan, fault(patch, pair.model))  # type: ignore[call-arg]
