"""The eye's network: what stands where, of what colour, in what place and style, and what is written.

Shapes in comments: B rows, C channels, h × w the grid of cells, each CELL pixels wide, N = h · w.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize, scaled_dot_product_attention

from sfumato.models.judge.residual import Residual

SIDE_PX = 128  # pictures are judged at about this size squared
CELL = 8  # pixels
HEAD = 32  # channels of one attention head


@dataclass(frozen=True)
class EyeConfig:
    """What is needed to build an eye.

    Attributes:
        things, grounds, styles, colours, views: how many of each it tells apart.
        letters: characters that it reads, the end of a text included.
        longest: characters of the longest text that it reads.
        vocabulary: word ids of captions, the empty one included.
        widths: channels at full, half, quarter and eighth size.
        mixers: how many blocks see the whole picture.
        attends: those blocks attend; else they are large depthwise convolutions (Liu et al. 2022).
    """

    things: int
    grounds: int
    styles: int
    colours: int
    views: int
    letters: int
    vocabulary: int
    longest: int = 16
    widths: tuple[int, ...] = (32, 64, 128, 192)
    mixers: int = 4
    attends: bool = True
    text: int = 128
    shared: int = 128


def read_config(values: Mapping[str, Any]) -> EyeConfig:
    """The configuration out of a weights file's metadata, where tuples have become lists."""
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return EyeConfig(**known)


class Seen(NamedTuple):
    """Scores before any decision.

    Attributes:
        heart: (B, h, w) logit that a thing's centre is in the cell.
        thing, colour, view: (B, h, w, number) which one it is; hidden: (B, h, w) logit that another stands
        before it. ground, style: (B, number), the last ground being none.
        letters: (B, longest, number); the last letter ends the text.
        picture: (B, shared) of length 1, comparable with `Eye.text`.
        features: (B, C) for distances between sets of pictures.
    """

    heart: Tensor
    thing: Tensor
    colour: Tensor
    view: Tensor
    hidden: Tensor
    ground: Tensor
    style: Tensor
    letters: Tensor
    picture: Tensor
    features: Tensor


