"""Stable Diffusion 3 at tiny size: medium without T5, 3.5 medium with two attentions a block, 3.5 large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torch import Tensor

from sfumato.plan import Plan
from tinies.beside import start_noise
from tinies.latents import autoencoder, t5
from tinies.parts import redraw, write_repository
from tinies.words import clip_tokenizer, t5_tokenizer

FACTOR, CHANNELS, SIDE, PLACES = 4, 16, 16, 32
BLOCKS, WIDTH, HEADS = 3, 64, 4
CLIP, POOLED, WORDS, LONG = 32, 16, 96, 256  # CLIP's two side by side are narrower than T5's


def transformer(dual: tuple[int, ...] = (), normed: bool = True) -> Any:
    from diffusers import SD3Transformer2DModel

    network = SD3Transformer2DModel(
        sample_size=SIDE,
        patch_size=2,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        num_layers=BLOCKS,
        attention_head_dim=WIDTH // HEADS,
        num_attention_heads=HEADS,
        joint_attention_dim=WORDS,
        caption_projection_dim=WIDTH,
        pooled_projection_dim=2 * POOLED,
        pos_embed_max_size=PLACES,
        dual_attention_layers=dual,
        qk_norm="rms_norm" if normed else None,
    )
    return redraw(network, 1)


def clip(tokenizer: Any, seed: int) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=CLIP,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=POOLED,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return redraw(CLIPTextModelWithProjection(config), seed)


def write(folder: Path, network: Any, reads_t5: bool = True) -> Path:
    from diffusers import FlowMatchEulerDiscreteScheduler

    first, second, long = clip_tokenizer(), clip_tokenizer(pad="!"), t5_tokenizer(LONG)
    parts = {
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
        "text_encoder": clip(first, 3),
        "text_encoder_2": clip(second, 5),
        "text_encoder_3": t5(long, WORDS) if reads_t5 else None,
        "tokenizer": first,
        "tokenizer_2": second,
        "tokenizer_3": long if reads_t5 else None,
        "transformer": network,
        "vae": autoencoder(
            CHANNELS,
            scaling_factor=1.5305,
            shift_factor=0.0609,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ),
        "image_encoder": None,
        "feature_extractor": None,
    }
    return write_repository(folder, "StableDiffusion3Pipeline", parts)


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    arguments = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
        "height": stage.height,
        "width": stage.width,
        "latents": start_noise(plan, CHANNELS, FACTOR),
        "output_type": "latent",
        **more,
    }
    return pipe(**arguments).images[0]


def medium(folder: Path) -> tuple[Path, ...]:
    """3, without T5."""
    return (write(folder, transformer(normed=False), reads_t5=False),)


def medium_35(folder: Path) -> tuple[Path, ...]:
    return (write(folder, transformer(dual=(0, 1))),)


def large(folder: Path) -> tuple[Path, ...]:
    return (write(folder, transformer()),)


def with_control(folder: Path) -> tuple[Path, ...]:
    from tinies.controlled import of_sd3

    return (*medium(folder / "base"), of_sd3(folder, 41))


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"3": medium, "3.5-medium": medium_35, "controlnet": with_control}
)
