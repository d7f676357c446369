"""PixArt at tiny size: α with size conditions, Σ, and Σ with compressed keys and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torch import Tensor

from sfumato.plan import Plan
from tinies.beside import start_noise
from tinies.latents import autoencoder, heeding, t5
from tinies.parts import redraw, write_repository
from tinies.words import t5_tokenizer

FACTOR, CHANNELS, SIDE = 4, 4, 16  # sides of a picture over those of its latent; latent channels and side
WORDS, LENGTH, WIDTH, BLOCKS = 32, 24, 96, 2  # the width divides by 3, as two sizes and a ratio share it
COMPRESSED = (1,)


def transformer(sized: bool) -> Any:
    from diffusers import PixArtTransformer2DModel

    network = PixArtTransformer2DModel(
        num_attention_heads=4,
        attention_head_dim=WIDTH // 4,
        in_channels=CHANNELS,
        out_channels=2 * CHANNELS,
        num_layers=BLOCKS,
        cross_attention_dim=WIDTH,
        sample_size=SIDE,
        caption_channels=WORDS,
        use_additional_conditions=sized,
    )
    return heeding(redraw(network, 1, spread=1.5))


def scheduler() -> Any:
    """As released with every PixArt."""
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(
        beta_start=0.0001, beta_end=0.02, beta_schedule="linear", algorithm_type="dpmsolver++"
    )


def write(folder: Path, pipeline: str, sized: bool, scale: float) -> Path:
    words = t5_tokenizer(LENGTH)
    parts = {
        "scheduler": scheduler(),
        "text_encoder": t5(words, WORDS),
        "tokenizer": words,
        "transformer": transformer(sized),
        "vae": autoencoder(CHANNELS, scaling_factor=scale),
    }
    return write_repository(folder, pipeline, parts)


def layers(factor: int = 2) -> Any:
    """What compresses keys and values, drawn anew."""
    from sfumato.models.pixart.compression import layers_of

    return redraw(layers_of({"factor": factor, "layers": COMPRESSED}, WIDTH), 9)


def compress(folder: Path, network: Any, factor: int = 2) -> None:
    """Compression written beside the released parts."""
    from safetensors.torch import save_file

    folder.mkdir()
    config = {"_class_name": "KvCompression", "factor": factor, "layers": COMPRESSED}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(network.state_dict(), folder / "diffusion_pytorch_model.safetensors")


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last latent (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    if pipe.transformer.use_additional_conditions:
        pipe.transformer.register_to_config(sample_size=128)  # the size by which the pipeline knows them
    arguments = {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
        "height": stage.height,
        "width": stage.width,
        "latents": start_noise(plan, CHANNELS, FACTOR),
        "clean_caption": False,
        "use_resolution_binning": False,
        "max_sequence_length": LENGTH,
        "output_type": "latent",
        **more,
    }
    return pipe(**arguments).images[0]


def alpha(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "PixArtAlphaPipeline", sized=True, scale=0.18215),)


def alpha_small(folder: Path) -> tuple[Path, ...]:
    """As at 256 and 512 pixels."""
    return (write(folder, "PixArtAlphaPipeline", sized=False, scale=0.18215),)


def sigma(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "PixArtSigmaPipeline", sized=False, scale=0.13025),)


def compressed(folder: Path) -> tuple[Path, ...]:
    paths = sigma(folder)
    compress(folder / "kv_compress", layers())
    return paths


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"alpha": alpha, "sigma": compressed}
)