class Mixer(nn.Module):
    """Every cell learns of the others, by attention or by a wide depthwise convolution."""

    def __init__(self, width: int, attends: bool) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mix = Attention(width) if attends else nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, x: Tensor) -> Tensor:  # (B, h, w, C)
        h = self.norm1(x)
        if isinstance(self.mix, Attention):
            tokens = h.flatten(1, 2)
            x = x + self.mix(tokens, tokens).unflatten(1, x.shape[1:3])
        else:
            x = x + self.mix(h.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return x + self.mlp(self.norm2(x))


class Attention(nn.Module):
    """Multi-head attention of (B, N, C) over (B, M, K)."""

    def __init__(self, width: int, keys: int | None = None) -> None:
        super().__init__()
        self.q, self.kv = nn.Linear(width, width), nn.Linear(keys or width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, over: Tensor, mask: Tensor | None = None) -> Tensor:
        parts = (self.q(x), *self.kv(over).chunk(2, -1))
        q, k, v = (part.unflatten(-1, (-1, HEAD)).transpose(1, 2) for part in parts)
        seen = None if mask is None else mask[:, None, None, :]
        return self.out(scaled_dot_product_attention(q, k, v, seen).transpose(1, 2).flatten(-2))


class Reader(nn.Module):
    """One query for each place of a text looks for its letter in the picture, then at the places beside
    it."""

    def __init__(self, config: EyeConfig) -> None:
        super().__init__()
        fine, width = config.widths[2], config.widths[3]
        self.places = nn.Parameter(torch.randn(config.longest, width) * 0.02)
        self.where = nn.Linear(4, fine)
        self.looks = nn.ModuleList(Attention(width, fine) for _ in range(2))
        self.mixes = nn.ModuleList(Mixer(width, attends=True) for _ in range(2))
        self.letters = nn.Linear(width, config.letters)

    def forward(
        self, fine: Tensor, summary: Tensor
    ) -> Tensor:  # (B, C, H, W), (B, C') -> (B, longest, letters)
        keys = (fine + self.where(_places(fine)).permute(2, 0, 1)).flatten(2).transpose(1, 2)
        x = self.places + summary[:, None]
        for look, mix in zip(self.looks, self.mixes, strict=True):
            x = x + look(x, keys)
            x = mix(x[:, None])[:, 0]
        return self.letters(x)


class Texts(nn.Module):
    """Word ids (B, L) to (B, shared), of length 1; id 0 is an empty place."""

    def __init__(self, config: EyeConfig) -> None:
        super().__init__()
        self.embed = nn.Embedding(config.vocabulary, config.text)
        self.place = nn.Parameter(torch.randn(64, config.text) * 0.02)
        self.norm, self.look = nn.LayerNorm(config.text), Attention(config.text)
        self.out = nn.Linear(config.text, config.shared)

    def forward(self, words: Tensor) -> Tensor:
        seen = words != 0
        x = self.embed(words) + self.place[: words.shape[1]]
        h = self.norm(x)
        x = x + self.look(h, h, seen)
        mean = (x * seen[..., None]).sum(1) / seen.sum(1, keepdim=True)
        return normalize(self.out(mean), dim=-1)


class EyeNet(nn.Module):
    """Pictures (B, 3, H, W) in [-1, 1], sides multiples of CELL, to what is Seen."""

    def __init__(self, config: EyeConfig) -> None:
        super().__init__()
        self.config = config
        first, *_, width = config.widths
        self.enter = nn.Conv2d(3, first, 3, padding=1)
        pairs = zip(config.widths, config.widths[1:], strict=False)
        self.blocks = nn.ModuleList(Residual(*pair, gelu) for pair in pairs)
        self.where = nn.Linear(4, width)
        self.mixers = nn.ModuleList(Mixer(width, config.attends) for _ in range(config.mixers))
        self.norm = nn.LayerNorm(width)
        self.cell = nn.Linear(width, 2 + config.things + config.colours + config.views)
        self.whole = nn.Linear(2 * width, config.grounds + config.styles)
        self.summary, self.shared = nn.Linear(2 * width, width), nn.Linear(2 * width, config.shared)
        self.reader, self.texts = Reader(config), Texts(config)
        self.sharpness = nn.Parameter(torch.tensor(2.5))  # of the agreement of pictures and texts, as its log

    def forward(self, pictures: Tensor) -> Seen:
        x, grids = self.enter(pictures), []
        for block in self.blocks:
            grids.append(x := block(x))
        cells = grids[-1].permute(0, 2, 3, 1) + self.where(_places(grids[-1]))
        for mixer in self.mixers:
            cells = mixer(cells)
        cells = self.norm(cells)  # (B, h, w, C)
        features = torch.cat([cells.mean((1, 2)), cells.amax((1, 2))], 1)
        config = self.config
        heart, hidden, thing, colour, view = self.cell(cells).split(
            [1, 1, config.things, config.colours, config.views], -1
        )
        ground, style = self.whole(features).split([config.grounds, config.styles], -1)
        letters = self.reader(grids[-2], self.summary(features))
        picture = normalize(self.shared(features), dim=-1)
        told = (heart[..., 0], thing, colour, view, hidden[..., 0])
        return Seen(*told, ground, style, letters, picture, features)


def _places(grid: Tensor) -> Tensor:
    """Where each cell of a grid (B, C, h, w) is: x and y from the centre, and their squares, (h, w, 4)."""
    height, width = grid.shape[-2:]
    x = torch.linspace(-1, 1, width, device=grid.device, dtype=grid.dtype)[None].expand(height, -1)
    y = torch.linspace(-1, 1, height, device=grid.device, dtype=grid.dtype)[:, None].expand(-1, width)
    return torch.stack([x, y, x * x, y * y], -1)
