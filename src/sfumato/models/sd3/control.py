"""ControlNets of Stable Diffusion 3: of 3 with blocks that read words too, of 3.5 large with plain ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.block_control import Controls, open_controls, otherwise
from sfumato.models._parts.latent import Latent
from sfumato.models.sd3.family import CONTROLNET

# What must be equal in the configs of the transformer and its ControlNet for one to add to the other.
SHARED = ("num_attention_heads", "attention_head_dim", "in_channels", "patch_size", "pooled_projection_dim")


def open_sd3_controls(paths: Sequence[Path], transformer: Any, device: str, dtype: str) -> Controls | None:
    """The ControlNets among these adapters. Raises UnknownModel when one was made for another model."""

    def fits(net: Any) -> str:
        if net.config.extra_conditioning_channels:
            return "reads a mask too, which is not known here: leave it out, every model inpaints without."
        if why := otherwise(net, transformer, SHARED):
            return why
        if net.pos_embed is None:  # then it sees x as the transformer does
            net.pos_embed = net._get_pos_embed_from_transformer(transformer).to(transformer.device, net.dtype)
        return ""

    return open_controls(paths, CONTROLNET, encoded, fits, device, dtype)


def encoded(net: Any, space: Latent, picture: Tensor) -> Tensor:
    """The latent that it reads: those for SD 3 were trained on latents that are not shifted."""
    own = replace(space, mean=0.0) if unpooled(net) else space
    return own.encode(picture)


def unpooled(net: Any) -> bool:
    """Whether it was trained without the pooled words."""
    return net.config.force_zeros_for_pooled_projection


def said(asks: Sequence[Ask], path: NoisePath, net: Any, hint: Tensor) -> Sequence[Tensor]:
    """What each of its blocks adds, (B, N, D)."""
    like = net.controlnet_blocks[0].weight
    pooled = stacked(asks, "pooled", like)
    return net(
        hidden_states=seen(asks, like),
        controlnet_cond=hint.to(like),
        encoder_hidden_states=None if net.context_embedder is None else stacked(asks, "text", like),
        pooled_projections=torch.zeros_like(pooled) if unpooled(net) else pooled,
        timestep=clocks(asks, path, like),
        return_dict=False,
    )[0]
