"""A tiny SDXL folder written again as one file, in the layout that the released checkpoints have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

Tensors = Mapping[str, Tensor]

FIRST = "conditioner.embedders.0.transformer.text_model."
RESNET = MappingProxyType(
    {
        "norm1": "in_layers.0",
        "conv1": "in_layers.2",
        "norm2": "out_layers.0",
        "conv2": "out_layers.3",
        "time_emb_proj": "emb_layers.1",
        "conv_shortcut": "skip_connection",
    }
)
EDGES = MappingProxyType(
    {
        "time_embedding.linear_1": "time_embed.0",
        "time_embedding.linear_2": "time_embed.2",
        "add_embedding.linear_1": "label_emb.0.0",
        "add_embedding.linear_2": "label_emb.0.2",
        "conv_in": "input_blocks.0.0",
        "conv_norm_out": "out.0",
        "conv_out": "out.2",
    }
)
ATTENTION = MappingProxyType(
    {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
)
TEXT = MappingProxyType(
    {
        "layer_norm1": "ln_1",
        "layer_norm2": "ln_2",
        "mlp.fc1": "mlp.c_fc",
        "mlp.fc2": "mlp.c_proj",
        "self_attn.out_proj": "attn.out_proj",
    }
)


def write_file(folder: Path, file: Path, marks: Tensors | None = None, **metadata: str) -> Path:
    """The networks of a tiny folder as one file; `marks` are tensors that only say something."""
    unet, vae, second = (load_folder(folder / name) for name in ("unet", "vae", "text_encoder_2"))
    alone = not (folder / "text_encoder").is_dir()
    tensors = dict(
        chain(
            old_unet(unet),
            old_vae(vae),
            old_open_clip(second, f"conditioner.embedders.{0 if alone else 1}.model."),
        )
    )
    if not alone:
        tensors |= dict(old_clip(load_folder(folder / "text_encoder")))
    return save(tensors | dict(marks or {}), file, **metadata)


def save(tensors: Tensors, file: Path, **metadata: str) -> Path:
    """A file whose metadata says this of the model."""
    said = {f"modelspec.{name}": value for name, value in metadata.items()}
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, file, metadata=said)
    return file


def load_folder(folder: Path) -> dict[str, Tensor]:
    """Every tensor of a network."""
    return dict(chain(*(load_file(file).items() for file in sorted(folder.glob("*.safetensors")))))


def _renamed(name: str, names: Mapping[str, str]) -> str:
    for new, old in names.items():
        name = re.sub(rf"(^|\.){re.escape(new)}\.", rf"\g<1>{old}.", name)
    return name


def old_unet(tensors: Tensors) -> Iterator[tuple[str, Tensor]]:
    """A U-Net of diffusers under its first names."""
    for name, tensor in _unet(tensors):
        yield f"model.diffusion_model.{name}", tensor


def _unet(tensors: Tensors) -> Iterator[tuple[str, Tensor]]:
    attended = {name.split(".attentions.")[0] for name in tensors if ".attentions." in name}
    layers = len({name.split(".")[3] for name in tensors if name.startswith("down_blocks.0.resnets.")})
    for name, tensor in tensors.items():
        side, _, rest = name.partition(".")
        if side == "mid_block":
            kind, index, rest = rest.split(".", 2)
            is_resnet = kind == "resnets"
            place = 2 * int(index) if is_resnet else 1
            yield f"middle_block.{place}.{_renamed(rest, RESNET) if is_resnet else rest}", tensor
        elif side in ("down_blocks", "up_blocks"):
            yield _in_blocks(side, rest, attended, layers), tensor
        else:
            yield _renamed(name, EDGES), tensor


def _in_blocks(side: str, rest: str, attended: set[str], layers: int) -> str:
    level, kind, index, rest = rest.split(".", 3)
    first, blocks = (1, "input_blocks") if side == "down_blocks" else (0, "output_blocks")
    place = first + int(level) * (layers + 1) + int(index)
    if kind == "resnets":
        return f"{blocks}.{place}.0.{_renamed(rest, RESNET)}"
    if kind == "attentions":
        return f"{blocks}.{place}.1.{rest}"
    if kind == "downsamplers":
        return f"{blocks}.{place + layers}.0.{rest.replace('conv', 'op')}"
    return f"{blocks}.{place + layers}.{2 if f'up_blocks.{level}' in attended else 1}.{rest}"


def old_vae(tensors: Tensors) -> Iterator[tuple[str, Tensor]]:
    """An autoencoder of diffusers under its first names."""
    levels = len({name.split(".")[2] for name in tensors if name.startswith("decoder.up_blocks.")})
    for name, tensor in tensors.items():
        old = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        old = re.sub(r"down_blocks\.(\d+)\.resnets", r"down.\1.block", old)
        old = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", old)
        old = re.sub(
            r"up_blocks\.(\d+)\.(resnets|upsamplers\.0)",
            lambda found: (
                f"up.{levels - 1 - int(found[1])}.{'block' if found[2] == 'resnets' else 'upsample'}"
            ),
            old,
        )
        old = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", old)
        if ".attentions." in old:
            old = _renamed(old.replace("mid_block.attentions.0", "mid.attn_1"), ATTENTION)
            tensor = tensor[:, :, None, None] if tensor.dim() == 2 else tensor  # (O, I, 1, 1)
        yield f"first_stage_model.{old}", tensor


def old_clip(tensors: Tensors, prefix: str = FIRST) -> Iterator[tuple[str, Tensor]]:
    """OpenAI's text encoder as it is in a file."""
    for name, tensor in tensors.items():
        yield prefix + name.removeprefix("text_model."), tensor
    yield f"{prefix}embeddings.position_ids", torch.arange(77)[None]  # in the release, and of no use


def old_open_clip(tensors: Tensors, prefix: str) -> Iterator[tuple[str, Tensor]]:
    """OpenCLIP's text encoder, which has a projection, under its first names."""
    for name, tensor in _open_clip(tensors):
        yield prefix + name, tensor


def _open_clip(tensors: Tensors) -> Iterator[tuple[str, Tensor]]:
    bare = {name.removeprefix("text_model."): tensor for name, tensor in tensors.items()}
    yield "text_projection", bare.pop("text_projection.weight").T
    yield "positional_embedding", bare.pop("embeddings.position_embedding.weight")
    yield "token_embedding.weight", bare.pop("embeddings.token_embedding.weight")
    yield "logit_scale", torch.tensor(4.6)  # in the release, and of no use
    for name, tensor in bare.items():
        old = name.replace("final_layer_norm", "ln_final")
        old = _renamed(old.replace("encoder.layers.", "transformer.resblocks."), TEXT)
        if ".q_proj." in old:
            whole = torch.cat([bare[name.replace("q_proj", f"{part}_proj")] for part in "qkv"])
            yield old.replace("self_attn.q_proj.", "attn.in_proj_"), whole
        elif not re.search(r"\.[kv]_proj\.", old):
            yield old, tensor


def edm_marks(mean: Any, deviation: Any) -> dict[str, Tensor]:
    """How Playground v2.5's file says the mean and deviation of its latents."""
    return {
        "edm_mean": torch.tensor(mean).reshape(1, 4, 1, 1),
        "edm_std": torch.tensor(deviation).reshape(1, 4, 1, 1),
    }
