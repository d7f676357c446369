"""A transformer in one file, under the names that Black Forest Labs gave its tensors.

Everything but `load_transformer`, `placed` and `split` reads no weights and needs no torch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.header import header
from sfumato.models._parts.original import Shapes, count, own_names

if TYPE_CHECKING:
    from torch import Tensor

# FLUX.2, Chroma and others share most names; these two only FLUX.1 has.
MARKS = ("double_blocks.0.img_mod.lin.weight", "vector_in.in_layer.weight")
GUIDANCE = "guidance_in."

Pieces = tuple[tuple[str, int], ...]

OUTER: Mapping[str, str] = MappingProxyType(
    {
        "time_in.in_layer": "time_text_embed.timestep_embedder.linear_1",
        "time_in.out_layer": "time_text_embed.timestep_embedder.linear_2",
        "guidance_in.in_layer": "time_text_embed.guidance_embedder.linear_1",
        "guidance_in.out_layer": "time_text_embed.guidance_embedder.linear_2",
        "vector_in.in_layer": "time_text_embed.text_embedder.linear_1",
        "vector_in.out_layer": "time_text_embed.text_embedder.linear_2",
        "txt_in": "context_embedder",
        "img_in": "x_embedder",
        "final_layer.linear": "proj_out",
        "final_layer.adaLN_modulation.1": "norm_out.linear",
    }
)
DOUBLE: Mapping[str, Pieces] = MappingProxyType(
    {
        "img_mod.lin": (("norm1.linear", 1),),
        "txt_mod.lin": (("norm1_context.linear", 1),),
        "img_attn.qkv": (("attn.to_q", 1), ("attn.to_k", 1), ("attn.to_v", 1)),
        "txt_attn.qkv": (("attn.add_q_proj", 1), ("attn.add_k_proj", 1), ("attn.add_v_proj", 1)),
        "img_attn.norm.query_norm": (("attn.norm_q", 1),),
        "img_attn.norm.key_norm": (("attn.norm_k", 1),),
        "txt_attn.norm.query_norm": (("attn.norm_added_q", 1),),
        "txt_attn.norm.key_norm": (("attn.norm_added_k", 1),),
        "img_attn.proj": (("attn.to_out.0", 1),),
        "txt_attn.proj": (("attn.to_add_out", 1),),
        "img_mlp.0": (("ff.net.0.proj", 1),),
        "img_mlp.2": (("ff.net.2", 1),),
        "txt_mlp.0": (("ff_context.net.0.proj", 1),),
        "txt_mlp.2": (("ff_context.net.2", 1),),
    }
)
SINGLE: Mapping[str, Pieces] = MappingProxyType(
    {
        "modulation.lin": (("norm.linear", 1),),
        "linear1": (("attn.to_q", 1), ("attn.to_k", 1), ("attn.to_v", 1), ("proj_mlp", 4)),
        "linear2": (("proj_out", 1),),
        "norm.query_norm": (("attn.norm_q", 1),),
        "norm.key_norm": (("attn.norm_k", 1),),
    }
)
BLOCKS: Mapping[str, tuple[str, Mapping[str, Pieces]]] = MappingProxyType(
    {
        "double_blocks": ("transformer_blocks", DOUBLE),
        "single_blocks": ("single_transformer_blocks", SINGLE),
    }
)
SWAPPED = "norm_out.linear"  # has shift before scale in the original, scale before shift in diffusers


def shapes_of(path: Path) -> Shapes:
    """Names and shapes of a FLUX.1 transformer in one file, prefix taken off; empty for any other file."""
    shapes = header(path).shapes
    own = {short: shapes[name] for name, short in own_names(shapes)}
    return own if all(mark in own for mark in MARKS) else {}


def misfits(shapes: Shapes) -> tuple[str, ...]:
    """The tensors that a whole transformer has and this one lacks, and those that have no place in one."""
    guided = any(name.startswith(GUIDANCE) for name in shapes)
    layers = [layer for layer in OUTER if guided or not layer.startswith(GUIDANCE)]
    for group, (_, table) in BLOCKS.items():
        layers += [f"{group}.{number}.{layer}" for number in range(count(shapes, group)) for layer in table]
    whole = {f"{layer}.{leaf}" for layer in layers for leaf in _leaves(layer)}
    return tuple(sorted(whole ^ set(shapes)))


def _leaves(layer: str) -> tuple[str, ...]:
    return ("scale",) if layer.endswith("_norm") else ("weight", "bias")


def config_of(shapes: Shapes) -> dict[str, Any]:
    """The config that a transformer of these shapes was released with."""
    head = shapes["double_blocks.0.img_attn.norm.query_norm.scale"][0]
    return {
        "_class_name": "FluxTransformer2DModel",
        "patch_size": 1,
        "in_channels": shapes["img_in.weight"][1],
        "out_channels": shapes["final_layer.linear.weight"][0],
        "num_layers": count(shapes, "double_blocks"),
        "num_single_layers": count(shapes, "single_blocks"),
        "attention_head_dim": head,
        "num_attention_heads": shapes["img_in.weight"][0] // head,
        "joint_attention_dim": shapes["txt_in.weight"][1],
        "pooled_projection_dim": shapes["vector_in.in_layer.weight"][1],
        "guidance_embeds": "guidance_in.in_layer.weight" in shapes,
        # No tensor tells how a head is shared between the three axes: as released, (16, 56, 56) of 128.
        "axes_dims_rope": [head // 8, head * 7 // 16, head * 7 // 16],
    }


def load_transformer(path: Path, device: str, dtype: str) -> Any:
    """The file's transformer on a device, in eval mode without gradients. "meta" gives the structure."""
    import torch
    from diffusers.models.transformers.transformer_flux import FluxTransformer2DModel
    from safetensors import safe_open

    from sfumato.models._parts.opening import structure

    network = structure(FluxTransformer2DModel, config_of(shapes_of(path)))
    if device == "meta":
        return network
    state: dict[str, Tensor] = {}
    with safe_open(path, framework="pt") as file:
        for name, short in own_names(list(file.keys())):
            for new, piece in placed(short, file.get_tensor(name)).items():
                # important: a copy, as the pieces of one tensor are not aligned in memory, which costs speed.
                state[new] = piece.to(torch.device(device), getattr(torch, dtype), copy=True)
    network.load_state_dict(state, assign=True)
    return network.eval().requires_grad_(False)


