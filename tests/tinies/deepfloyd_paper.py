"""DeepFloyd IF at full size without numbers: the released configs, and empty files in place of weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

DOWN, CROSS_DOWN = "ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"
UP, CROSS_UP = "ResnetUpsampleBlock2D", "SimpleCrossAttnUpBlock2D"
UNET, T5, CLIP = "UNet2DConditionModel", "T5EncoderModel", "CLIPTextModel"

IMAGEN: Mapping[str, Any] = MappingProxyType(
    {
        "out_channels": 6,
        "act_fn": "gelu",
        "attention_head_dim": 64,
        "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
        "cross_attention_norm": "group_norm",
        "resnet_time_scale_shift": "scale_shift",
        "encoder_hid_dim": 4096,
        "addition_embed_type": "text",
        "addition_embed_type_num_heads": 64,
    }
)
T5_XXL: Mapping[str, Any] = MappingProxyType(
    {
        "vocab_size": 32128,
        "d_model": 4096,
        "d_kv": 64,
        "d_ff": 10240,
        "num_layers": 24,
        "num_heads": 64,
        "feed_forward_proj": "gated-gelu",
    }
)
COSINE: Mapping[str, Any] = MappingProxyType(
    {"_class_name": "DDPMScheduler", "beta_schedule": "squaredcos_cap_v2"}
)
LEARNED: Mapping[str, Any] = MappingProxyType(
    {
        **COSINE,
        "variance_type": "learned_range",
        "prediction_type": "epsilon",
        "thresholding": True,
        "dynamic_thresholding_ratio": 0.95,
    }
)
BETAS: Mapping[str, Any] = MappingProxyType(
    {"beta_start": 0.0001, "beta_end": 0.02, "beta_schedule": "scaled_linear"}
)
DDIM: Mapping[str, Any] = MappingProxyType(
    {
        **BETAS,
        "_class_name": "DDIMScheduler",
        "prediction_type": "v_prediction",
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
    }
)


def base_config(width: int) -> dict[str, Any]:
    channels = [width * times for times in (1, 2, 3, 4)]
    return {
        **IMAGEN,
        "sample_size": 64,
        "in_channels": 3,
        "block_out_channels": channels,
        "layers_per_block": 3,
        "down_block_types": [DOWN, CROSS_DOWN, CROSS_DOWN, CROSS_DOWN],
        "up_block_types": [CROSS_UP, CROSS_UP, CROSS_UP, UP],
        "cross_attention_dim": channels[-1],
    }


def super_config() -> dict[str, Any]:
    """The Efficient U-Net: twice as many blocks at the bottom, attention only there and only to the text."""
    return {
        **IMAGEN,
        "sample_size": 256,
        "in_channels": 6,
        "block_out_channels": [160, 320, 640, 960, 1280],
        "layers_per_block": [2, 2, 3, 5, 5],
        "down_block_types": [DOWN, DOWN, DOWN, CROSS_DOWN, CROSS_DOWN],
        "up_block_types": [CROSS_UP, CROSS_UP, UP, UP, UP],
        "cross_attention_dim": 1280,
        "only_cross_attention": True,
        "class_embed_type": "timestep",
        "time_embedding_dim": 1280,
        "time_embedding_act_fn": "gelu",
        "resnet_skip_time_act": True,
        "resnet_out_scale_factor": 1 / 0.7071,
        "mid_block_scale_factor": 1 / 0.7071,
    }


def upscaler_config() -> dict[str, Any]:
    attends = ("CrossAttnDownBlock2D",) * 3, ("CrossAttnUpBlock2D",) * 3
    return {
        "sample_size": 128,
        "in_channels": 7,
        "out_channels": 4,
        "block_out_channels": [256, 512, 512, 1024],
        "layers_per_block": 2,
        "down_block_types": ["DownBlock2D", *attends[0]],
        "up_block_types": [*attends[1], "UpBlock2D"],
        "only_cross_attention": [True, True, True, False],
        "attention_head_dim": 8,
        "cross_attention_dim": 1024,
        "use_linear_projection": True,
        "num_class_embeds": 1000,
    }


CLIP_H: Mapping[str, Any] = MappingProxyType(
    {
        "vocab_size": 49408,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 23,
        "num_attention_heads": 16,
        "hidden_act": "gelu",
    }
)
VAE_F4: Mapping[str, Any] = MappingProxyType(
    {
        "block_out_channels": [128, 256, 512],
        "down_block_types": ["DownEncoderBlock2D"] * 3,
        "up_block_types": ["UpDecoderBlock2D"] * 3,
        "layers_per_block": 2,
        "latent_channels": 4,
        "scaling_factor": 0.08333,
    }
)


def write(
    folder: Path, pipeline: str, parts: Mapping[str, tuple[str, Mapping[str, Any]]], **more: Any
) -> Path:
    """A released folder without numbers: configs, and empty files in place of weights."""
    index: dict[str, Any] = {"_class_name": pipeline, **more}
    for component, (kind, config) in parts.items():
        (folder / component).mkdir(parents=True)
        library = "transformers" if kind in (T5, CLIP) else "diffusers"
        is_scheduler = kind.endswith("Scheduler")
        index[component] = [library, kind]
        name = "scheduler_config.json" if is_scheduler else "config.json"
        (folder / component / name).write_text(json.dumps(dict(config)), encoding="utf-8")
        if not is_scheduler:
            (folder / component / "model.safetensors").touch()
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def write_base(folder: Path, width: int = 704) -> Path:
    parts = {
        "unet": (UNET, base_config(width)),
        "text_encoder": (T5, T5_XXL),
        "scheduler": ("DDPMScheduler", {**LEARNED, "sample_max_value": 1.5}),
    }
    return write(folder, "IFPipeline", parts)


def write_super(folder: Path, reads: bool = False) -> Path:
    parts = {
        "unet": (UNET, super_config()),
        "scheduler": ("DDPMScheduler", {**LEARNED, "sample_max_value": 1.0}),
        "image_noising_scheduler": ("DDPMScheduler", COSINE),
        **({"text_encoder": (T5, T5_XXL)} if reads else {}),
    }
    return write(
        folder, "IFSuperResolutionPipeline", parts, **({} if reads else {"text_encoder": [None, None]})
    )


def write_upscaler(folder: Path) -> Path:
    parts = {
        "unet": (UNET, upscaler_config()),
        "vae": ("AutoencoderKL", VAE_F4),
        "text_encoder": (CLIP, CLIP_H),
        "scheduler": ("DDIMScheduler", DDIM),
        "low_res_scheduler": ("DDPMScheduler", {**BETAS, "_class_name": "DDPMScheduler"}),
    }
    return write(folder, "StableDiffusionUpscalePipeline", parts, max_noise_level=350)
