"""The house model's networks: a small text encoder and a U-Net that predicts the clean picture.

Shapes in comments: B rows, L tokens, D text channels, C channels, H × W the grid the U-Net works on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pixel_shuffle, pixel_unshuffle, scaled_dot_product_attention

HEAD = 64  # channels of one attention head


@dataclass(frozen=True)
class NetConfig:
    """Everything needed to build a network of the house model.

    Attributes:
        vocabulary: number of word ids, the empty word 0 included.
        channels: U-Net channels from the finest grid to the coarsest; each next grid is half as wide.
        looks: for each grid, what its blocks look at: nothing, the words, or the words and the whole picture.
        patch: pixels folded into channels on the way in and unfolded on the way out.
        low: whether the network is given the picture at a `patch` times lower resolution.
    """

    vocabulary: int
    channels: tuple[int, ...] = (64, 128, 256)
    looks: tuple[str, ...] = ("none", "words", "all")
    blocks: int = 1
    patch: int = 1
    low: bool = False
    text: int = 192
    text_layers: int = 2
    length: int = 24


def read_config(values: Mapping[str, Any]) -> NetConfig:
    """The configuration out of a weights file's metadata, where tuples have become lists."""
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return NetConfig(**known)


class Low(NamedTuple):
    """The lower stage's picture (B, 3, H, W), noised, and how much noise it has, (B,) in [0, 1]
    (noise conditioning augmentation, Ho et al. 2021)."""

    picture: Tensor
    level: Tensor


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Multi-head attention of (B, N, C) queries over (B, M, C) keys; mask (B, M) is True where to look."""
    split = [part.unflatten(-1, (-1, HEAD)).transpose(1, 2) for part in (q, k, v)]  # (B, heads, N, HEAD)
    seen = None if mask is None else mask[:, None, None, :]
    return scaled_dot_product_attention(*split, attn_mask=seen).transpose(1, 2).flatten(-2)


class TextBlock(nn.Module):
    """One pre-norm transformer layer over words."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # (B, L, D), (B, L)
        q, k, v = self.qkv(self.norm1(x)).chunk(3, -1)
        x = x + self.out(attend(q, k, v, mask))
        return x + self.mlp(self.norm2(x))


