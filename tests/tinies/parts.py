"""Tiny networks: their parameters drawn anew from a seed, and written in the released layout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


@torch.no_grad()
def redraw(network: Network, seed: int, spread: float = 1.0) -> Network:
    """Every parameter drawn from a seed: what is made as zeros or ones would hide half the network.

    Matrices and kernels get deviation spread / sqrt(inputs), scales 1 + 0.1 n, other vectors 0.1 n.
    """
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in network.named_parameters():
        drawn = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim >= 2:
            inputs = parameter[0].numel()
            parameter.copy_(drawn * spread / inputs**0.5)
        else:
            is_scale = name.endswith("weight") or "layer_scale" in name
            parameter.copy_(drawn * 0.1 + (1.0 if is_scale else 0.0))
    return network.eval().requires_grad_(False)


def movq(blocks: int) -> Any:
    """MoVQ. Spatial norms have 32 groups, so no block is narrower."""
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


def write_repository(folder: Path, pipeline: str, components: Mapping[str, Any]) -> Path:
    """A folder in the released layout: each component saved, and the index that names them."""
    index: dict[str, Any] = {"_class_name": pipeline, "_diffusers_version": "0.32.0"}
    folder.mkdir(parents=True, exist_ok=True)
    for name, component in components.items():
        if component is None or isinstance(component, (bool, int, float, str)):
            index[name] = [None, None] if component is None else component
            continue
        component.save_pretrained(folder / name)
        index[name] = [_library(component), type(component).__name__]
    (folder / "model_index.json").write_text(json.dumps(index, indent=2), encoding="utf-8")
    return folder


def _library(component: object) -> str:
    """As released: a class that one pipeline alone has is of its folder, and not of the library."""
    library, *inner = type(component).__module__.split(".")
    return inner[-2] if inner[:1] == ["pipelines"] else library
