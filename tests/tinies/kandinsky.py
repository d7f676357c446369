"""Kandinsky 2.1 and 2.2 at tiny size: one prior, and the decoders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from tinies.clip import WIDTH, image_encoder, image_processor, prior_network, text_encoder
from tinies.parts import movq, redraw, write_repository
from tinies.words import clip_tokenizer, roberta_tokenizer

READ = 64  # of what 2.1's decoder reads of a text
TASKS = ("", "Inpaint", "Controlnet")
OLD, NEW = "", "V22"  # what pipelines of 2.1 and 2.2 have in their names


def base(folder: Path) -> tuple[Path, ...]:
    return (prior(folder / "prior"), decoder(folder / "decoder"))


def inpaint(folder: Path) -> tuple[Path, ...]:
    return (decoder(folder / "decoder", "Inpaint"), prior(folder / "prior"))


def controlnet(folder: Path) -> tuple[Path, ...]:
    return (prior(folder / "prior"), decoder(folder / "decoder", "Controlnet"))


def old(folder: Path) -> tuple[Path, ...]:
    return (prior(folder / "prior", release=OLD), decoder(folder / "decoder", release=OLD))


def old_inpaint(folder: Path) -> tuple[Path, ...]:
    return (decoder(folder / "decoder", "Inpaint", OLD), prior(folder / "prior", release=OLD))


def combined(folder: Path, prior_components: Mapping[str, Any]) -> Path:
    """Both halves in one folder, as diffusers saves them together."""
    halves = {f"prior_{name}": part for name, part in prior_components.items()} | decoder_parts("")
    return write_repository(folder, "KandinskyV22CombinedPipeline", halves)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "2.1": old,
        "2.1-inpaint": old_inpaint,
        "2.2": base,
        "2.2-inpaint": inpaint,
        "2.2-controlnet-depth": controlnet,
    }
)


def prior(folder: Path, components: Mapping[str, Any] | None = None, release: str = NEW) -> Path:
    return write_repository(folder, f"Kandinsky{release}PriorPipeline", components or prior_parts())


def decoder(folder: Path, task: str = "", release: str = NEW) -> Path:
    """`task` is one of TASKS."""
    parts = decoder_parts(task) if release == NEW else old_parts(task)
    return write_repository(folder, f"Kandinsky{release}{task}Pipeline", parts)


def prior_parts() -> dict[str, Any]:
    from diffusers import UnCLIPScheduler

    return {
        "prior": prior_network(),
        "image_encoder": image_encoder(),
        "text_encoder": text_encoder(),
        "tokenizer": clip_tokenizer(),
        "scheduler": UnCLIPScheduler(prediction_type="sample", clip_sample=True, clip_sample_range=6.0),
        "image_processor": image_processor(),
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
    return {"unet": _unet(task), "movq": movq(4 if hint else 3), "scheduler": scheduler}


def old_parts(task: str) -> dict[str, Any]:
    """2.1's: the U-Net reads words too, and the scheduler takes no variance from it."""
    from diffusers import DDIMScheduler

    scheduler = DDIMScheduler(
        beta_schedule="linear",
        beta_start=0.00085,
        beta_end=0.012,
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    tokenizer = roberta_tokenizer()
    parts = {"text_encoder": multilingual(len(tokenizer)), "tokenizer": tokenizer, "movq": movq(3)}
    return parts | {"unet": _unet(task, words=True), "scheduler": scheduler}


def multilingual(vocabulary: int) -> Any:
    from diffusers.pipelines.kandinsky.text_encoder import MCLIPConfig, MultilingualCLIP

    config = MCLIPConfig(
        vocab_size=vocabulary,
        hidden_size=READ,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=96,
        type_vocab_size=1,
        transformerDimSize=READ,
        imageDimSize=WIDTH,
    )
    return redraw(MultilingualCLIP(config), 6, spread=2.0)


@torch.no_grad()
def _unet(task: str, words: bool = False) -> Any:
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
        cross_attention_dim=WIDTH if words else 16,
        attention_head_dim=16,
        resnet_time_scale_shift="scale_shift",
        encoder_hid_dim=READ if words else WIDTH,
        encoder_hid_dim_type="text_image_proj" if words else "image_proj",
        addition_embed_type="image_hint" if task == "Controlnet" else "text_image" if words else "image",
    )
    redraw(unet, 4)
    if task == "Controlnet":
        for number in range(0, 15, 2):  # eight kernels: else a hint fades to nothing
            unet.add_embedding.input_hint_block[number].weight.mul_(1.8)
    return unet
