"""Kandinsky 3 at tiny size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.plan import Plan
from tinies.beside import draw_of
from tinies.kandinsky_oracle import play
from tinies.latents import t5
from tinies.parts import movq, redraw, write_repository
from tinies.words import t5_tokenizer

FACTOR, CHANNELS, SIDE, WORDS = 4, 4, 20, 32  # picture over latent, latent channels and side, T5's width
THEIR_FACTOR = 8  # the pipeline knows no other MoVQ than the released one


@torch.no_grad()
def unet() -> Any:
    from diffusers import Kandinsky3UNet

    network = Kandinsky3UNet(
        in_channels=CHANNELS,
        time_embedding_dim=32,
        groups=8,
        attention_head_dim=16,
        layers_per_block=2,
        block_out_channels=(64, 64),  # half of it is the narrowest layer
        cross_attention_dim=32,
        encoder_hid_dim=WORDS,
    )
    redraw(network, 1)
    network.encoder_hid_proj.projection_norm.bias.normal_(generator=torch.Generator().manual_seed(3))
    return network


def scheduler() -> Any:
    from diffusers import DDPMScheduler

    return DDPMScheduler(
        beta_schedule="squaredcos_cap_v2",
        thresholding=True,
        dynamic_thresholding_ratio=0.99,
        sample_max_value=100.0,
    )


def base(folder: Path) -> tuple[Path, ...]:
    words = t5_tokenizer()
    parts = {
        "tokenizer": words,
        "text_encoder": t5(words, WORDS),
        "unet": unet(),
        "movq": movq(3),
        "scheduler": scheduler(),
    }
    write_repository(folder, "Kandinsky3Pipeline", parts)
    file = folder / "unet" / "config.json"  # the class does not know of a size
    config = json.loads(file.read_text(encoding="utf-8")) | {"sample_size": SIDE}
    file.write_text(json.dumps(config), encoding="utf-8")
    return (folder,)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"3": base})


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    shape, draw = (CHANNELS, stage.height // FACTOR, stage.width // FACTOR), draw_of(plan)
    begun = round(stage.start * stage.steps)
    noises = [
        draw("start", 0, shape),
        *(draw("ancestral", step, shape) for step in range(stage.steps - begun)),
    ]
    arguments = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance - 1,
        "output_type": "latent",
        **more,
    }
    if "image" not in more:
        sides = {"height": shape[1] * THEIR_FACTOR, "width": shape[2] * THEIR_FACTOR}
        arguments |= {"latents": noises.pop(0)[None], **sides}
    with pytest.MonkeyPatch.context() as patch:
        play(patch, pipe, noises)
        return pipe(**arguments).images[0]
