"""SDXL's releases at tiny size, with the proportions that tell their parts apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tinies.parts import redraw, write_repository
from tinies.sdxl_file import write_file
from tinies.words import clip_tokenizer

LATENT_SIDE = 16
MEAN, DEVIATION = (-1.6574, 1.886, -1.383, 2.5155), (8.4927, 5.9022, 6.5498, 5.2299)  # Playground v2.5


def unet(seed: int = 1, channels: int = 4, texts: int = 64 + 128, numbers: int = 6) -> Any:
    """Two levels, of which the second attends; one attention head for 64 channels, as in the release."""
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=LATENT_SIDE,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(64, 128),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2),
        attention_head_dim=(1, 2),
        cross_attention_dim=texts,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=128 + 32 * numbers,
    )
    network = redraw(network, seed)
    redraw(network.add_embedding, seed + 100, spread=2.0)  # else sizes and scores hardly show
    return network


def vae(seed: int = 2, **more: Any) -> Any:
    from diffusers import AutoencoderKL

    network = AutoencoderKL(
        block_out_channels=(32, 64),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        sample_size=2 * LATENT_SIDE,
        **{"scaling_factor": 0.13025, "force_upcast": True} | more,
    )
    return redraw(network, seed)


def text_encoder(tokenizer: Any, seed: int, second: bool) -> Any:
    """One head for 64 channels; the second encoder is wider, deeper and has a projection."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=128 if second else 64,
        intermediate_size=256,
        projection_dim=128 if second else 64,
        num_hidden_layers=4 if second else 3,
        num_attention_heads=2 if second else 1,
        hidden_act="gelu" if second else "quick_gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return redraw(CLIPTextModelWithProjection(config) if second else CLIPTextModel(config), seed)


def texts(seed: int = 3, first: bool = True) -> dict[str, Any]:
    """Tokenizers and encoders; a refiner has no first ones."""
    one, two = clip_tokenizer(), clip_tokenizer(pad="!")
    return {
        "tokenizer": one if first else None,
        "tokenizer_2": two,
        "text_encoder": text_encoder(one, seed, second=False) if first else None,
        "text_encoder_2": text_encoder(two, seed + 1, second=True),
    }


def scheduler(kind: str = "EulerDiscreteScheduler", **more: Any) -> Any:
    """As SDXL's config says, but for what is said here."""
    import diffusers

    config = {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "steps_offset": 1,
        "timestep_spacing": "leading",
    }
    return getattr(diffusers, kind)(**config | more)


def edm(kind: str) -> Any:
    import diffusers

    return getattr(diffusers, kind)(sigma_min=0.002, sigma_max=80.0, sigma_data=0.5, rho=7.0)


def base(folder: Path, **parts: Any) -> tuple[Path, ...]:
    """The base, with other parts where they are given."""
    said = {"vae": vae(), "unet": unet(), **texts(), "scheduler": scheduler(), **FLAGS}
    return (write_repository(folder / "base", "StableDiffusionXLPipeline", said | parts),)


def refiner(folder: Path) -> tuple[Path, ...]:
    said = {
        "vae": vae(),
        "unet": unet(seed=11, texts=128, numbers=5),
        **texts(first=False),
        "scheduler": scheduler(),
        "force_zeros_for_empty_prompt": False,
        "requires_aesthetics_score": True,
    }
    return (write_repository(folder / "refiner", "StableDiffusionXLImg2ImgPipeline", said),)


def both(folder: Path) -> tuple[Path, ...]:
    return (*base(folder), *refiner(folder))


def inpaint(folder: Path) -> tuple[Path, ...]:
    said = {
        "vae": vae(),
        "unet": unet(seed=21, channels=9),
        **texts(),
        "scheduler": scheduler(),
        **FLAGS,
        "requires_aesthetics_score": False,
    }
    return (write_repository(folder / "inpaint", "StableDiffusionXLInpaintPipeline", said),)


def playground_2(folder: Path) -> tuple[Path, ...]:
    return base(folder, scheduler=scheduler("EulerAncestralDiscreteScheduler"))


def playground_25(folder: Path, kind: str = "EDMDPMSolverMultistepScheduler") -> tuple[Path, ...]:
    latent = vae(latents_mean=list(MEAN), latents_std=list(DEVIATION), scaling_factor=0.5)
    return base(folder, vae=latent, scheduler=edm(kind))


def v_prediction(folder: Path) -> tuple[Path, ...]:
    """As fine-tunes with zero terminal signal are released."""
    said = scheduler(
        "DDIMScheduler",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
    )
    return base(folder, scheduler=said)


def single_file(folder: Path) -> tuple[Path, ...]:
    """The base as one file, and a folder with the tokenizers it does not hold."""
    (whole,) = base(folder)
    words = folder / "words"
    words.mkdir()
    for name in ("tokenizer", "tokenizer_2"):
        (whole / name).rename(words / name)
    side = 2 * LATENT_SIDE
    return write_file(whole, folder / "base.safetensors", resolution=f"{side}x{side}"), words


def adapted(folder: Path) -> tuple[Path, ...]:
    """With a LoRA, a ControlNet and an IP-Adapter."""
    from tinies.adapters import whole

    return whole(folder)


FLAGS: Mapping[str, bool] = MappingProxyType({"force_zeros_for_empty_prompt": True})

VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "base": base,
        "refiner": refiner,
        "both": both,
        "inpaint": inpaint,
        "playground-v2": playground_2,
        "playground-v2.5": playground_25,
        "v-prediction": v_prediction,
        "adapters": adapted,
        "single-file": single_file,
    }
)
