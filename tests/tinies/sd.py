"""Stable Diffusion 1 and 2 at tiny size, with the proportions that tell their parts apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from tinies.parts import redraw, write_repository
from tinies.sdxl import LATENT_SIDE, vae
from tinies.sdxl_file import load_folder, old_clip, old_open_clip, old_unet, old_vae, save
from tinies.words import clip_tokenizer

SCALE = 0.18215
FIRST, SECOND = "cond_stage_model.transformer.text_model.", "cond_stage_model.model."
WORDS = {1: 64, 2: 128}  # widths of the text encoders


def unet(version: int = 1, seed: int = 1, channels: int = 4) -> Any:
    """Two levels, of which the first attends; SD 1 has eight heads, SD 2 one for 64 channels."""
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=LATENT_SIDE,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(64, 128),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=8 if version == 1 else (1, 2),
        cross_attention_dim=WORDS[version],
        use_linear_projection=version == 2,
    )
    return redraw(network, seed)


def text_encoder(version: int, tokenizer: Any, seed: int = 3, layers: int = 3) -> Any:
    """SD 2's is OpenCLIP's, without its last layer."""
    from transformers import CLIPTextConfig, CLIPTextModel

    width = WORDS[version]
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=256,
        projection_dim=width,
        num_hidden_layers=layers,
        num_attention_heads=width // 64,
        hidden_act="quick_gelu" if version == 1 else "gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return redraw(CLIPTextModel(config), seed)


def scheduler(kind: str = "PNDMScheduler", **more: Any) -> Any:
    """As SD's configs say, but for what is said here."""
    import diffusers

    config: dict[str, Any] = {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "steps_offset": 1,
        "set_alpha_to_one": False,
    }
    config |= {"skip_prk_steps": True} if kind == "PNDMScheduler" else {"clip_sample": False}
    return getattr(diffusers, kind)(**config | more)


def release(
    folder: Path, version: int = 1, pipeline: str = "StableDiffusionPipeline", **parts: Any
) -> tuple[Path, ...]:
    """One folder, with other parts where they are given."""
    tokenizer = clip_tokenizer() if version == 1 else clip_tokenizer(pad="!")
    said = {
        "vae": vae(scaling_factor=SCALE),
        "unet": unet(version),
        "text_encoder": text_encoder(version, tokenizer),
        "tokenizer": tokenizer,
        "scheduler": scheduler(),
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }
    return (write_repository(folder, pipeline, said | parts),)


def first(folder: Path) -> tuple[Path, ...]:
    return release(folder / "sd1")


def second(folder: Path) -> tuple[Path, ...]:
    """2.1 for 768 pixels, which predicts v."""
    return release(folder / "sd2", 2, scheduler=scheduler("DDIMScheduler", prediction_type="v_prediction"))


def inpaint(folder: Path) -> tuple[Path, ...]:
    return release(folder / "inpaint", pipeline="StableDiffusionInpaintPipeline", unet=unet(channels=9))


def deep(folder: Path) -> tuple[Path, ...]:
    """SD 2 depth."""
    return release(
        folder / "depth",
        2,
        "StableDiffusionDepth2ImgPipeline",
        unet=unet(2, channels=5),
        depth_estimator=None,
    )


def novelai(folder: Path) -> tuple[Path, ...]:
    """V2: v-prediction from pure noise, and the text encoder's layer before the last."""
    said = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    said |= {"timestep_spacing": "trailing", "set_alpha_to_one": True}
    return release(folder / "nai-anime-v2", scheduler=scheduler("DDIMScheduler", **said))


def single_file(folder: Path, version: int = 1) -> tuple[Path, ...]:
    """The release as one file, and a folder with the tokenizer it does not hold."""
    (whole,) = release(folder / "whole", version)
    words = folder / "words"
    words.mkdir()
    (whole / "tokenizer").rename(words / "tokenizer")
    side = 2 * LATENT_SIDE
    return save(file_of(whole, version), folder / "sd.safetensors", resolution=f"{side}x{side}"), words


def file_of(folder: Path, version: int) -> dict[str, Tensor]:
    """The networks of a tiny folder under the names that the released checkpoints have."""
    unet, vae, text = (load_folder(folder / name) for name in ("unet", "vae", "text_encoder"))
    words = old_clip(text, FIRST) if version == 1 else _open_clip(text)
    return dict(chain(old_unet(unet), old_vae(vae), words))


def _open_clip(text: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """With the last layer and the projection, which SD 2 never reads."""
    last = {name.replace("layers.2.", "layers.3."): t + 1 for name, t in text.items() if "layers.2." in name}
    yield from old_open_clip({**text, **last, "text_projection.weight": torch.ones(128, 128)}, SECOND)


def adapted(folder: Path) -> tuple[Path, ...]:
    """With a LoRA, a ControlNet and an IP-Adapter."""
    from tinies import adapters as tiny

    network = unet()
    lora = tiny.write(folder, "lora", tiny.peft(lora_of()))
    control = tiny.control(folder, 41, network)
    prompt = tiny.image_prompt(folder, "plain", 51, False, network)
    return (*first(folder), lora, control, prompt, tiny.image_encoder(folder / "encoder"))


def lora_of(seed: int = 5) -> dict[str, Any]:
    """{network: {layer: pair}} for the U-Net and the text encoder of SD 1."""
    from tinies import adapters as tiny

    return {
        "unet": tiny.pairs(unet(), tiny.UNET_LAYERS, seed, 0.5),
        "text_encoder": tiny.pairs(text_encoder(1, clip_tokenizer()), tiny.TEXT_LAYERS, seed + 1, 0.5),
    }


def enlarged(folder: Path) -> tuple[Path, ...]:
    """With the ×4 upscaler behind it."""
    from tinies import deepfloyd

    return (*first(folder), deepfloyd.upscaler(folder / "x4"))


# Inpainting, adapters and files share their code with SDXL, whose variants show all operations of them.
VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "1.5": first,
        "2.1": second,
        "2-depth": deep,
        "1.5-x4": enlarged,
    }
)
