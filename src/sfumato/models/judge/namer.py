"""The eye's second part: which thing a crop of a picture shows, and in what colour.

It tells sprites apart, not names: what looks alike is one class, and one name may have dozens of looks.
Its scores
are linear in a few things that are measured in each crop, so that they are found in closed form (Fisher
1936), within a minute, where a network of its own would need a day of a processor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import affine_grid, avg_pool2d, grid_sample, pad

CROP_PX = 64
MARGIN = 1.2  # of a thing's side: how much of the picture a crop shows
EDGE_CELLS = 8  # along a side of a crop, in which directions of edges are counted


@dataclass(frozen=True)
class NamerConfig:
    """What is needed to build a namer.

    Attributes:
        sprites, colours: how many of each it tells apart; the last colour is a thing's own.
        pixels: along a side of a crop, whose colours are looked at.
        turns: directions of edges that are told apart.
    """

    sprites: int
    colours: int
    pixels: int = 16
    turns: int = 8

    @property
    def features(self) -> int:
        """How many numbers are measured in a crop."""
        return 3 * self.pixels**2 + self.turns * EDGE_CELLS**2


class Named(NamedTuple):
    """Scores before any decision: sprite (T, sprites), colour (T, colours); features (T, C)."""

    sprite: Tensor
    colour: Tensor
    features: Tensor


class NamerNet(nn.Module):
    """Crops (T, 3, CROP_PX, CROP_PX) in [-1, 1] to what is Named. `mean` and `spread` are of all features."""

    mean: Tensor
    spread: Tensor

    def __init__(self, config: NamerConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.features))
        self.register_buffer("spread", torch.ones(config.features))
        self.sprite = nn.Linear(config.features, config.sprites)
        self.colour = nn.Linear(config.features, config.colours)

    def forward(self, crops: Tensor) -> Named:
        features = (measured(crops, self.config) - self.mean) / self.spread
        return Named(self.sprite(features), self.colour(features), features)


def measured(crops: Tensor, config: NamerConfig) -> Tensor:
    """Coarse colours, and how often edges of each direction are in each cell: (T, features)."""
    colours = avg_pool2d(crops.float(), CROP_PX // config.pixels).flatten(1)
    return torch.cat([colours, edges(crops.float(), config.turns)], 1)


def edges(crops: Tensor, turns: int) -> Tensor:
    """Histograms of oriented gradients (Dalal and Triggs 2005), (T, turns · EDGE_CELLS²): roots of shares
    of the mean, so that neither strong edges nor strong contrasts decide alone."""
    grey = pad(crops.mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    x = grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2]
    y = grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]
    strength = (x * x + y * y + 1e-6).sqrt()
    angles = [2 * math.pi * turn / turns for turn in range(turns)]
    along = [(x * math.cos(own) + y * math.sin(own)).relu() ** 2 / strength for own in angles]
    counted = avg_pool2d(torch.cat(along, 1), CROP_PX // EDGE_CELLS).flatten(1)
    return (counted / (counted.mean(1, keepdim=True) + 0.01)).sqrt()


def cut(pictures: Tensor, boxes: Tensor) -> Tensor:
    """One crop (T, 3, CROP_PX, CROP_PX) of each picture (T, 3, H, W): MARGIN times its box.

    boxes  (T, 3): x and y of the centre and the side, in pixels. What lies outside repeats the rim.
    """
    if not len(boxes):
        return pictures.new_zeros(0, 3, CROP_PX, CROP_PX)
    height, width = pictures.shape[-2:]
    x, y, side = boxes.float().T
    reach = side * MARGIN
    zero = torch.zeros_like(x)
    rows = [torch.stack([reach / width, zero, 2 * x / width - 1], 1)]
    rows.append(torch.stack([zero, reach / height, 2 * y / height - 1], 1))
    size = (
        len(boxes),
        3,
        2 * CROP_PX,
        2 * CROP_PX,
    )  # twice as fine, then averaged: large things do not alias
    grid = affine_grid(torch.stack(rows, 1), list(size), align_corners=False)
    return avg_pool2d(grid_sample(pictures.float(), grid, padding_mode="border", align_corners=False), 2)
