"""Qwen-Image at tiny size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

from sfumato.models.qwen_image.texts import ASKED_TO_CHANGE
from sfumato.plan import Plan
from tinies.beside import start_noise
from tinies.parts import redraw, write_repository
from tinies.words import qwen_tokenizer

FACTOR, CHANNELS, WORDS, SIDE = 4, 4, 32, 16
TERMINAL = 0.02
LOUD = 3.0  # so that a part of what is read counts beside all the rest


def transformer(spread: float = 1.5, **more: Any) -> Any:
    """Drawn loud, so that words count beside the noise, and soft at the end: one look is near the next."""
    from diffusers import QwenImageTransformer2DModel

    network = QwenImageTransformer2DModel(
        in_channels=4 * CHANNELS,
        out_channels=CHANNELS,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=4,
        joint_attention_dim=WORDS,
        axes_dims_rope=(4, 6, 6),
        **more,
    )
    redraw(network, 1, spread=spread)
    with torch.no_grad():
        network.proj_out.weight.mul_(0.45 / spread)
    return network


def qwen(tokenizer: Any) -> Any:
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    marks = {
        name: tokenizer.convert_tokens_to_ids(f"<|{mark}|>")
        for name, mark in (
            ("image_token_id", "image_pad"),
            ("vision_start_token_id", "vision_start"),
            ("vision_end_token_id", "vision_end"),
        )
    }
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": WORDS,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_window_layers": 2,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]},
        "pad_token_id": None,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    sight = {
        "depth": 1,
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_heads": 2,
        "out_hidden_size": WORDS,
        "fullatt_block_indexes": [0],
    }
    config = Qwen2_5_VLConfig(text_config=text, vision_config=sight, video_token_id=0, **marks)
    return redraw(Qwen2_5_VLForConditionalGeneration(config), 3)


def coder() -> Any:
    from diffusers import AutoencoderKLQwenImage

    network = AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=CHANNELS,
        dim_mult=[1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True],
        latents_mean=[0.3, -0.2, 0.1, -0.4],
        latents_std=[1.5, 0.7, 1.1, 0.9],
    )
    return redraw(network, 2)


def sight() -> Any:
    """How pictures are made ready: at least 2 x 2 tokens, at most 4 x 4."""
    from transformers import Qwen2VLImageProcessorPil

    return Qwen2VLImageProcessorPil(size={"shortest_edge": 56**2, "longest_edge": 112**2})


def write(folder: Path) -> tuple[Path, ...]:
    return released(folder, "QwenImagePipeline", transformer(), qwen_tokenizer())


def edit(folder: Path, pipeline: str = "QwenImageEditPipeline", **more: Any) -> tuple[Path, ...]:
    """In the released folder the processor's class also makes films ready, which needs torchvision."""
    sight().save_pretrained(folder / "processor")
    released(folder, pipeline, transformer(LOUD, **more), reading())
    file = folder / "model_index.json"
    index = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(
        json.dumps({**index, "processor": ["transformers", "Qwen2VLProcessor"]}), encoding="utf-8"
    )
    return (folder,)


def plus(folder: Path) -> tuple[Path, ...]:
    """As 2509."""
    return edit(folder, "QwenImageEditPlusPipeline")


def still(folder: Path) -> tuple[Path, ...]:
    """As 2511: the transformer knows that references have no noise."""
    return edit(folder, "QwenImageEditPlusPipeline", zero_cond_t=True)


def reading() -> Any:
    """The tokenizer of those that see: what they are asked is few tokens, as in the release."""
    return qwen_tokenizer(more=ASKED_TO_CHANGE)


def released(folder: Path, pipeline: str, network: Any, words: Any) -> tuple[Path, ...]:
    from diffusers import FlowMatchEulerDiscreteScheduler

    moving = {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 0.9, "max_image_seq_len": 8192}
    parts = {
        "scheduler": FlowMatchEulerDiscreteScheduler(**moving, shift_terminal=TERMINAL),
        "text_encoder": qwen(words),
        "tokenizer": words,
        "transformer": network,
        "vae": coder(),
    }
    write_repository(folder, pipeline, parts)
    file = folder / "transformer" / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**config, "sample_size": SIDE}), encoding="utf-8")  # for tiny defaults
    return (folder,)


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    noise = start_noise(plan, CHANNELS, FACTOR)
    arguments = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or " ",
        "num_inference_steps": stage.steps,
        "true_cfg_scale": stage.guidance,
        "height": stage.height,
        "width": stage.width,
        "latents": pixel_unshuffle(noise, 2).flatten(2).mT,
        "output_type": "latent",
        **more,
    }
    made = pipe(**arguments).images[0]
    if arguments["output_type"] != "latent":
        return made
    places = (stage.height // FACTOR // 2, stage.width // FACTOR // 2)
    return pixel_shuffle(made.mT.unflatten(1, places), 2)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"base": write, "edit": edit, "edit plus": still}
)
