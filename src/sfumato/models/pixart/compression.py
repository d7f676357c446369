"""Fewer keys and values in self-attention (Chen et al. 2024, PixArt-Σ, Section 3.3).

The released networks of diffusers have no place for it, so it lives in processors that are put into their
attentions while a pass runs: only then is known how the tokens lie in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from sfumato.models._parts.repository import Repository


class Compress(nn.Module):
    """Tokens of an h x w grid to those of an (h // factor) x (w // factor) grid, channel by channel.

    A convolution of its own for each channel, which begins as the mean, and a norm; with factor 1 nothing.
    """

    def __init__(self, width: int, factor: int) -> None:
        super().__init__()
        self.factor = factor
        if factor > 1:
            self.sr = nn.Conv2d(width, width, factor, stride=factor, groups=width)
            self.norm = nn.LayerNorm(width)
            nn.init.constant_(self.sr.weight, 1 / factor**2)
            nn.init.constant_(self.sr.bias, 0)  # type: ignore[arg-type]

    def forward(self, tokens: Tensor, grid: tuple[int, int]) -> Tensor:
        """(B, h * w, C) as (B, (h // factor) * (w // factor), C); grid is (h, w)."""
        if self.factor == 1:
            return tokens
        picture = tokens.transpose(1, 2).unflatten(2, grid)  # (B, C, h, w)
        return self.norm(self.sr(picture).flatten(2).transpose(1, 2))


@dataclass(frozen=True, eq=False)
class Attend:
    """Self-attention as diffusers' own, with keys and values compressed on a grid (h, w) of tokens."""

    compress: nn.Module
    grid: tuple[int, int]

    def __call__(self, attn: Any, hidden_states: Tensor, **_: Any) -> Tensor:
        keys, values = (
            self.compress(project(hidden_states), self.grid) for project in (attn.to_k, attn.to_v)
        )
        queries = attn.to_q(hidden_states)
        q, k, v = (_heads(rows, attn.heads) for rows in (queries, keys, values))
        return attn.to_out[0](scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


def _heads(tokens: Tensor, heads: int) -> Tensor:
    """(B, N, C) as (B, heads, N, C // heads)."""
    return tokens.unflatten(2, (heads, -1)).transpose(1, 2)


@contextmanager
def compressing(transformer: Any, layers: nn.ModuleDict, grid: tuple[int, int]) -> Iterator[None]:
    """While it lasts, the self-attention of these blocks, by number, sees compressed keys and values."""
    blocks = transformer.transformer_blocks
    pairs = [(blocks[int(number)].attn1, layer) for number, layer in layers.items()]
    own = [attention.processor for attention, _ in pairs]
    for attention, layer in pairs:
        attention.processor = Attend(layer, grid)
    try:
        yield
    finally:
        for (attention, _), processor in zip(pairs, own, strict=True):
            attention.processor = processor


def layers_of(config: Mapping[str, Any], width: int) -> nn.ModuleDict:
    """What a config with `factor` and `layers` describes, by the number of the block."""
    return nn.ModuleDict({str(number): Compress(width, config["factor"]) for number in config["layers"]})


def open_layers(repository: Repository, component: str, width: int, device: str, dtype: str) -> nn.ModuleDict:
    """The compression that lies in this folder. Raises FileNotFoundError without weights."""
    from safetensors.torch import load_file

    layers = layers_of(repository.config(component), width)
    state = {name: row for file in repository.files(component) for name, row in load_file(file).items()}
    layers.load_state_dict(state)
    return layers.to(device, getattr(torch, dtype)).eval().requires_grad_(False)
