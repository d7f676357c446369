"""A small autoencoder: pictures to latents an eighth as wide, and back, without attention, so that any
size costs alike."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, silu

FACTOR = 8


@dataclass(frozen=True)
class CoderConfig:
    """Channels of latents, and of the grids at full, half, quarter and eighth size on the way there and
    back."""

    channels: int = 8
    there: tuple[int, ...] = (32, 48, 96, 160)
    back: tuple[int, ...] = (24, 64, 128, 192)


class Residual(nn.Module):
    """Two convolutions beside a straight way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, width), nn.GroupNorm(8, width)
        self.conv1, self.conv2 = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(silu(self.norm2(self.conv1(silu(self.norm1(x))))))


class Encoder(nn.Module):
    """Pictures (B, 3, H, W) in [-1, 1] to latents (B, C, H/8, W/8) in about [-1, 1]."""

    def __init__(self, config: CoderConfig) -> None:
        super().__init__()
        widths = config.there
        self.enter = nn.Conv2d(3, widths[0], 3, padding=1)
        self.moves = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in pairwise(widths))
        self.blocks = nn.ModuleList(Residual(width) for width in widths)
        self.leave = nn.Conv2d(widths[-1], config.channels, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.blocks[0](self.enter(pictures))
        for move, block in zip(self.moves, list(self.blocks)[1:], strict=True):
            x = block(move(avg_pool2d(x, 2)))
        return torch.tanh(self.leave(x) / 2) * 2


class Decoder(nn.Module):
    """Latents back to pictures."""

    def __init__(self, config: CoderConfig) -> None:
        super().__init__()
        widths = config.back[::-1]
        self.enter = nn.Conv2d(config.channels, widths[0], 3, padding=1)
        self.deep = Residual(widths[0])
        self.moves = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in pairwise(widths))
        self.blocks = nn.ModuleList(Residual(width) for width in widths)
        self.leave = nn.Conv2d(widths[-1], 3, 3, padding=1)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.blocks[0](self.deep(self.enter(latents)))
        for move, block in zip(self.moves, list(self.blocks)[1:], strict=True):
            x = block(interpolate(move(x), scale_factor=2.0, mode="nearest"))
        return self.leave(x)


class Autoencoder(nn.Module):
    """Both ways."""

    def __init__(self, config: CoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = Encoder(config), Decoder(config)

    def forward(self, pictures: Tensor, blur: Tensor | None = None) -> Tensor:
        """There and back; `blur` is added to the latents, so that the decoder bears small errors."""
        latents = self.encoder(pictures)
        return self.decoder(latents if blur is None else latents + blur)
