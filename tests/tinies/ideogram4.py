"""Ideogram 4 at tiny size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from sfumato.models.ideogram4.model import latents, tokens
from sfumato.plan import Plan
from tinies.beside import start_noise
from tinies.parts import redraw, write_repository
from tinies.words import PIECES, qwen_tokenizer

FACTOR, CHANNELS, HIDDEN, SIDE = 4, 8, 16, 16
LAYERS, HEARD = 36, 13


def transformer(seed: int) -> Any:
    """Drawn loud, so that words count beside the noise, and soft at the end: one look is near the next."""
    from diffusers import Ideogram4Transformer2DModel

    network = Ideogram4Transformer2DModel(
        in_channels=4 * CHANNELS,
        num_layers=2,
        attention_head_dim=32,
        num_attention_heads=2,
        intermediate_size=64,
        adaln_dim=32,
        llm_features_dim=HEARD * HIDDEN,
        mrope_section=(6, 5, 5),
        rope_theta=10_000,
    )
    redraw(network, seed, spread=1.5)
    with torch.no_grad():
        network.final_layer.linear.weight.mul_(0.2)
    return network


def qwen(tokenizer: Any) -> Any:
    """As many layers as the release, since it is heard at thirteen of them."""
    from transformers import Qwen3VLConfig, Qwen3VLModel

    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": HIDDEN,
        "intermediate_size": 32,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 1, 1]},
    }
    sight = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": HIDDEN,
        "num_position_embeddings": 16,
        "deepstack_visual_indexes": [0],
    }
    return redraw(Qwen3VLModel(Qwen3VLConfig(text_config=text, vision_config=sight)), 3)


def coder() -> Any:
    """With statistics of its own at every place of a token."""
    from diffusers import AutoencoderKLFlux2

    network = AutoencoderKLFlux2(
        block_out_channels=(8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        latent_channels=CHANNELS,
        norm_num_groups=4,
        sample_size=64,
    )
    redraw(network, 2)
    drawn = torch.randn(2, 4 * CHANNELS, generator=torch.Generator().manual_seed(4))
    network.bn.running_mean.copy_(drawn[0] * 0.4)
    network.bn.running_var.copy_((drawn[1] * 0.3).exp())
    return network


def write(folder: Path) -> tuple[Path, ...]:
    from diffusers import FlowMatchEulerDiscreteScheduler

    words = qwen_tokenizer()
    words.chat_template = PIECES
    parts = {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "text_encoder": qwen(words),
        "tokenizer": words,
        "transformer": transformer(1),
        "unconditional_transformer": transformer(5),
        "vae": coder(),
    }
    write_repository(folder, "Ideogram4Pipeline", parts)
    file = folder / "transformer" / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**config, "sample_size": SIDE}), encoding="utf-8")  # for tiny defaults
    return (folder,)


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    noise, (height, width) = tokens(start_noise(plan, CHANNELS, FACTOR))
    polish = ceil(stage.steps / 16)
    late = 1 + (stage.guidance - 1) / 3
    arguments = {
        "prompt": plan.parts[0].content,
        "num_inference_steps": stage.steps,
        "guidance_schedule": [stage.guidance] * (stage.steps - polish) + [late] * polish,
        "height": stage.height,
        "width": stage.width,
        "latents": noise,
        "output_type": "latent",
        "max_sequence_length": 64,
        **more,
    }
    made = pipe(**arguments).images
    return latents(made, height, width)[0] if arguments["output_type"] == "latent" else made[0]


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"base": write})
