"""SDXL's adapters at full size, without weights: every name has its layer, and counts are as released.

An IP-Adapter's count is held against the size of the file, a LoRA's against what its trainer reports. No
count of the ControlNet is published: it is what the released config gives here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from sfumato.models._parts.adapter_file import looks
from sfumato.models._parts.image_prompt import _keys, _projection
from sfumato.models._parts.opening import structure
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.adapters import adapter_kind, open_adapters
from tinies import adapters as tiny

pytestmark = pytest.mark.filterwarnings("ignore:for .*. copying from a non-meta parameter")

UNET: Mapping[str, Any] = {
    "block_out_channels": [320, 640, 1280],
    "layers_per_block": 2,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "transformer_layers_per_block": [1, 2, 10],
    "attention_head_dim": [5, 10, 20],
    "cross_attention_dim": 2048,
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
CONTROL: Mapping[str, Any] = {
    "_class_name": "ControlNetModel",
    **UNET,
    "conditioning_embedding_out_channels": [16, 32, 96, 256],
}
# The image encoders of the release: (width, projection).
HUGE, GIANT = (1280, 1024), (1664, 1280)


@cache
def unet() -> Any:
    from diffusers import UNet2DConditionModel

    up = ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]
    return structure(UNet2DConditionModel, {**UNET, "sample_size": 128, "up_block_types": up})


def encoder(kind: str) -> Any:
    import transformers

    sizes = (768, 3072, 12, 12, 768) if kind == "CLIPTextModel" else (1280, 5120, 32, 20, 1280)
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "projection_dim")
    return structure(getattr(transformers, kind), dict(zip(names, sizes, strict=True)))


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


# ControlNet


def test_a_controlnet_has_so_many_parameters(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONTROL))
    assert adapter_kind(tmp_path) == "control"
    net = Repository(tmp_path).load("", "meta", cls="diffusers.ControlNetModel")
    assert count(net) == 1_251_014_160
    assert len(net.controlnet_down_blocks) == sum(len(block.resnets) for block in unet().up_blocks)


# LoRA


def whole_lora() -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Every network that a LoRA of the usual trainer changes, and the layers it changes there."""
    return {
        "unet": (unet(), tiny.UNET_LAYERS),
        "text_encoder": (encoder("CLIPTextModel"), tiny.TEXT_LAYERS),
        "text_encoder_2": (encoder("CLIPTextModelWithProjection"), tiny.TEXT_LAYERS),
    }


