"""What stands beside a tiny FLUX.1: Redux, and LoRAs under the names that different trainers give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from tinies import flux
from tinies.adapters import ALPHA, RANK, Half, pairs, write
from tinies.parts import redraw, write_repository
from tinies.words import clip_tokenizer

SEEN, SIDE, PATCH = 48, 32, 8  # of SigLIP
SWAPPED = "final_layer.adaLN_modulation.1"
CLIP = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")


def write_redux(folder: Path) -> Path:
    """Redux in its released layout; the index names its embedder by the pipelines' own module."""
    from diffusers.pipelines.flux.modeling_flux import ReduxImageEncoder
    from transformers import SiglipImageProcessor, SiglipVisionConfig, SiglipVisionModel

    config = SiglipVisionConfig(
        hidden_size=SEEN,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=SIDE,
        patch_size=PATCH,
    )
    components = {
        "image_encoder": redraw(SiglipVisionModel(config), 11),
        "feature_extractor": SiglipImageProcessor(size={"height": SIDE, "width": SIDE}),
        "image_embedder": redraw(ReduxImageEncoder(SEEN, flux.WORDS), 12),
    }
    write_repository(folder, "FluxPriorReduxPipeline", components)
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    index["image_embedder"] = ["flux", "ReduxImageEncoder"]
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def redux(folder: Path) -> tuple[Path, ...]:
    return (*flux.dev(folder / "dev"), write_redux(folder / "redux"))


# LoRAs, drawn for the original's layers, of which several may be one of diffusers' after another


def layers() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every layer of the original that a LoRA may change, with those of diffusers that it is."""
    yield from ((old, (new,)) for new, old in flux.OUTER.items())
    yield SWAPPED, ("norm_out.linear",)
    for group, blocks, table in (
        ("double_blocks", "transformer_blocks", flux.DOUBLE),
        ("single_blocks", "single_transformer_blocks", flux.SINGLE),
    ):
        for number in range(2):
            for old, new in table:
                yield f"{group}.{number}.{old}", tuple(f"{blocks}.{number}.{name}" for name in new.split())


def drawn(seed: int) -> dict[str, Half]:
    """A pair for each of them."""
    network, generator = flux.transformer(), torch.Generator().manual_seed(seed)
    found = {}
    for old, new in layers():
        weights = [network.get_submodule(name).weight for name in new]
        wide, high = weights[0].shape[1], sum(len(weight) for weight in weights)
        down = torch.randn(RANK, wide, generator=generator) / wide**0.5
        found[old] = Half(down, torch.randn(high, RANK, generator=generator) * 0.3 / ALPHA)
    return found


def words(seed: int) -> dict[str, Half]:
    """A pair for each layer of CLIP."""
    return pairs(flux.clip(clip_tokenizer()), CLIP, seed, 0.5)


def peft(lora: Mapping[str, Half], text: Mapping[str, Half], factor: float = 1.0) -> dict[str, Tensor]:
    """As diffusers writes them: each layer its own pair; up times a factor."""
    network = flux.transformer()
    tensors = {f"text_encoder.{_wrapped(layer)}": half for layer, half in text.items()}
    for old, new in layers():
        down, up = lora[old]
        up = up.roll(len(up) // 2, 0) if old == SWAPPED else up
        rows = up.split([len(network.get_submodule(name).weight) for name in new])
        tensors |= {f"transformer.{name}": Half(down, piece) for name, piece in zip(new, rows, strict=True)}
    return {
        f"{name}.lora_{end}.weight": tensor
        for name, half in tensors.items()
        for end, tensor in (("A", half.down), ("B", half.up * factor))
    }


def kohya(lora: Mapping[str, Half], text: Mapping[str, Half]) -> dict[str, Tensor]:
    """lora_unet_double_blocks_0_img_attn_qkv…, lora_te1_…, each with an alpha."""
    named = {f"lora_unet_{layer}": half for layer, half in lora.items()}
    named |= {f"lora_te1_{_wrapped(layer)}": half for layer, half in text.items()}
    tensors: dict[str, Tensor] = {}
    for name, half in named.items():
        name = name.replace(".", "_")
        tensors |= {f"{name}.lora_down.weight": half.down, f"{name}.lora_up.weight": half.up}
        tensors[f"{name}.alpha"] = torch.tensor(ALPHA)
    return tensors


def original(lora: Mapping[str, Half]) -> dict[str, Tensor]:
    """diffusion_model.double_blocks.0.img_attn.qkv.lora_A.weight"""
    return {
        f"diffusion_model.{layer}.lora_{end}.weight": tensor
        for layer, half in lora.items()
        for end, tensor in (("A", half.down), ("B", half.up))
    }


def _wrapped(layer: str) -> str:
    return layer if layer.startswith("text_model.") else f"text_model.{layer}"


def lora(folder: Path) -> tuple[Path, ...]:
    return (*flux.dev(folder / "dev"), write(folder, "kohya", kohya(drawn(5), words(6))))
