"""Releases of no family's own at tiny size: CogView3-Plus, and a latent consistency model of SD 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tinies.latents import autoencoder, t5
from tinies.parts import redraw, write_repository
from tinies.sd import release, scheduler, unet
from tinies.words import t5_tokenizer


def transformer() -> Any:
    from diffusers import CogView3PlusTransformer2DModel

    network = CogView3PlusTransformer2DModel(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        text_embed_dim=32,
        time_embed_dim=32,
        condition_dim=16,
        pos_embed_max_size=32,
    )
    return redraw(network, 1)


def cogview(folder: Path) -> tuple[Path, ...]:
    from diffusers import CogVideoXDDIMScheduler

    words = t5_tokenizer(224)
    parts = {
        "tokenizer": words,
        "text_encoder": t5(words),
        "vae": autoencoder(),
        "transformer": transformer(),
        "scheduler": CogVideoXDDIMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True),
    }
    return (write_repository(folder, "CogView3PlusPipeline", parts),)


def consistent(folder: Path) -> tuple[Path, ...]:
    """Four steps, its guidance inside the network."""
    from diffusers import UNet2DConditionModel

    config = {name: value for name, value in unet().config.items() if not name.startswith("_")}
    config |= {"time_cond_proj_dim": 256, "sample_size": 32}
    network = redraw(UNet2DConditionModel(**config), 1)
    return release(
        folder,
        pipeline="LatentConsistencyModelPipeline",
        unet=network,
        scheduler=scheduler("LCMScheduler"),
    )


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"cogview3-plus": cogview, "lcm": consistent}
)