def placed(name: str, tensor: Tensor) -> dict[str, Tensor]:
    """One tensor of the original, by name, as the tensors of diffusers that it holds."""
    layer, _, leaf = name.rpartition(".")
    leaf = "weight" if leaf == "scale" else leaf  # so the norms of queries and keys are called there
    return {f"{place}.{leaf}": piece for place, piece in split(layer, tensor).items()}


def split(layer: str, tensor: Tensor) -> dict[str, Tensor]:
    """What belongs to a layer's outputs, (out, ...), shared between the layers of diffusers that it is."""
    layers = layers_of(layer)
    part = tensor.shape[0] // sum(share for _, share in layers)
    rows = tensor.split([part * share for _, share in layers])
    return {place: _ordered(place, piece) for (place, _), piece in zip(layers, rows, strict=True)}


def layers_of(layer: str) -> Pieces:
    """A layer of the original as those of diffusers, each with its share. Raises KeyError, ValueError."""
    if layer in OUTER:
        return ((OUTER[layer], 1),)
    group, number, inner = layer.split(".", 2)
    blocks, layers = BLOCKS[group]
    return tuple((f"{blocks}.{number}.{new}", share) for new, share in layers[inner])


def dotted(layer: str) -> str:
    """A layer's name in which every dot became an underscore, as it was. Raises KeyError for any other."""
    group, number, inner = re.fullmatch(r"(?:(double_blocks|single_blocks)_(\d+)_)?(.*)", layer).groups()  # type: ignore[union-attr]
    known = BLOCKS[group][1] if group else OUTER
    whole = {name.replace(".", "_"): name for name in known}[inner]
    return f"{group}.{number}.{whole}" if group else whole


def _ordered(place: str, tensor: Tensor) -> Tensor:
    return tensor.roll(tensor.shape[0] // 2, 0) if place == SWAPPED else tensor
