"""ControlNets of tiny transformers, and plans that use two of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.models.family import Family
from sfumato.plan import Adapter, Input, Plan
from tinies import flux, hunyuan, sd3
from tinies.adapted import hashed
from tinies.beside import planned, staged
from tinies.operations import smooth
from tinies.parts import redraw

TEXTS = ("a red fox in the snow", "two cats and a lighthouse")
AMOUNTS = (((0.8, (0, 0.5)), (0.5, (0.25, 1))), ((0.3, (0, 1)), (1.1, (0.5, 0.75))))
"""For each of two plans the scale and interval of each ControlNet."""


def saved(network: Any, folder: Path, seed: int, spread: float = 1.0) -> Path:
    """Redrawn, since a fresh one adds nothing."""
    redraw(network, seed, spread=spread)
    for seen, own in (("input_hint_block", 3.0), ("input_block", 8.0)):  # or the hint would hardly be seen
        if getattr(network, seen, None):
            redraw(getattr(network, seen), seed + 100, spread=own)
    network.save_pretrained(folder / f"control-{seed}")
    return folder / f"control-{seed}"


def of_sd3(folder: Path, seed: int, **changed: Any) -> Path:
    """As for SD 3: its blocks read words too, and neither the pooled ones nor the latent's shift."""
    from diffusers import SD3ControlNetModel

    said = {
        "sample_size": sd3.SIDE,
        "in_channels": sd3.CHANNELS,
        "num_layers": 2,
        "attention_head_dim": sd3.WIDTH // sd3.HEADS,
        "num_attention_heads": sd3.HEADS,
        "joint_attention_dim": sd3.WORDS,
        "caption_projection_dim": sd3.WIDTH,
        "pooled_projection_dim": 2 * sd3.POOLED,
        "pos_embed_max_size": sd3.PLACES,
    }
    return saved(SD3ControlNetModel(**said | changed), folder, seed)


def of_large(folder: Path, seed: int) -> Path:
    """As for 3.5 large: plain blocks, which read no words, over what the transformer makes of x."""
    own = {"joint_attention_dim": None, "use_pos_embed": False, "force_zeros_for_pooled_projection": False}
    return of_sd3(folder, seed, **own, pos_embed_type=None, num_layers=3)


def of_hunyuan(folder: Path, seed: int, sized: bool = True, **changed: Any) -> Path:
    from diffusers import HunyuanDiT2DControlNetModel

    said = {
        "num_attention_heads": hunyuan.HEADS,
        "attention_head_dim": hunyuan.WIDTH // hunyuan.HEADS,
        "in_channels": hunyuan.CHANNELS,
        "patch_size": 2,
        "sample_size": hunyuan.SIDE,
        "hidden_size": hunyuan.WIDTH,
        "transformer_num_layers": hunyuan.BLOCKS,
        "cross_attention_dim": hunyuan.WORDS,
        "cross_attention_dim_t5": hunyuan.WORDS,
        "pooled_projection_dim": hunyuan.WORDS,
        "text_len": hunyuan.SHORT,
        "text_len_t5": hunyuan.LONG,
        "use_style_cond_and_image_meta_size": sized,
    }
    return saved(HunyuanDiT2DControlNetModel(**said | changed), folder, seed, spread=1.5)


def of_flux(folder: Path, seed: int, **changed: Any) -> Path:
    from diffusers import FluxControlNetModel

    said = {
        "in_channels": 4 * flux.CHANNELS,
        "num_layers": 1,
        "num_single_layers": 1,
        "attention_head_dim": 32,
        "num_attention_heads": flux.WIDTH // 32,
        "joint_attention_dim": flux.WORDS,
        "pooled_projection_dim": flux.WORDS,
        "guidance_embeds": True,
        "axes_dims_rope": (4, 14, 14),
    }
    return saved(FluxControlNetModel(**said | changed), folder, seed)


def of_pixels(folder: Path, seed: int) -> Path:
    """XLabs': it reads the picture itself, in eighths, and adds to the first blocks alone, in turns."""
    return of_flux(folder, seed, conditioning_embedding_channels=4 * flux.CHANNELS, num_single_layers=0)


def controlled(family: Family, which: int, nets: int = 2, timed: bool = True) -> Plan:
    """One of two plans: its own text, seed, hints and amounts; timed: each acts for a part of the run."""
    plan = planned(family, TEXTS[which], 7 + which)
    amounts = zip(plan.stages[0].adapters, AMOUNTS[which], strict=False)
    named = tuple(
        Adapter(weights=own.weights, scale=scale, interval=interval if timed else (0, 1))
        for own, (scale, interval) in amounts
    )
    inputs = tuple(Input(role="hint", hash=hashed(which, index)) for index in range(nets))
    plan = plan.model_copy(update={"inputs": inputs, "seeds": plan.seeds[:1]})
    return staged(plan, adapters=named)


def given(*plans: Plan) -> dict[str, Tensor]:
    """The hints of the plans, as large as what is painted."""
    sizes = {item.hash: (plan.height, plan.width) for plan in plans for item in plan.inputs}
    return {name: smooth(name, *size) for name, size in sizes.items()}


def asked(plan: Plan, timed: bool = True) -> dict[str, Any]:
    """What the pipelines of diffusers are told of a plan's ControlNets; not all can be told when they act."""
    adapters = plan.stages[0].adapters
    many, hints = len(plan.inputs) > 1, [own[None] for own in given(plan).values()]
    scales = [own.scale for own in adapters]
    times = {
        "control_guidance_start": [own.interval[0] for own in adapters],
        "control_guidance_end": [own.interval[1] for own in adapters],
    }
    return {
        "control_image": hints if many else hints[0],
        "controlnet_conditioning_scale": scales if many else scales[0],
        **(times if timed else {}),
    }


def unspread(shape: Sequence[int], **_: Any) -> Tensor:
    """In place of noise where an autoencoder is sampled: ours encodes to the mean."""
    return torch.zeros(shape)
