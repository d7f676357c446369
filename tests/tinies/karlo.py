"""Karlo at tiny size: the release that paints words, and the one that varies pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from tinies.clip import WIDTH, image_encoder, image_processor, prior_network, text_encoder
from tinies.parts import redraw, write_repository
from tinies.words import clip_tokenizer

SIDE, FACTOR = 8, 4
EXTRA = 3  # tokens made of a picture's embedding


def words(folder: Path) -> Path:
    return write_repository(folder, "UnCLIPPipeline", word_parts())


def pictures(folder: Path) -> Path:
    return write_repository(folder, "UnCLIPImageVariationPipeline", picture_parts())


def painter(folder: Path) -> tuple[Path, ...]:
    return (words(folder / "karlo"),)


def varier(folder: Path) -> tuple[Path, ...]:
    return (pictures(folder / "variations"),)


def whole(folder: Path) -> tuple[Path, ...]:
    return (pictures(folder / "variations"), words(folder / "karlo"))


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "words": painter,
        "variations": varier,
        "both": whole,
    }
)


def word_parts() -> dict[str, Any]:
    return {"prior": prior_network(), "prior_scheduler": scheduler("sample", 6.0), **shared()}


def picture_parts() -> dict[str, Any]:
    return {"image_encoder": image_encoder(), "feature_extractor": image_processor(), **shared()}


def shared() -> dict[str, Any]:
    """What both releases have."""
    return {
        "text_encoder": text_encoder(),
        "tokenizer": clip_tokenizer(),
        "text_proj": projection(),
        "decoder": decoder(),
        "decoder_scheduler": scheduler("epsilon", 1.0, "learned_range"),
        "super_res_first": enlarger(11, 1 / 4),
        "super_res_last": enlarger(12, 4.0),
        "super_res_scheduler": scheduler("epsilon", 1.0),
    }


def scheduler(predicts: str, most: float, variance: str = "fixed_small_log") -> Any:
    from diffusers import UnCLIPScheduler

    return UnCLIPScheduler(prediction_type=predicts, clip_sample_range=most, variance_type=variance)


@torch.no_grad()
def projection() -> Any:
    from diffusers.pipelines.deprecated.unclip import UnCLIPTextProjModel

    network = UnCLIPTextProjModel(
        clip_extra_context_tokens=EXTRA,
        clip_embeddings_dim=WIDTH,
        time_embed_dim=4 * WIDTH,
        cross_attention_dim=WIDTH,
    )
    redraw(network, 10, spread=2.0)
    network.learned_classifier_free_guidance_embeddings.mul_(10)
    return network


def decoder() -> Any:
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=SIDE,
        in_channels=3,
        out_channels=6,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        block_out_channels=(32, 64),
        layers_per_block=1,
        norm_num_groups=8,
        cross_attention_dim=WIDTH,
        class_embed_type="identity",
        attention_head_dim=16,
        resnet_time_scale_shift="scale_shift",
    )
    return _answering(network, 4, 1 / 4)


def enlarger(seed: int, loud: float) -> Any:
    """`loud`: what is left of the output. Of noise as faint as the last step's only a loud answer shows."""
    from diffusers import UNet2DModel

    network = UNet2DModel(
        sample_size=SIDE * FACTOR,
        in_channels=6,
        out_channels=3,
        down_block_types=("ResnetDownsampleBlock2D",) * 2,
        up_block_types=("ResnetUpsampleBlock2D",) * 2,
        block_out_channels=(32, 64),
        layers_per_block=1,
        norm_num_groups=8,
        add_attention=False,
        resnet_time_scale_shift="scale_shift",
    )
    return _answering(network, seed, loud)


@torch.no_grad()
def _answering(network: Any, seed: int, loud: float) -> Any:
    """Redrawn with a part of an output: guided by 8, a whole one amplifies what rounding leaves."""
    redraw(network, seed).conv_out.weight.mul_(loud)
    return network
