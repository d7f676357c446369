"""Kandinsky 2.2 at tiny size: one prior, and its three decoders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from tinies.parts import redraw, write_repository
from tinies.words import clip_tokenizer

WIDTH = 32  # of every embedding
EYE = 16  # side of the pictures that CLIP sees, in pixels
TASKS = ("", "Inpaint", "Controlnet")


def base(folder: Path) -> tuple[Path, ...]:
    return (prior(folder / "prior"), decoder(folder / "decoder"))


def inpaint(folder: Path) -> tuple[Path, ...]:
    return (decoder(folder / "decoder", "Inpaint"), prior(folder / "prior"))


def controlnet(folder: Path) -> tuple[Path, ...]:
    return (prior(folder / "prior"), decoder(folder / "decoder", "Controlnet"))


def combined(folder: Path, prior_components: Mapping[str, Any]) -> Path:
    """Both halves in one folder, as diffusers saves them together."""
    halves = {f"prior_{name}": part for name, part in prior_components.items()} | decoder_parts("")
    return write_repository(folder, "KandinskyV22CombinedPipeline", halves)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "2.2": base,
        "2.2-inpaint": inpaint,
        "2.2-controlnet-depth": controlnet,
    }
)


def prior(folder: Path, components: Mapping[str, Any] | None = None) -> Path:
    return write_repository(folder, "KandinskyV22PriorPipeline", components or prior_parts())


def decoder(folder: Path, task: str = "") -> Path:
    """`task` is one of TASKS."""
    return write_repository(folder, f"KandinskyV22{task}Pipeline", decoder_parts(task))


def prior_parts() -> dict[str, Any]:
    from diffusers import UnCLIPScheduler
    from transformers import CLIPImageProcessor

    size = {"shortest_edge": EYE}
    crop = {"height": EYE, "width": EYE}
    return {
        "prior": _transformer(),
        "image_encoder": _image_encoder(),
        "text_encoder": _text_encoder(),
        "tokenizer": clip_tokenizer(),
        "scheduler": UnCLIPScheduler(prediction_type="sample", clip_sample=True, clip_sample_range=6.0),
        "image_processor": CLIPImageProcessor(size=size, crop_size=crop),
    }


def decoder_parts(task: str) -> dict[str, Any]:
    from diffusers import DDPMScheduler

    scheduler = DDPMScheduler(
        beta_schedule="linear",
        beta_start=0.00085,
        beta_end=0.012,
        variance_type="learned_range",
        clip_sample=False,
        thresholding=True,
        sample_max_value=2.0,
    )
    hint = task == "Controlnet"
    return {"unet": _unet(task), "movq": _movq(4 if hint else 3), "scheduler": scheduler}


@torch.no_grad()
def _transformer() -> Any:
    from diffusers import PriorTransformer

    network = PriorTransformer(
        num_attention_heads=2, attention_head_dim=16, num_layers=2, embedding_dim=WIDTH, num_embeddings=77
    )
    redraw(network, 1, spread=2.0)
    network.positional_embedding.mul_(10)
    network.proj_in.weight.mul_(3)  # else x matters little beside the words, and so does its noise
    network.clip_std.copy_(network.clip_std.abs() + 0.5)
    return network


def _text_encoder() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=600,
        hidden_size=WIDTH,
        intermediate_size=48,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=0,
        eos_token_id=1,
    )
    return redraw(CLIPTextModelWithProjection(config), 2, spread=2.0)


def _image_encoder() -> Any:
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=48,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=EYE,
        patch_size=8,
    )
    return redraw(CLIPVisionModelWithProjection(config), 3, spread=2.0)


@torch.no_grad()
def _unet(task: str) -> Any:
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel(
        sample_size=16 if task == "Controlnet" else 12,
        in_channels={"": 4, "Inpaint": 9, "Controlnet": 8}[task],
        out_channels=8,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        block_out_channels=(32, 64),
        layers_per_block=1,
        norm_num_groups=8,
        cross_attention_dim=16,
        attention_head_dim=16,
        resnet_time_scale_shift="scale_shift",
        encoder_hid_dim=WIDTH,
        encoder_hid_dim_type="image_proj",
        addition_embed_type="image_hint" if task == "Controlnet" else "image",
    )
    redraw(unet, 4)
    if task == "Controlnet":
        for number in range(0, 15, 2):  # eight kernels: else a hint fades to nothing
            unet.add_embedding.input_hint_block[number].weight.mul_(1.8)
    return unet


def _movq(blocks: int) -> Any:
    """Spatial norms have 32 groups, so no block is narrower."""
    from diffusers import VQModel

    network = VQModel(
        block_out_channels=(32,) * blocks,
        down_block_types=(*["DownEncoderBlock2D"] * (blocks - 1), "AttnDownEncoderBlock2D"),
        up_block_types=("AttnUpDecoderBlock2D", *["UpDecoderBlock2D"] * (blocks - 1)),
        layers_per_block=1,
        latent_channels=4,
        vq_embed_dim=4,
        num_vq_embeddings=16,
        norm_num_groups=8,
        norm_type="spatial",
    )
    return redraw(network, 5)
