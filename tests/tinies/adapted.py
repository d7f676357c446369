"""The tiny SDXL with adapters, ours and diffusers': two plans, and what its pipelines make of each alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import Model, Source
from sfumato.engine.post import to_pixels
from sfumato.language import read
from sfumato.models.family import Family, recognise
from sfumato.plan import Adapter, Input, Plan, draft
from tinies import adapters as tiny
from tinies import sdxl
from tinies.flights import Tamper, fly, gap

STEPS, GUIDANCE = 4, 5.0
TEXTS = ("a red fox in the snow", "two cats and a lighthouse")
KINDS = ("lora", "control", "plain", "plus", "all")
PEFT = ("lora", "all")  # what diffusers itself needs peft for
ROLES = {"control": ("hint", "hint"), "plain": ("reference",), "plus": ("reference", "reference")}
ROLES |= {"all": ("hint", "reference", "reference")}
# For each of the two plans the scale and interval of each adapter, in the order of the files.
AMOUNTS: dict[str, tuple[tuple[tuple[float, tuple[float, float]], ...], ...]] = {
    "lora": (((0.7, (0, 1)), (-0.4, (0, 1))), ((0.25, (0, 1)), (0.9, (0, 1)))),
    "control": (((0.8, (0, 0.5)), (0.5, (0.25, 1))), ((0.3, (0, 1)), (1.1, (0.5, 0.75)))),
    "plain": (((0.8, (0, 1)),), ((0.35, (0, 1)),)),
    "plus": (((0.6, (0, 1)),), ((1.2, (0, 1)),)),
    "all": (((0.7, (0, 1)), (0.8, (0, 1)), (0.6, (0, 1))), ((0.3, (0, 1)), (0.4, (0, 0.5)), (0.9, (0, 1)))),
}


@dataclass(frozen=True)
class Opened:
    """A tiny SDXL with adapters, and two plans."""

    kind: str
    family: Family
    model: Model
    plans: tuple[Plan, Plan]
    given: Mapping[str, Tensor]
    base: Path
    paths: tuple[Path, ...]

    @cached_property
    def theirs(self) -> tuple[Tensor, Tensor]:
        """What the pipeline makes of each plan alone."""
        made = pipeline(self.base, self.kind, self.paths)
        one, two = (painted(made, plan, self.kind, self.given) for plan in self.plans)
        return one, two

    def moved(
        self, plans: Sequence[Plan] | None = None, model: Model | None = None, tamper: Tamper | None = None
    ) -> tuple[float, ...]:
        """How far ours, flown together, are from theirs: with other plans, another model, other asks."""
        flown = fly(model or self.model, plans or self.plans, self.given, tamper)
        return tuple(gap(x, same) for x, same in zip(flown.x, self.theirs, strict=True))


def picture(seed: int) -> Tensor:
    """A smooth picture (3, 24, 40) in [-1, 1] whose values are exactly those of bytes."""
    noise = torch.randn(1, 3, 4, 5, generator=torch.Generator().manual_seed(seed))
    smooth = torch.nn.functional.interpolate(noise, (24, 40), mode="bilinear")[0].clamp(-1, 1)
    return torch.from_numpy(to_pixels(smooth)).permute(2, 0, 1).float() / 127.5 - 1


def shown(x: Tensor) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(to_pixels(x)))


def files(folder: Path, kind: str) -> tuple[Path, ...]:
    """The adapters of a case, in the order of its amounts; an image encoder is last."""
    if kind == "lora":
        return (kohya(folder), tiny.write(folder, "peft", tiny.peft(tiny.drawn(9))))
    if kind == "control":
        return (tiny.control(folder, 41), tiny.control(folder, 42))
    encoder = tiny.image_encoder(folder / "encoder")
    prompt = tiny.image_prompt(folder, kind, 51, fine=kind != "plain")
    return (prompt, encoder) if kind != "all" else (kohya(folder), tiny.control(folder, 43), prompt, encoder)


def kohya(folder: Path) -> Path:
    return tiny.write(folder, "kohya", tiny.kohya(tiny.drawn(5, convolutions=True)))


def planned(family: Family, kind: str, which: int) -> Plan:
    """One of the two plans of a case: its own text, seed, pictures and amounts."""
    plan = draft(read(f"{TEXTS[which]} --ar 5:3 --seed {7 + which}")[0], family.defaults())
    stage = plan.stages[0]
    amounts = AMOUNTS[kind][which]
    named = tuple(
        Adapter(weights=adapter.weights, scale=scale, interval=interval)
        for adapter, (scale, interval) in zip(stage.adapters, amounts, strict=False)
    )
    stage = stage.model_copy(update={"steps": STEPS, "guidance": GUIDANCE, "adapters": named})
    inputs = tuple(Input(role=role, hash=hashed(which, i)) for i, role in enumerate(ROLES.get(kind, ())))
    return plan.model_copy(update={"stages": (stage,), "seeds": plan.seeds[:1], "inputs": inputs})


def hashed(which: int, index: int) -> str:
    return f"{which}{index}" * 32


def roles(plan: Plan, given: Mapping[str, Tensor], role: str) -> list[Image.Image]:
    return [shown(given[item.hash]) for item in plan.inputs if item.role == role]


# Theirs


def pipeline(base: Path, kind: str, paths: tuple[Path, ...]) -> Any:
    """The pipeline of diffusers with these adapters loaded by its own means."""
    if kind in PEFT and find_spec("peft") is None:
        pytest.skip("diffusers loads LoRAs with peft only, which is not installed")
    from diffusers import ControlNetModel, StableDiffusionXLControlNetPipeline, StableDiffusionXLPipeline
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    parts: dict[str, Any] = {}
    nets = [ControlNetModel.from_pretrained(path) for path in paths if path.name.startswith("control")]
    if nets:
        parts["controlnet"] = nets if len(nets) > 1 else nets[0]
    if kind in ("plain", "plus", "all"):
        parts["image_encoder"] = CLIPVisionModelWithProjection.from_pretrained(paths[-1])
        parts["feature_extractor"] = CLIPImageProcessor(size=tiny.SIDE, crop_size=tiny.SIDE)
    flow = StableDiffusionXLControlNetPipeline if nets else StableDiffusionXLPipeline
    made = flow.from_pretrained(base, **parts)
    made.set_progress_bar_config(disable=True)
    for path in paths:
        if path.stem in ("kohya", "peft"):
            made.load_lora_weights(str(path), adapter_name=path.stem)
        elif path.stem == kind:
            made.load_ip_adapter(str(path.parent), "", path.name, image_encoder_folder=None)
    return made


def painted(made: Any, plan: Plan, kind: str, given: Mapping[str, Tensor]) -> Tensor:
    """What the pipeline makes of one plan from our noise: its last latent (4, h, w)."""
    stage, seed = plan.stages[0], plan.seeds[0]
    shape = (4, stage.height // 2, stage.width // 2)
    amounts = [(adapter.scale, adapter.interval) for adapter in stage.adapters]
    said: dict[str, Any] = {"guidance_scale": GUIDANCE, "num_inference_steps": STEPS, "output_type": "latent"}
    loras = [name for name in ("kohya", "peft") if kind in PEFT][: 2 if kind == "lora" else 1]
    if loras:
        made.set_adapters(loras, [scale for scale, _ in amounts[: len(loras)]])
    controls = amounts[len(loras) :][: len(roles(plan, given, "hint"))]
    if controls:
        hints = roles(plan, given, "hint")
        said["image"] = hints if len(hints) > 1 else hints[0]
        scales = [scale for scale, _ in controls]
        said["controlnet_conditioning_scale"] = scales if len(hints) > 1 else scales[0]
        said["control_guidance_start"] = [first for _, (first, _) in controls]
        said["control_guidance_end"] = [last for _, (_, last) in controls]
    if kind in ("plain", "plus", "all"):
        made.set_ip_adapter_scale(amounts[-1][0])
        said["ip_adapter_image"] = [roles(plan, given, "reference")]
    noise = Source(seed.number, seed.slice, place=stage.name)("start", 0, shape)
    text = plan.parts[0].content
    return made(text, width=stage.width, height=stage.height, latents=noise[None], **said).images[0]


def build(folder: Path, kind: str) -> Opened:
    """The case of this kind, its files written into the folder."""
    (base,) = sdxl.base(folder)
    paths = files(folder, kind)
    family = recognise([base, *paths])
    given = {hashed(which, i): picture(10 * which + i) for which in (0, 1) for i in range(3)}
    one, two = (planned(family, kind, which) for which in (0, 1))
    return Opened(kind, family, family.open("cpu", "float32"), (one, two), given, base, paths)


def dressed(plan: Plan, adapters: tuple[Adapter, ...]) -> Plan:
    return plan.model_copy(update={"stages": (plan.stages[0].model_copy(update={"adapters": adapters}),)})
