"""A released model twice: as ours opens it, and as the released pipeline has it, over the same networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from bench.released import Made, networks, write
from bench.sizes import Release
from bench.turns import Clock
from sfumato.engine import Batcher, Model, Source, apart, run, to_pixels
from sfumato.language import read
from sfumato.models.family import Family, recognise
from sfumato.plan import Plan, draft

GUIDANCE = 5.0


@dataclass(frozen=True)
class Ours:
    """A model opened by its family, with the batcher that the shelf gives a large one."""

    family: Family
    model: Model
    batcher: Batcher = field(default_factory=lambda: Batcher(answering=apart))

    def plan(self, prompt: str, side: int, steps: int) -> Plan:
        """One picture (side, side), as it is sampled by default. Raises SystemExit where that cannot be."""
        defaults = self.family.defaults()
        stage = defaults.stages[0].model_copy(update={"steps": steps, "guidance": GUIDANCE})
        own = defaults.model_copy(update={"stages": (stage,), "pixels": side**2, "pictures": 1})
        plan = draft(read(prompt)[0], own, entropy=lambda: 1)
        if refused := self.family.check(plan):
            raise SystemExit("\n".join(refused))
        return plan

    def noise(self, plan: Plan) -> Tensor:
        """What it begins from, (4, side / 8, side / 8)."""
        seed, stage = plan.seeds[0], plan.stages[0]
        shape = self.model.stages[0].shape(plan, stage)
        return Source(seed.number, seed.slice, place=stage.name)("start", 0, shape)

    def picture(self, prompt: str, side: int, steps: int) -> Image.Image:
        """From the words to the picture: read, drafted, checked, made."""
        *_, last = run(self.plan(prompt, side, steps), self.model, batcher=self.batcher)
        assert last.finished is not None
        return Image.fromarray(to_pixels(last.finished[0]))


@dataclass(frozen=True)
class Theirs:
    """The released pipeline."""

    pipe: Any
    more: Mapping[str, Any]

    def picture(self, prompt: str, side: int, steps: int, noise: Tensor) -> Image.Image:
        """From the words to the picture, of this noise, (4, side / 8, side / 8)."""
        made = self.pipe(
            prompt=prompt,
            height=side,
            width=side,
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            latents=noise[None].to(self.pipe.dtype),
            **self.more,
        )
        return made.images[0]


class Pair(NamedTuple):
    """denoiser  what both ask at every step
    clock     counts the seconds in networks
    """

    ours: Ours
    theirs: Theirs
    denoiser: nn.Module
    clock: Clock


def open_pair(release: Release, folder: Path, dtype: str) -> Pair:
    """Both over networks that are drawn for them, and what else belongs to the release in a folder."""
    parts, clock = write(release, folder, getattr(torch, dtype)), Clock()
    ours = open_ours(parts, folder, dtype)
    for network in asked_themselves(parts):
        clock.watch(network)
    return Pair(ours, open_theirs(release, parts), parts[release.denoiser], clock)


def open_ours(parts: Mapping[str, Any], folder: Path, dtype: str) -> Ours:
    """The family over a folder, which is handed its networks."""
    family = recognise([folder])
    with Made(made=networks(parts)).around():
        return Ours(family, family.open("cpu", dtype))


def open_theirs(release: Release, parts: Mapping[str, Any]) -> Theirs:
    import diffusers

    diffusers.utils.logging.set_verbosity_error()
    own = {name: value for name, value in release.index.items() if not isinstance(value, bool)}
    pipe = getattr(diffusers, release.pipeline)(**parts, **own)
    pipe.set_progress_bar_config(disable=True)
    return Theirs(pipe, release.more)


def asked_themselves(parts: Mapping[str, Any]) -> list[nn.Module]:
    """Denoiser and text encoders, and those halves of the autoencoder that are asked by themselves."""
    vae = parts["vae"]
    found = [part for part in parts.values() if isinstance(part, nn.Module) and part is not vae]
    return [*found, vae.encoder, vae.decoder, vae.post_quant_conv]


def gap(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, in parts of the range."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean() / 255)
