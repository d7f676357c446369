"""Z-Image at tiny size, and its Turbo, which differs in the scheduler alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from sfumato.plan import Plan
from tinies.beside import start_noise
from tinies.latents import autoencoder
from tinies.parts import redraw, write_repository
from tinies.words import qwen_tokenizer

FACTOR, CHANNELS, WORDS, WIDTH, HEADS = 4, 16, 32, 64, 4
TURBO = 3.0  # the shift by which its scheduler is known


def transformer() -> Any:
    """Drawn loud, so that words count beside the noise, and soft at the end: one look is near the next."""
    from diffusers import ZImageTransformer2DModel

    network = ZImageTransformer2DModel(
        in_channels=CHANNELS,
        dim=WIDTH,
        n_layers=3,
        n_refiner_layers=1,
        n_heads=HEADS,
        n_kv_heads=HEADS,
        cap_feat_dim=WORDS,
        axes_dims=[4, 6, 6],
        axes_lens=[256, 32, 32],
    )
    redraw(network, 1, spread=1.5)
    with torch.no_grad():
        network.all_final_layer["2-1"].linear.weight.mul_(0.3)
    return network


def qwen(tokenizer: Any) -> Any:
    from transformers import Qwen3Config, Qwen3Model

    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=WORDS,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
    )
    return redraw(Qwen3Model(config), 3)


def write(folder: Path, shift: float) -> tuple[Path, ...]:
    from diffusers import FlowMatchEulerDiscreteScheduler

    words = qwen_tokenizer()
    coder = autoencoder(
        CHANNELS, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False
    )
    parts = {
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=shift),
        "text_encoder": qwen(words),
        "tokenizer": words,
        "transformer": transformer(),
        "vae": coder,
    }
    return (write_repository(folder, "ZImagePipeline", parts),)


def whole(folder: Path) -> tuple[Path, ...]:
    return write(folder, shift=6.0)


def turbo(folder: Path) -> tuple[Path, ...]:
    return write(folder, shift=TURBO)


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    arguments = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance - 1,
        "height": stage.height,
        "width": stage.width,
        "latents": start_noise(plan, CHANNELS, FACTOR),
        "output_type": "latent",
        **more,
    }
    with torch.no_grad():
        return pipe(**arguments).images[0]


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"base": whole, "turbo": turbo})
