"""Adapters for the tiny SDXL: LoRAs, ControlNets and IP-Adapters in the released formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from tinies.parts import redraw
from tinies.sdxl import base, text_encoder, unet
from tinies.words import clip_tokenizer

RANK, ALPHA = 4, 2.0
TOKENS = 4  # of one picture
SIDE, PATCH, SEEN, PROJECTED = 32, 8, 64, 48  # of the image encoder
UNET_LAYERS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out")
CONVOLUTIONS = (
    "conv1",
    "conv2",
    "conv_shortcut",
    "downsamplers.0.conv",
    "upsamplers.0.conv",
    "time_emb_proj",
)
TEXT_LAYERS = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")


class Half(NamedTuple):
    """down (rank, in, ...) and up (out, rank, ...)."""

    down: Tensor
    up: Tensor


def pairs(network: nn.Module, endings: tuple[str, ...], seed: int, spread: float = 1.0) -> dict[str, Half]:
    """A pair for every layer whose name ends so, drawn from a seed; about `spread` is added to the output."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    for name, layer in network.named_modules():
        if not name.endswith(endings) or not isinstance(layer, (nn.Linear, nn.Conv2d)):
            continue
        shape, ones = layer.weight.shape, (1,) * (layer.weight.ndim - 2)
        down = torch.randn(RANK, *shape[1:], generator=generator) / layer.weight[0].numel() ** 0.5
        up = torch.randn(shape[0], RANK, *ones, generator=generator) * spread / ALPHA
        found[name] = Half(down, up)
    return found


@cache
def networks() -> Mapping[str, Any]:
    """The networks that a LoRA for the tiny SDXL changes, under the names that diffusers gives them."""
    tokenizer = clip_tokenizer()
    encoders = {
        f"text_encoder{'_2' if second else ''}": text_encoder(tokenizer, 3, second)
        for second in (False, True)
    }
    return MappingProxyType({"unet": unet(), **encoders})


def drawn(seed: int, convolutions: bool = False, spread: float = 0.5) -> dict[str, dict[str, Half]]:
    """{network: {layer: pair}} for the U-Net and both text encoders."""
    wanted = {name: TEXT_LAYERS for name in networks()} | {
        "unet": UNET_LAYERS + (CONVOLUTIONS if convolutions else ())
    }
    return {
        name: pairs(network, wanted[name], seed + index, spread)
        for index, (name, network) in enumerate(networks().items())
    }


# Key formats


def peft(lora: Mapping[str, Mapping[str, Half]]) -> dict[str, Tensor]:
    """unet.LAYER.lora_A.weight; the first text encoder's layers stood below text_model in released LoRAs."""
    return {
        f"{network}.{_released(network, layer)}.lora_{end}.weight": tensor
        for network, found in lora.items()
        for layer, half in found.items()
        for end, tensor in (("A", half.down), ("B", half.up))
    }


def older(lora: Mapping[str, Mapping[str, Half]]) -> dict[str, Tensor]:
    """As diffusers wrote them before peft: LAYER.lora.down.weight, and lora_linear_layer in text encoders."""
    ends = {"unet": "lora"}
    return {
        f"{network}.{_released(network, layer)}.{ends.get(network, 'lora_linear_layer')}.{end}.weight": tensor
        for network, found in lora.items()
        for layer, half in found.items()
        for end, tensor in (("down", half.down), ("up", half.up))
    }


def kohya(lora: Mapping[str, Mapping[str, Half]], alpha: float = ALPHA, blocks: int = 1) -> dict[str, Tensor]:
    """lora_unet_input_blocks_3_1_…, lora_te1_…, lora_te2_…, each with an alpha; see `sgm` for `blocks`."""
    prefixes = {"unet": "lora_unet_", "text_encoder": "lora_te1_", "text_encoder_2": "lora_te2_"}
    tensors: dict[str, Tensor] = {}
    for network, found in lora.items():
        for layer, half in found.items():
            named = sgm(layer, blocks) if network == "unet" else _released(network, layer)
            name = prefixes[network] + named.replace(".", "_")
            tensors[f"{name}.lora_down.weight"] = half.down
            tensors[f"{name}.lora_up.weight"] = half.up
            tensors[f"{name}.alpha"] = torch.tensor(alpha)
    return tensors


def _released(network: str, layer: str) -> str:
    inside = network != "unet" and not layer.startswith(("text_model.", "text_projection"))
    return f"text_model.{layer}" if inside else layer


def sgm(layer: str, blocks: int) -> str:
    """The layer's name in Stability AI's own code, in a U-Net with so many residual blocks for each level."""
    where, *rest = layer.split(".")
    if where == "mid_block":
        block = {"resnets.0": "0", "attentions.0": "1", "resnets.1": "2"}[".".join(rest[:2])]
        return _resnet(".".join(["middle_block", block, *rest[2:]]))
    if where not in ("down_blocks", "up_blocks"):
        return layer
    level, kind, index, *inner = rest
    first = int(level) * (blocks + 1)
    if kind == "downsamplers":
        return f"input_blocks.{first + blocks + 1}.0.op"
    if kind == "upsamplers":
        return f"output_blocks.{first + blocks}.2.conv"
    is_down = where == "down_blocks"
    place = f"{'input' if is_down else 'output'}_blocks.{first + int(index) + is_down}"
    return _resnet(".".join([place, "0" if kind == "resnets" else "1", *inner]))