class TextEncoder(nn.Module):
    """Word ids (B, L) to features (B, L, D); id 0 is an empty place, and the first place is never empty."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.embed = nn.Embedding(config.vocabulary, config.text)
        self.place = nn.Parameter(torch.empty(config.length, config.text))
        nn.init.normal_(self.place, std=0.02)
        self.layers = nn.ModuleList(TextBlock(config.text) for _ in range(config.text_layers))
        self.norm = nn.LayerNorm(config.text)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        mask = words != 0  # (B, L)
        x = self.embed(words) + self.place[: words.shape[1]]  # (B, L, D)
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x), mask


class ConvBlock(nn.Module):
    """Two convolutions, shifted and scaled by the step and the words (Dhariwal and Nichol 2021)."""

    def __init__(self, before: int, after: int, signal: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(32, before), nn.GroupNorm(32, after)
        self.conv1, self.conv2 = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
        self.shift = nn.Linear(signal, 2 * after)
        self.skip = nn.Conv2d(before, after, 1) if before != after else nn.Identity()
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor, signal: Tensor) -> Tensor:  # (B, C, H, W), (B, S)
        scale, shift = self.shift(signal)[:, :, None, None].chunk(2, 1)
        h = self.conv1(nn.functional.silu(self.norm1(x)))
        h = self.norm2(h) * (1 + scale) + shift
        return self.skip(x) + self.conv2(nn.functional.silu(h))


class Look(nn.Module):
    """Attention of every place of the grid to the words and, where `whole`, to all places, in one softmax."""

    def __init__(self, channels: int, text: int, whole: bool) -> None:
        super().__init__()
        self.norm, self.whole = nn.GroupNorm(32, channels), whole
        self.queries, self.words = nn.Linear(channels, channels), nn.Linear(text, 2 * channels)
        self.places = nn.Linear(channels, 2 * channels) if whole else None
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor, text: Tensor, mask: Tensor) -> Tensor:  # (B, C, H, W), (B, L, D), (B, L)
        places = self.norm(x).flatten(2).transpose(1, 2)  # (B, HW, C)
        k, v = self.words(text).chunk(2, -1)  # (B, L, C)
        if self.places is not None:
            more_k, more_v = self.places(places).chunk(2, -1)
            k, v = torch.cat([more_k, k], 1), torch.cat([more_v, v], 1)
            mask = torch.cat([mask.new_ones(places.shape[:2]), mask], 1)
        h = self.out(attend(self.queries(places), k, v, mask))
        return x + h.transpose(1, 2).unflatten(2, x.shape[2:])


class Step(nn.Module):
    """A convolution block, then a look where this grid has one."""

    def __init__(self, before: int, after: int, config: NetConfig, looks: str) -> None:
        super().__init__()
        self.conv = ConvBlock(before, after, 2 * config.text)
        self.look = None if looks == "none" else Look(after, config.text, looks == "all")

    def forward(self, x: Tensor, signal: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        x = self.conv(x, signal)
        return x if self.look is None else self.look(x, text, mask)


class UNet(nn.Module):
    """Predicts the clean picture from a noisy one, the step, the words and (upper stage) a small picture."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        channels, signal = config.channels, 2 * config.text
        pixels = 3 * config.patch**2
        self.enter = nn.Conv2d(pixels + (3 if config.low else 0), channels[0], 3, padding=1)
        self.time = nn.Sequential(nn.Linear(256, signal), nn.SiLU(), nn.Linear(signal, signal))
        self.pooled = nn.Linear(config.text, signal)
        self.level = nn.Linear(256, signal) if config.low else None
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        kept, now = [channels[0]], channels[0]
        for level, (width, looks) in enumerate(zip(channels, config.looks, strict=True)):
            for _ in range(config.blocks):
                self.down.append(Step(now, width, config, looks))
                kept.append(now := width)
            if level + 1 < len(channels):
                self.down.append(nn.Conv2d(now, now, 3, stride=2, padding=1))
                kept.append(now)
        self.middle = Step(now, now, config, "all")
        for level, (width, looks) in reversed(list(enumerate(zip(channels, config.looks, strict=True)))):
            for _ in range(config.blocks + 1):
                self.up.append(Step(now + kept.pop(), width, config, looks))
                now = width
            if level:
                self.up.append(nn.Conv2d(now, now, 1))
        self.leave = nn.Sequential(nn.GroupNorm(32, now), nn.SiLU(), nn.Conv2d(now, pixels, 3, padding=1))
        if config.low:  # begin as plain enlargement: only what it misses is to be learned
            nn.init.zeros_(self.leave[-1].weight)  # pyright: ignore[reportArgumentType]

    def forward(self, x: Tensor, t: Tensor, text: Tensor, mask: Tensor, low: Low | None = None) -> Tensor:
        """x (B, 3, H·patch, W·patch), t (B,), text (B, L, D), mask (B, L) -> x0 like x."""
        h = pixel_unshuffle(x, self.config.patch)  # (B, 3·patch², H, W)
        h = self.enter(h if low is None else torch.cat([h, low.picture], 1))
        seen = mask[..., None].to(text.dtype)
        signal = self.time(waves(t).to(x.dtype)) + self.pooled((text * seen).sum(1) / seen.sum(1))
        if self.level is not None and low is not None:
            signal = signal + self.level(waves(low.level).to(x.dtype))
        signal = nn.functional.silu(signal)
        kept = [h]
        for step in self.down:
            h = step(h, signal, text, mask) if isinstance(step, Step) else step(h)
            kept.append(h)
        h = self.middle(h, signal, text, mask)
        for step in self.up:
            if isinstance(step, Step):
                h = step(torch.cat([h, kept.pop()], 1), signal, text, mask)
            else:
                h = interpolate(step(h), scale_factor=2.0, mode="nearest")
        picture = pixel_shuffle(self.leave(h.to(next(self.leave.parameters()).dtype)), self.config.patch)
        if low is None:
            return picture
        return picture + interpolate(low.picture, scale_factor=float(self.config.patch), mode="bilinear")


class HouseNet(nn.Module):
    """Text encoder and U-Net of one stage, trained together."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.unet = TextEncoder(config), UNet(config)

    def forward(self, x: Tensor, t: Tensor, words: Tensor, low: Low | None = None) -> Tensor:
        return self.unet(x, t, *self.encoder(words), low)


def waves(t: Tensor) -> Tensor:
    """Step t in [0, 1] (B,) as sines and cosines of 128 frequencies (B, 256)."""
    frequencies = torch.exp(torch.linspace(0, math.log(1000.0), 128, device=t.device))
    phase = t.float()[:, None] * frequencies
    return torch.cat([phase.sin(), phase.cos()], 1)
