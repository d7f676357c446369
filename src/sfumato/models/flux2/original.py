"""FLUX.2's transformer in one file, under the names that Black Forest Labs gave its tensors.

Everything but `load_transformer` and `placed` reads no weights and needs no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.header import header
from sfumato.models._parts.original import Shapes, count, own_names

if TYPE_CHECKING:
    from torch import Tensor

MARKS = ("single_stream_modulation.lin.weight", "double_blocks.0.img_attn.qkv.weight")
GUIDANCE = "guidance_in."
Places = tuple[str, ...]

OUTER: Mapping[str, Places] = MappingProxyType(
    {
        "img_in": ("x_embedder",),
        "txt_in": ("context_embedder",),
        "time_in.in_layer": ("time_guidance_embed.timestep_embedder.linear_1",),
        "time_in.out_layer": ("time_guidance_embed.timestep_embedder.linear_2",),
        "guidance_in.in_layer": ("time_guidance_embed.guidance_embedder.linear_1",),
        "guidance_in.out_layer": ("time_guidance_embed.guidance_embedder.linear_2",),
        "double_stream_modulation_img.lin": ("double_stream_modulation_img.linear",),
        "double_stream_modulation_txt.lin": ("double_stream_modulation_txt.linear",),
        "single_stream_modulation.lin": ("single_stream_modulation.linear",),
        "final_layer.adaLN_modulation.1": ("norm_out.linear",),
        "final_layer.linear": ("proj_out",),
    }
)
DOUBLE: Mapping[str, Places] = MappingProxyType(
    {
        "img_attn.qkv": ("attn.to_q", "attn.to_k", "attn.to_v"),
        "txt_attn.qkv": ("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"),
        "img_attn.norm.query_norm": ("attn.norm_q",),
        "img_attn.norm.key_norm": ("attn.norm_k",),
        "txt_attn.norm.query_norm": ("attn.norm_added_q",),
        "txt_attn.norm.key_norm": ("attn.norm_added_k",),
        "img_attn.proj": ("attn.to_out.0",),
        "txt_attn.proj": ("attn.to_add_out",),
        "img_mlp.0": ("ff.linear_in",),
        "img_mlp.2": ("ff.linear_out",),
        "txt_mlp.0": ("ff_context.linear_in",),
        "txt_mlp.2": ("ff_context.linear_out",),
    }
)
SINGLE: Mapping[str, Places] = MappingProxyType(
    {
        "linear1": ("attn.to_qkv_mlp_proj",),
        "linear2": ("attn.to_out",),
        "norm.query_norm": ("attn.norm_q",),
        "norm.key_norm": ("attn.norm_k",),
    }
)
BLOCKS: Mapping[str, tuple[str, Mapping[str, Places]]] = MappingProxyType(
    {
        "double_blocks": ("transformer_blocks", DOUBLE),
        "single_blocks": ("single_transformer_blocks", SINGLE),
    }
)
SWAPPED = "final_layer.adaLN_modulation.1"  # has shift before scale, in diffusers scale before shift


def shapes_of(path: Path) -> Shapes:
    """Names and shapes of a FLUX.2 transformer in one file, prefix taken off; empty for any other file."""
    shapes = header(path).shapes
    own = {short: shapes[name] for name, short in own_names(shapes)}
    return own if all(mark in own for mark in MARKS) else {}


def misfits(shapes: Shapes) -> tuple[str, ...]:
    """The tensors that a whole transformer has and this one lacks, and those that have no place in one."""
    layers = [layer for layer in OUTER if guided(shapes) or not layer.startswith(GUIDANCE)]
    for group, (_, table) in BLOCKS.items():
        layers += [f"{group}.{number}.{layer}" for number in range(count(shapes, group)) for layer in table]
    whole = {f"{layer}.{'scale' if layer.endswith('_norm') else 'weight'}" for layer in layers}
    return tuple(sorted(whole ^ set(shapes)))


def guided(shapes: Shapes) -> bool:
    """Whether it is told the guidance, as dev is."""
    return any(name.startswith(GUIDANCE) for name in shapes)


def config_of(shapes: Shapes) -> dict[str, Any]:
    """The config that a transformer of these shapes was released with."""
    head, width = shapes["double_blocks.0.img_attn.norm.query_norm.scale"][0], shapes["img_in.weight"][0]
    return {
        "_class_name": "Flux2Transformer2DModel",
        "patch_size": 1,
        "in_channels": shapes["img_in.weight"][1],
        "out_channels": shapes["final_layer.linear.weight"][0],
        "num_layers": count(shapes, "double_blocks"),
        "num_single_layers": count(shapes, "single_blocks"),
        "attention_head_dim": head,
        "num_attention_heads": width // head,
        "joint_attention_dim": shapes["txt_in.weight"][1],
        "timestep_guidance_channels": shapes["time_in.in_layer.weight"][1],
        "mlp_ratio": shapes["double_blocks.0.img_mlp.2.weight"][1] / width,
        # No tensor tells how a head is shared between the four axes: as released, a quarter each.
        "axes_dims_rope": [head // 4] * 4,
        "guidance_embeds": guided(shapes),
    }


def load_transformer(path: Path, device: str, dtype: str) -> Any:
    """The file's transformer on a device, in eval mode without gradients. "meta" gives the structure."""
    import torch
    from diffusers.models.transformers.transformer_flux2 import Flux2Transformer2DModel
    from safetensors import safe_open

    from sfumato.models._parts.opening import structure

    network = structure(Flux2Transformer2DModel, config_of(shapes_of(path)))
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
    """One tensor of the original, by name, as the tensors of diffusers that it holds, in equal parts."""
    layer = name.rpartition(".")[0]
    if layer == SWAPPED:
        tensor = tensor.roll(tensor.shape[0] // 2, 0)
    places = places_of(layer)
    pieces = tensor.chunk(len(places))
    return {f"{place}.weight": piece for place, piece in zip(places, pieces, strict=True)}


def places_of(layer: str) -> Places:
    """A layer of the original as those of diffusers."""
    if layer in OUTER:
        return OUTER[layer]
    group, number, inner = layer.split(".", 2)
    blocks, layers = BLOCKS[group]
    return tuple(f"{blocks}.{number}.{new}" for new in layers[inner])