def _resnet(name: str) -> str:
    said = {"conv1": "in_layers.2", "conv2": "out_layers.3"}
    said |= {"time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection"}
    before, _, last = name.rpartition(".")
    return f"{before}.{said.get(last, last)}"


def write(folder: Path, name: str, tensors: Mapping[str, Tensor], **metadata: str) -> Path:
    """A .safetensors file."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    save_file({key: tensor.contiguous().clone() for key, tensor in tensors.items()}, path, metadata=metadata)
    return path


# ControlNets


def control(folder: Path, seed: int, network: Any = None, **changed: Any) -> Path:
    """A ControlNet for a tiny U-Net (SDXL's if none is given), redrawn: a fresh one adds nothing."""
    from diffusers import ControlNetModel

    config = (network or networks()["unet"]).config
    same = ("block_out_channels", "layers_per_block", "down_block_types", "transformer_layers_per_block")
    same += ("attention_head_dim", "cross_attention_dim", "use_linear_projection", "addition_embed_type")
    same += ("addition_time_embed_dim", "projection_class_embeddings_input_dim")
    said = {name: config[name] for name in same} | {"conditioning_embedding_out_channels": (16, 32)}
    network = redraw(ControlNetModel(**said | changed), seed)
    redraw(network.controlnet_cond_embedding, seed + 100, spread=2.0)  # or the hint would hardly be seen
    network.save_pretrained(folder / f"control-{seed}")
    return folder / f"control-{seed}"


# IP-Adapters


def image_encoder(folder: Path, seed: int = 31, **changed: Any) -> Path:
    """A CLIP image encoder; returns its folder, `folder` itself."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(
        **{
            "hidden_size": SEEN,
            "intermediate_size": 128,
            "projection_dim": PROJECTED,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "image_size": SIDE,
            "patch_size": PATCH,
        }
        | changed
    )
    redraw(CLIPVisionModelWithProjection(config), seed).save_pretrained(folder)
    return folder


def image_prompt(folder: Path, name: str, seed: int, fine: bool, network: Any = None) -> Path:
    """An IP-Adapter's file, plain or with a resampler ("Plus"), for a tiny U-Net: SDXL's if none is given."""
    spread, network = 2.0, network or networks()["unet"]
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator) * spread / shape[-1] ** 0.5

    width = network.config.cross_attention_dim
    projection = dict(_resampler(draw, width) if fine else _projection(draw, width))
    second = {
        f"{2 * index + 1}.to_{end}_ip.weight": draw(inner, width)
        for index, inner in enumerate(_inner_widths(network))
        for end in "kv"
    }
    tensors = {f"image_proj.{key}": tensor for key, tensor in projection.items()}
    return write(folder, name, tensors | {f"ip_adapter.{key}": tensor for key, tensor in second.items()})


def _inner_widths(network: Any) -> Iterator[int]:
    modules = dict(network.named_modules())
    for name in network.attn_processors:
        if name.endswith("attn2.processor"):
            yield modules[name.removesuffix(".processor")].inner_dim


def _projection(draw: Any, width: int) -> Iterator[tuple[str, Tensor]]:
    yield "proj.weight", draw(TOKENS * width, PROJECTED)
    yield "proj.bias", draw(TOKENS * width)
    yield from _norm("norm", draw, width)


def _resampler(draw: Any, width: int) -> Iterator[tuple[str, Tensor]]:
    hidden = 64  # one head
    yield "latents", draw(1, TOKENS, hidden)
    for name, out, into in (("proj_in", hidden, SEEN), ("proj_out", width, hidden)):
        yield f"{name}.weight", draw(out, into)
        yield f"{name}.bias", draw(out)
    yield from _norm("norm_out", draw, width)
    for layer in (f"layers.{index}" for index in range(4)):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            yield from _norm(f"{layer}.{norm}", draw, hidden)
        yield f"{layer}.0.to_q.weight", draw(hidden, hidden)
        yield f"{layer}.0.to_kv.weight", draw(2 * hidden, hidden)
        yield f"{layer}.0.to_out.weight", draw(hidden, hidden)
        yield f"{layer}.1.1.weight", draw(4 * hidden, hidden)
        yield f"{layer}.1.3.weight", draw(hidden, 4 * hidden)


def _norm(name: str, draw: Any, width: int) -> Iterator[tuple[str, Tensor]]:
    yield f"{name}.weight", 1 + 0.5 * draw(width)
    yield f"{name}.bias", draw(width)


def whole(folder: Path) -> tuple[Path, ...]:
    """The tiny SDXL with one adapter of each kind."""
    lora = write(folder, "lora", kohya(drawn(5, convolutions=True)))
    prompt, encoder = image_prompt(folder, "plus", 51, fine=True), image_encoder(folder / "encoder")
    return (*base(folder), lora, control(folder, 41), prompt, encoder)
