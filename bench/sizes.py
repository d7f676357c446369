"""Configs of released models: their real sizes, and the same far smaller, to see whether something runs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

VAE = MappingProxyType(
    {
        "block_out_channels": (128, 256, 512, 512),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "latent_channels": 4,
        "layers_per_block": 2,
        "sample_size": 512,
        "scaling_factor": 0.18215,
    }
)
SD_NOISE = MappingProxyType({"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"})
CLIP_L = MappingProxyType({"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12})
CLIP_G = MappingProxyType({"hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 20})
SD_UNET = MappingProxyType({"sample_size": 64, "cross_attention_dim": 768})
SDXL_UNET = MappingProxyType(
    {
        "sample_size": 128,
        "block_out_channels": (320, 640, 1280),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "cross_attention_dim": 2048,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    }
)
PIXART = MappingProxyType(
    {"sample_size": 64, "num_layers": 28, "caption_channels": 4096, "use_additional_conditions": False}
)
# T5-XXL, but for all of its layers save one: it is no part of a step.
T5 = MappingProxyType(
    {
        "d_model": 4096,
        "d_ff": 10240,
        "d_kv": 64,
        "num_heads": 64,
        "num_layers": 1,
        "feed_forward_proj": "gated-gelu",
        "vocab_size": 32128,
    }
)


class Part(NamedTuple):
    """A component: its library and class, and its config."""

    library: str
    name: str
    config: Mapping[str, Any] = MappingProxyType({})

    @property
    def kind(self) -> Any:
        return getattr(import_module(self.library), self.name)


class Release(NamedTuple):
    """One released model. The network that a step asks is called `denoiser`; `more` is for their pipeline."""

    title: str
    pipeline: str
    denoiser: str
    parts: Mapping[str, Part]
    index: Mapping[str, Any]
    more: Mapping[str, Any] = MappingProxyType({})


def clip(name: str, layers: int, config: Mapping[str, Any], act: str = "quick_gelu") -> Part:
    return Part("transformers", name, {**config, "num_hidden_layers": layers, "hidden_act": act})


RELEASES: Mapping[str, Release] = MappingProxyType(
    {
        "sd": Release(
            "SD 1.5",
            "StableDiffusionPipeline",
            "unet",
            {
                "unet": Part("diffusers", "UNet2DConditionModel", SD_UNET),
                "vae": Part("diffusers", "AutoencoderKL", VAE),
                "text_encoder": clip("CLIPTextModel", 12, CLIP_L),
                "tokenizer": Part("transformers", "CLIPTokenizer"),
                "scheduler": Part(
                    "diffusers", "DPMSolverMultistepScheduler", {**SD_NOISE, "steps_offset": 1}
                ),
            },
            {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False},
        ),
        "sdxl": Release(
            "SDXL",
            "StableDiffusionXLPipeline",
            "unet",
            {
                "unet": Part("diffusers", "UNet2DConditionModel", SDXL_UNET),
                "vae": Part("diffusers", "AutoencoderKL", {**VAE, "scaling_factor": 0.13025}),
                "text_encoder": clip("CLIPTextModel", 12, CLIP_L),
                "text_encoder_2": clip(
                    "CLIPTextModelWithProjection", 32, {**CLIP_G, "projection_dim": 1280}, "gelu"
                ),
                "tokenizer": Part("transformers", "CLIPTokenizer"),
                "tokenizer_2": Part("transformers", "CLIPTokenizer"),
                "scheduler": Part(
                    "diffusers",
                    "EulerDiscreteScheduler",
                    {**SD_NOISE, "steps_offset": 1, "timestep_spacing": "leading"},
                ),
            },
            {"force_zeros_for_empty_prompt": True},
        ),
        "pixart": Release(
            "PixArt-α",
            "PixArtAlphaPipeline",
            "transformer",
            {
                "transformer": Part("diffusers", "PixArtTransformer2DModel", PIXART),
                "vae": Part("diffusers", "AutoencoderKL", VAE),
                "text_encoder": Part("transformers", "T5EncoderModel", T5),
                "tokenizer": Part("transformers", "T5Tokenizer"),
                "scheduler": Part("diffusers", "DPMSolverMultistepScheduler"),
            },
            {},
            {"use_resolution_binning": False, "clean_caption": False},
        ),
    }
)

WIDTH = 64
SMALL: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "AutoencoderKL": {"block_out_channels": (32,) * 4},
        "CLIPTextModel": {"hidden_size": WIDTH, "intermediate_size": WIDTH, "num_attention_heads": 2},
        "CLIPTextModelWithProjection": {
            "hidden_size": WIDTH,
            "intermediate_size": WIDTH,
            "num_attention_heads": 2,
            "projection_dim": WIDTH,
        },
        "T5EncoderModel": {"d_model": WIDTH, "d_ff": WIDTH, "num_heads": 2, "d_kv": 32},
        "PixArtTransformer2DModel": {
            "num_layers": 2,
            "num_attention_heads": 2,
            "attention_head_dim": WIDTH // 2,
            "cross_attention_dim": WIDTH,
            "caption_channels": WIDTH,
        },
    }
)


def small(release: Release) -> Release:
    """The same in everything but width and depth."""
    parts = {
        name: part._replace(config={**part.config, **_small(part)}) for name, part in release.parts.items()
    }
    return release._replace(parts=parts)


def _small(part: Part) -> Mapping[str, Any]:
    if part.name != "UNet2DConditionModel":
        return SMALL.get(part.name, {})
    if "addition_embed_type" not in part.config:
        return {"block_out_channels": (32, *(WIDTH,) * 3), "cross_attention_dim": WIDTH}
    pooled = WIDTH + 6 * part.config["addition_time_embed_dim"]
    return {
        "block_out_channels": (32, WIDTH, WIDTH),
        "transformer_layers_per_block": 1,
        "attention_head_dim": 2,
        "cross_attention_dim": 2 * WIDTH,
        "projection_class_embeddings_input_dim": pooled,
    }
