"""Hunyuan-DiT at tiny size: 1.1 with a style and sizes, 1.2 without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from torch import Tensor

from sfumato.plan import Plan
from tinies.beside import draw_of, start_noise
from tinies.latents import autoencoder, heeding, t5
from tinies.parts import redraw, write_repository
from tinies.words import bert_tokenizer, t5_tokenizer

FACTOR, CHANNELS, SIDE = 8, 4, 16  # the pipeline knows no other factor
WORDS, WIDTH, HEADS, BLOCKS = 32, 64, 4, 4
SHORT, LONG = 77, 256


def transformer(sized: bool) -> Any:
    from diffusers import HunyuanDiT2DModel

    network = HunyuanDiT2DModel(
        num_attention_heads=HEADS,
        attention_head_dim=WIDTH // HEADS,
        in_channels=CHANNELS,
        patch_size=2,
        sample_size=SIDE,
        hidden_size=WIDTH,
        num_layers=BLOCKS,
        mlp_ratio=4.0,
        cross_attention_dim=WORDS,
        cross_attention_dim_t5=WORDS,
        pooled_projection_dim=WORDS,
        text_len=SHORT,
        text_len_t5=LONG,
        use_style_cond_and_image_meta_size=sized,
    )
    return heeding(redraw(network, 1, spread=1.5))


def clip(tokenizer: Any) -> Any:
    """The text tower of the bilingual CLIP."""
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=WORDS,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=SHORT,
    )
    return redraw(BertModel(config), 3)


def scheduler(last: float) -> Any:
    from diffusers import DDPMScheduler

    return DDPMScheduler(
        beta_start=0.00085,
        beta_end=last,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        steps_offset=1,
        clip_sample=False,
        timestep_spacing="leading",
    )


def write(folder: Path, sized: bool, last: float) -> Path:
    short, long = bert_tokenizer(SHORT), t5_tokenizer(LONG)
    parts = {
        "scheduler": scheduler(last),
        "text_encoder": clip(short),
        "text_encoder_2": t5(long, WORDS),
        "tokenizer": short,
        "tokenizer_2": long,
        "transformer": transformer(sized),
        "vae": autoencoder(CHANNELS, halvings=3, scaling_factor=0.13025),
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }
    return write_repository(folder, "HunyuanDiTPipeline", parts)


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    from diffusers.schedulers import scheduling_ddpm

    stage = plan.stages[0]
    noise = start_noise(plan, CHANNELS, FACTOR)
    fresh = iter([draw_of(plan)("ancestral", step, tuple(noise.shape[1:])) for step in range(stage.steps)])
    arguments = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
        "guidance_rescale": stage.rescale,
        "height": stage.height,
        "width": stage.width,
        "latents": noise,
        "use_resolution_binning": False,
        "output_type": "latent",
        **more,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduling_ddpm, "randn_tensor", lambda shape, **_: next(fresh)[None])
        return pipe(**arguments).images[0]


def version_11(folder: Path) -> tuple[Path, ...]:
    return (write(folder, sized=True, last=0.03),)


def version_12(folder: Path) -> tuple[Path, ...]:
    return (write(folder, sized=False, last=0.018),)


def with_control(folder: Path) -> tuple[Path, ...]:
    from tinies.controlled import of_hunyuan

    return (*version_12(folder / "base"), of_hunyuan(folder, 41, sized=False))


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"1.1": version_11, "1.2": version_12, "controlnet": with_control}
)
