"""DeepFloyd IF at tiny size: three folders with the block types, schedulers and switches of the releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tinies.parts import redraw, write_repository
from tinies.words import clip_tokenizer, t5_tokenizer

SIDE, FACTOR = 8, 4
WIDTH = 32  # of the texts
PARTS = ("safety_checker", "feature_extractor", "watermarker")


def base(folder: Path) -> Path:
    """The first stage, with the text encoder."""
    return _pixels(folder, "IFPipeline", {"unet": base_unet(), "scheduler": _ddpm(1.5)}, reads=True)


def super_(folder: Path, reads: bool = True) -> Path:
    """The second stage; reads says whether it brings the text encoder too."""
    parts = {
        "unet": super_unet(),
        "scheduler": _ddpm(1.0),
        "image_noising_scheduler": _cosine(),
    }
    return _pixels(folder, "IFSuperResolutionPipeline", parts, reads)


def upscaler(folder: Path) -> Path:
    """The third stage: the x4 upscaler of Stable Diffusion 2."""
    from diffusers import DDIMScheduler, DDPMScheduler

    betas = {"beta_start": 0.0001, "beta_end": 0.02, "beta_schedule": "scaled_linear"}
    scheduler = DDIMScheduler(
        **betas, clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type="v_prediction"
    )
    tokenizer = clip_tokenizer()
    parts = {
        "vae": _autoencoder(),
        "text_encoder": _clip(tokenizer),
        "tokenizer": tokenizer,
        "unet": upscaler_unet(),
        "low_res_scheduler": DDPMScheduler(**betas),
        "scheduler": scheduler,
        "max_noise_level": 350,
        **dict.fromkeys(PARTS),
    }
    return write_repository(folder, "StableDiffusionUpscalePipeline", parts)


def _pixels(folder: Path, pipeline: str, parts: Mapping[str, Any], reads: bool) -> Path:
    tokenizer = t5_tokenizer()
    words = {"tokenizer": tokenizer, "text_encoder": _t5(tokenizer)} if reads else {}
    absent = dict.fromkeys(("tokenizer", "text_encoder", *PARTS))
    return write_repository(folder, pipeline, {**absent, **words, **parts, "requires_safety_checker": False})


def base_unet() -> Any:
    from diffusers import UNet2DConditionModel

    return _calm(UNet2DConditionModel(sample_size=SIDE, in_channels=3, **_imagen()), seed=1)


def super_unet() -> Any:
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=SIDE * FACTOR,
        in_channels=6,
        class_embed_type="timestep",
        time_embedding_dim=WIDTH,
        time_embedding_act_fn="gelu",
        resnet_skip_time_act=True,
        resnet_out_scale_factor=1 / 0.7071,
        mid_block_scale_factor=1 / 0.7071,
        only_cross_attention=True,
        **_imagen(),
    )
    return _calm(network, seed=2)


def upscaler_unet() -> Any:
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=SIDE,
        in_channels=7,
        out_channels=4,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        only_cross_attention=(True, False),
        attention_head_dim=2,
        use_linear_projection=True,
        norm_num_groups=8,
        num_class_embeds=1000,
    )
    return redraw(network, seed=3)


def _calm(network: Any, seed: int) -> Any:
    """Redrawn with an eighth of an output: guided by 7, a whole one amplifies what rounding leaves."""
    redraw(network, seed, spread=0.5).conv_out.weight.mul_(1 / 8)
    return network


def _imagen() -> dict[str, Any]:
    """What both pixel networks have in common."""
    return {
        "out_channels": 6,
        "act_fn": "gelu",
        "block_out_channels": (16, 32),
        "layers_per_block": 1,
        "down_block_types": ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        "up_block_types": ("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
        "resnet_time_scale_shift": "scale_shift",
        "cross_attention_dim": WIDTH,
        "cross_attention_norm": "group_norm",
        "encoder_hid_dim": WIDTH,
        "addition_embed_type": "text",
        "addition_embed_type_num_heads": 2,
        "attention_head_dim": 8,
        "norm_num_groups": 8,
    }


def _ddpm(largest: float) -> Any:
    from diffusers import DDPMScheduler

    return DDPMScheduler(
        variance_type="learned_range",
        beta_schedule="squaredcos_cap_v2",
        prediction_type="epsilon",
        thresholding=True,
        dynamic_thresholding_ratio=0.95,
        sample_max_value=largest,
    )


def _cosine() -> Any:
    from diffusers import DDPMScheduler

    return DDPMScheduler(beta_schedule="squaredcos_cap_v2")


def _t5(tokenizer: Any) -> Any:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=WIDTH,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
    )
    return redraw(T5EncoderModel(config), seed=4)


def _clip(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        hidden_act="gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return redraw(CLIPTextModel(config), seed=5)


def _autoencoder() -> Any:
    from diffusers import AutoencoderKL

    network = AutoencoderKL(
        block_out_channels=(8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        scaling_factor=0.08333,
    )
    return redraw(network, seed=6)


def whole(folder: Path) -> tuple[Path, ...]:
    """All three stages, named out of order."""
    first, second = base(folder / "first"), super_(folder / "second")
    return upscaler(folder / "third"), first, second


def pixels(folder: Path) -> tuple[Path, ...]:
    """The two pixel stages; only the first brings the text encoder."""
    return base(folder / "first"), super_(folder / "second", reads=False)


def alone(folder: Path) -> tuple[Path, ...]:
    return (base(folder / "first"),)


def enlarger(folder: Path) -> tuple[Path, ...]:
    """The second stage alone: it makes a given picture larger."""
    return (super_(folder / "second"),)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "whole": whole,
        "pixels": pixels,
        "base": alone,
        "super": enlarger,
    }
)
