"""ControlNets of FLUX.1: those that read a latent (InstantX, Shakker Labs), and XLabs', which read pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks
from sfumato.models._parts.block_control import Controls, open_controls, otherwise, spread
from sfumato.models._parts.latent import Space
from sfumato.models.flux.files import CONTROLNET
from sfumato.models.flux.sequence import packed, places
from sfumato.models.flux.spoken import spoken

# What must be equal in the configs of the transformer and its ControlNet for one to add to the other.
SHARED = ("num_attention_heads", "attention_head_dim", "in_channels", "joint_attention_dim")


def open_flux_controls(paths: Sequence[Path], transformer: Any, device: str, dtype: str) -> Controls | None:
    """The ControlNets among these adapters. Raises UnknownModel when one was made for another model."""

    def fits(net: Any) -> str:
        if net.union:
            return "is a ControlNet of many kinds in one, which has to be told which: get one for one kind."
        if net.config.guidance_embeds and not transformer.config.guidance_embeds:
            return "is told the guidance, which this model is not: get a ControlNet made for this model."
        return otherwise(net, transformer, SHARED)

    return open_controls(paths, CONTROLNET, encoded, fits, device, dtype)


def encoded(net: Any, space: Space, picture: Tensor) -> Tensor:
    """What it reads: the picture itself, or its latent."""
    return picture if reads_pixels(net) else space.encode(picture)


def reads_pixels(net: Any) -> bool:
    return net.input_hint_block is not None


def said(asks: Sequence[Ask], path: NoisePath, transformer: Any, net: Any, hint: Tensor) -> list[Tensor]:
    """What each block of the transformer is given, (B, N, D): those of two streams, then of one."""
    like = net.x_embedder.weight
    x = torch.stack([ask.x for ask in asks]).to(like)
    hint = hint.to(like)
    words = spoken(asks, like)
    if not net.config.guidance_embeds:
        words.pop("guidance", None)
    double, single = net(
        hidden_states=packed(x),
        controlnet_cond=hint if reads_pixels(net) else packed(hint),
        img_ids=places(x.shape[-2], x.shape[-1]).to(like.device),
        timestep=clocks(asks, path, like),
        **words,
        return_dict=False,
    )
    return _dealt(net, transformer, double or [], single or [])


def _dealt(net: Any, transformer: Any, double: list[Tensor], single: list[Tensor]) -> list[Tensor]:
    nothing = [torch.zeros_like((double or single)[0])]
    blocks, singles = len(transformer.transformer_blocks), len(transformer.single_transformer_blocks)
    turns = [double[block % len(double)] for block in range(blocks)] if reads_pixels(net) and double else None
    first = turns or spread(double or nothing, blocks, whole=True)
    return [*first, *spread(single or nothing, singles, whole=True)]
