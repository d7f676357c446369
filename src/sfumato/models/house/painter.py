"""The network of the next house model: a transformer over patches, of pixels or of an autoencoder's latents.

It predicts the clean picture (Li and He 2025) from a noisy one, words, how rich the picture is, how
strongly it is
guided (Meng et al. 2023), and how far the next step goes (Frans et al. 2024), so that one network serves
as teacher and,
further trained, as student. Shapes in comments: B rows, N tokens of the picture, L words, D channels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu

from sfumato.models.house.net import NetConfig, TextEncoder, waves

HEAD = 64  # channels of one attention head
RIPPLES = 16  # frequencies of a place, for each of x and y


@dataclass(frozen=True)
class PainterConfig:
    """What is needed to build a painter.

    Attributes:
        vocabulary: word ids, the empty one included; length: words of a text.
        channels, patch: of what it paints; a token is patch × patch places.
        width, depth: of the transformer; text, text_layers: of the text encoder.
    """

    vocabulary: int
    channels: int = 8
    patch: int = 2
    width: int = 384
    depth: int = 10
    text: int = 256
    text_layers: int = 3
    length: int = 64


class Told(NamedTuple):
    """What one row of a batch is told beside its noisy picture.

    Attributes:
        t: (B,) in [0, 1], 1 is noise.
        text, mask: (B, L, D) features of words, and (B, L) True where there are any.
        richness: (B,) in [0, 1].
        guidance: (B,) scale that the answer already has; 1 is none.
        stride: (B,) how far in t the next step goes; 0 is the direction here and now.
    """

    t: Tensor
    text: Tensor
    mask: Tensor
    richness: Tensor
    guidance: Tensor
    stride: Tensor


class Block(nn.Module):
    """Attention of the picture's tokens over themselves and the words, then a gated layer; both shifted,
    scaled and gated by what the row is told (adaLN-single, Chen et al. 2023)."""

    def __init__(self, config: PainterConfig) -> None:
        super().__init__()
        width = config.width
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.words = nn.Linear(config.text, 2 * width, bias=False)
        hidden = -(-8 * width // 3 // 64) * 64
        self.gate, self.back = nn.Linear(width, 2 * hidden, bias=False), nn.Linear(hidden, width, bias=False)
        self.offsets = nn.Parameter(torch.zeros(6, width))

    def forward(self, x: Tensor, signal: Tensor, turn: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        """x (B, N, D), signal (B, 6, D), turn (N, HEAD / 2) complex angles as (cos, sin), text (B, L, T)."""
        moved = (signal + self.offsets).unsqueeze(2).unbind(1)  # six of (B, 1, D)
        h = _norm(x) * (1 + moved[0]) + moved[1]
        x = x + moved[2] * self._attend(h, turn, text, mask)
        h = _norm(x) * (1 + moved[3]) + moved[4]
        gate, value = self.gate(h).chunk(2, -1)
        return x + moved[5] * self.back(silu(gate) * value)

    def _attend(self, h: Tensor, turn: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (_heads(part) for part in self.qkv(h).chunk(3, -1))
        text_k, text_v = (_heads(part) for part in self.words(text).chunk(2, -1))
        q, k, text_k = turned(_norm(q), turn), turned(_norm(k), turn), _norm(text_k)
        keys, values = torch.cat([k, text_k.to(k.dtype)], 2), torch.cat([v, text_v], 2)
        seen = torch.cat([mask.new_ones(len(mask), k.shape[2]), mask], 1)[:, None, None]
        mixed = scaled_dot_product_attention(q.to(v.dtype), keys.to(v.dtype), values, seen)
        return self.out(mixed.transpose(1, 2).flatten(-2))


class Painter(nn.Module):
    """Text encoder and transformer, trained together."""

    def __init__(self, config: PainterConfig) -> None:
        super().__init__()
        self.config = config
        reading = NetConfig(
            config.vocabulary, text=config.text, text_layers=config.text_layers, length=config.length
        )
        self.encoder = TextEncoder(reading)
        token, width = config.channels * config.patch**2, config.width
        self.enter, self.leave = nn.Linear(token, width), nn.Linear(width, token)
        self.told = nn.Sequential(
            nn.Linear(4 * 256 + config.text, width), nn.SiLU(), nn.Linear(width, 6 * width)
        )
        self.last = nn.Linear(width, 2 * width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        for layer in (self.told[-1], self.last, self.leave):
            nn.init.zeros_(layer.weight)  # pyright: ignore[reportArgumentType]
            nn.init.zeros_(layer.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, x: Tensor, told: Told) -> Tensor:
        """x (B, C, H, W), H and W multiples of the patch, to the clean picture, as large."""
        patch = self.config.patch
        grid = (x.shape[2] // patch, x.shape[3] // patch)
        tokens = self.enter(_cut(x, patch))  # (B, N, D)
        told_all = self._signal(told).to(tokens.dtype)
        signal = self.told(told_all).unflatten(-1, (6, -1))
        turn = places(grid, x.device)
        for block in self.blocks:
            tokens = block(tokens, signal, turn, told.text, told.mask)
        scale, shift = self.last(silu(signal[:, 0])).chunk(2, -1)
        tokens = self.leave(_norm(tokens) * (1 + scale[:, None]) + shift[:, None])
        return _joined(tokens, patch, grid)

    def _signal(self, told: Told) -> Tensor:
        """Every number that a row is told, as waves, and its words on average."""
        seen = told.mask[..., None].to(told.text.dtype)
        mean = (told.text * seen).sum(1) / seen.sum(1)
        numbers = (told.t, told.richness, told.guidance / 16, told.stride)
        return torch.cat([*(waves(number).to(mean.dtype) for number in numbers), mean], -1)


def places(grid: tuple[int, int], device: torch.device) -> Tensor:
    """The angles by which tokens of a grid (h, w) are turned, (N, HEAD / 2), as e^iφ (Su et al. 2021, in
    two axes).

    Counted from the middle, so that the middle of a picture is the same place in every shape.
    """
    height, width = grid
    rates = torch.exp(torch.linspace(0, -math.log(100.0), RIPPLES, device=device))
    y = (torch.arange(height, device=device) - (height - 1) / 2)[:, None] * rates
    x = (torch.arange(width, device=device) - (width - 1) / 2)[:, None] * rates
    angles = torch.cat(
        [y[:, None].expand(-1, width, -1), x[None].expand(height, -1, -1)], -1
    )  # (h, w, 2 · RIPPLES)
    return torch.stack([angles.cos(), angles.sin()]).flatten(1, 2)  # (2, N, HEAD / 2)


def turned(x: Tensor, turn: Tensor) -> Tensor:
    """Channels (B, heads, N, HEAD), by pairs, turned by the angles of their places."""
    one, other = x.chunk(2, -1)
    cos, sin = turn
    return torch.cat([one * cos - other * sin, one * sin + other * cos], -1)


def _norm(x: Tensor) -> Tensor:
    return rms_norm(x, x.shape[-1:])


def _heads(x: Tensor) -> Tensor:
    return x.unflatten(-1, (-1, HEAD)).transpose(1, 2)


def _cut(x: Tensor, patch: int) -> Tensor:
    """(B, C, H, W) to tokens (B, N, C · patch²)."""
    return nn.functional.pixel_unshuffle(x, patch).flatten(2).transpose(1, 2)


def _joined(tokens: Tensor, patch: int, grid: tuple[int, int]) -> Tensor:
    return nn.functional.pixel_shuffle(tokens.transpose(1, 2).unflatten(2, grid), patch)