def thin(network: nn.Module, endings: tuple[str, ...]) -> dict[str, tiny.Half]:
    """A pair of rank 1 for every such layer."""
    shapes = {
        name: layer.weight.shape
        for name, layer in network.named_modules()
        if name.endswith(endings) and isinstance(layer, (nn.Linear, nn.Conv2d))
    }
    return {
        name: tiny.Half(torch.zeros(1, *shape[1:]), torch.zeros(shape[0], 1, *(1,) * (len(shape) - 2)))
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("convolutions", [False, True])
def test_every_name_of_a_whole_lora_has_its_layer(convolutions: bool, tmp_path: Path) -> None:
    """722, 72 and 192 modules are what the usual trainer reports for SDXL."""
    networks = {name: network for name, (network, _) in whole_lora().items()}
    wanted = {name: endings for name, (_, endings) in whole_lora().items()}
    if convolutions:
        wanted["unet"] += tiny.CONVOLUTIONS
    pairs = {name: thin(network, wanted[name]) for name, network in networks.items()}
    path = tiny.write(tmp_path, "whole", tiny.kohya(pairs, blocks=2))
    encoders = {name: networks[name] for name in ("text_encoder", "text_encoder_2")}
    adapters = open_adapters((path,), networks["unet"], encoders, "meta", "float32")
    (lora,) = adapters.loras.values()
    placed = {name: len(layers.names) for name, layers in lora.items()}
    assert placed == {"unet": 788 if convolutions else 722, "text_encoder": 72, "text_encoder_2": 192}
    assert {name: set(layers.names) for name, layers in lora.items()} == {
        name: set(found) for name, found in pairs.items()
    }


# IP-Adapter


def released(is_fine: bool, seen: tuple[int, int]) -> dict[str, torch.Tensor]:
    """The tensors of a released file, without numbers."""
    hidden, tokens, width = 1280, 16, 2048

    def draw(*shape: int) -> torch.Tensor:
        return torch.empty(*shape, device="meta")

    shapes = dict(resampler(hidden, tokens, width, seen[0]) if is_fine else plain(width, seen[1]))
    tensors = {f"image_proj.{name}": draw(*shape) for name, shape in shapes.items()}
    for index, inner in enumerate(inner_widths()):
        for end in "kv":
            tensors[f"ip_adapter.{2 * index + 1}.to_{end}_ip.weight"] = draw(inner, width)
    return tensors


def inner_widths() -> Iterator[int]:
    modules = dict(unet().named_modules())
    for name in unet().attn_processors:
        if name.endswith("attn2.processor"):
            yield modules[name.removesuffix(".processor")].inner_dim


def plain(width: int, seen: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from {"proj.weight": (4 * width, seen), "proj.bias": (4 * width,)}.items()
    yield from {"norm.weight": (width,), "norm.bias": (width,)}.items()


def resampler(hidden: int, tokens: int, width: int, seen: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "latents", (1, tokens, hidden)
    yield from {"proj_in.weight": (hidden, seen), "proj_in.bias": (hidden,)}.items()
    yield from {"proj_out.weight": (width, hidden), "proj_out.bias": (width,)}.items()
    yield from {"norm_out.weight": (width,), "norm_out.bias": (width,)}.items()
    for layer in (f"layers.{index}" for index in range(4)):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            yield from {f"{layer}.{norm}.weight": (hidden,), f"{layer}.{norm}.bias": (hidden,)}.items()
        for name, out in (("to_q", 1), ("to_kv", 2), ("to_out", 1)):
            yield f"{layer}.0.{name}.weight", (out * hidden, hidden)
        yield f"{layer}.1.1.weight", (4 * hidden, hidden)
        yield f"{layer}.1.3.weight", (hidden, 4 * hidden)


def write_header(path: Path, tensors: Mapping[str, torch.Tensor]) -> Path:
    """A .safetensors file that ends after its header: what looking at a file reads of it."""
    at, told = 0, {}
    for name, tensor in tensors.items():
        end = at + 2 * tensor.numel()
        told[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(told).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    return path


@pytest.mark.parametrize(
    ("is_fine", "seen", "parameters", "megabytes"),
    [(False, GIANT, 351_285_248, 703), (False, HUGE, 349_188_096, 698), (True, HUGE, 423_748_864, 848)],
)
def test_an_image_prompts_file_is_read_whole(
    is_fine: bool, seen: tuple[int, int], parameters: int, megabytes: int, tmp_path: Path
) -> None:
    """The sizes are those of ip-adapter_sdxl, …_sdxl_vit-h and …-plus_sdxl_vit-h, in half precision."""
    tensors = released(is_fine, seen)
    path = write_header(tmp_path / "adapter.safetensors", tensors)
    assert adapter_kind(path) == "image"
    assert looks(path) == (is_fine, seen[0 if is_fine else 1])
    own = {
        name.partition(".")[2]: tensor for name, tensor in tensors.items() if name.startswith("ip_adapter")
    }
    keys = _keys(path, own, unet())
    assert len(keys.names) == 70
    rest = {
        name.partition(".")[2]: tensor for name, tensor in tensors.items() if name.startswith("image_proj")
    }
    with torch.device("meta"):
        projection = _projection(path, rest)
    total = count(keys) + count(projection)
    assert total == sum(tensor.numel() for tensor in tensors.values()) == parameters
    assert round((2 * total + path.stat().st_size) / 1e6) == megabytes
