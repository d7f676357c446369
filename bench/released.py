"""Released models at their real size, with random weights that are drawn in memory and never written.

A folder gets what a release has beside its weights: configs, tokenizers, and a file of one number for each
network. Ours opens that folder as any other, and is handed the very networks that theirs has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from bench.sizes import Part, Release
from sfumato.models.opening import Opening

SPREAD = 0.5  # at 1 random networks are chaotic: they make of a rounding another picture
DRAWN = 2**20 + 7  # random numbers that weights are filled with, again and again
LETTERS = "abcdefghijklmnopqrstuvwxyz"
START, END = "<|startoftext|>", "<|endoftext|>"
T5_LENGTH = 120


@dataclass
class Made(Opening):
    """Whoever opens a network gets the one of its class that there is."""

    made: Mapping[type, nn.Module] = field(default_factory=dict)

    def network(self, key: Hashable, device: str, load: Callable[[str], nn.Module]) -> nn.Module:
        assert isinstance(key, tuple)
        return self.made[key[0]]


def write(release: Release, folder: Path, dtype: torch.dtype) -> dict[str, Any]:
    """The release in a folder, and its components as objects, by name."""
    built = {name: _built(part, dtype) for name, part in release.parts.items()}
    for name, component in built.items():
        _save(component, folder / name)
    index = {"_class_name": release.pipeline, **release.index}
    index |= {name: [part.library, part.name] for name, part in release.parts.items()}
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return built


def networks(parts: Mapping[str, Any]) -> dict[type, nn.Module]:
    """Of a release's components those with weights, by their class."""
    return {type(part): part for part in parts.values() if isinstance(part, nn.Module)}


def drawn(part: Part, dtype: torch.dtype) -> nn.Module:
    """The network with random weights, ready to be asked."""
    from accelerate import init_empty_weights

    kind = part.kind
    with init_empty_weights(include_buffers=False):
        config = kind.config_class(**part.config) if hasattr(kind, "config_class") else part.config
        network = kind(config) if hasattr(kind, "config_class") else kind(**config)
    numbers = torch.randn(DRAWN, generator=torch.Generator().manual_seed(0)).to(dtype)
    made: dict[int, nn.Parameter] = {}  # some layers have a weight in common
    for module in network.modules():
        for name, weight in module._parameters.items():
            if weight is not None:
                full = made.setdefault(id(weight), nn.Parameter(_full(weight, name, numbers), False))
                module._parameters[name] = full
    return nn.Module.to(network, dtype).eval()  # that of diffusers warns whenever a number format changes


def _full(weight: Tensor, name: str, numbers: Tensor) -> Tensor:
    """Matrices random, by how much each output adds up; vectors 0, and 1 where they scale."""
    if weight.ndim < 2:
        return torch.full(weight.shape, float(name == "weight"), dtype=numbers.dtype)
    full, spread = torch.empty(weight.shape, dtype=numbers.dtype), SPREAD * weight[0].numel() ** -0.5
    flat = full.view(-1)
    for first in range(0, len(flat), DRAWN):
        piece = flat[first : first + DRAWN]
        torch.mul(numbers[: len(piece)], spread, out=piece)
    return full


def _built(part: Part, dtype: torch.dtype) -> Any:
    if part.name == "T5Tokenizer":
        pieces = [
            ("<pad>", 0.0),
            ("</s>", 0.0),
            ("<unk>", 0.0),
            ("▁", -4.0),
            *((own, -6.0) for own in LETTERS),
        ]
        return part.kind(vocab=pieces, extra_ids=0, model_max_length=T5_LENGTH)
    if part.name == "CLIPTokenizer":
        pieces = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), START, END]
        numbered = {piece: number for number, piece in enumerate(pieces)}
        return part.kind(vocab=numbered, merges=[], pad_token=END, model_max_length=77)
    return part.kind(**part.config) if part.name.endswith("Scheduler") else drawn(part, dtype)


def _save(component: Any, folder: Path) -> None:
    from safetensors.torch import save_file

    if not isinstance(component, nn.Module):
        component.save_pretrained(folder)
        return
    config: Any = component.config
    config.save_pretrained(folder) if hasattr(config, "save_pretrained") else component.save_config(folder)  # type: ignore[operator]
    save_file({"none": torch.zeros(1)}, folder / "model.safetensors")
