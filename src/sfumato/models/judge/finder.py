"""The eye's first network: where things stand in a whole picture, and in what place and style.

Shapes in comments: B rows, C channels, h × w the grid of cells, each CELL pixels wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from sfumato.models.judge.residual import PATCH, stage

SIDE_PX = 128  # pictures are judged at about this size squared
CELL = 8  # pixels
USUAL_PX = 48.0  # a thing's side, which sizes are told from


@dataclass(frozen=True)
class FinderConfig:
    """What is needed to build a finder.

    Attributes:
        grounds, styles: how many of each it tells apart; one of the grounds is none.
        widths: channels at a quarter, an eighth and a sixteenth of the picture's size.
        blocks: at each of them.
        wide: blocks are wide depthwise convolutions; else pairs of small ones.
    """

    grounds: int
    styles: int
    widths: tuple[int, int, int] = (48, 96, 160)
    blocks: tuple[int, int, int] = (1, 2, 2)
    wide: bool = False


class Places(NamedTuple):
    """Scores before any decision.

    Attributes:
        heart: (B, h, w) logit that a thing's centre is in the cell.
        box: (B, 3, h, w) where in the cell that centre is, x and y in cells from its middle, and the thing's
            side as log2 of USUAL_PX.
        ground, style: (B, number), the last ground being none.
        features: (B, C) for distances between sets of pictures.
    """

    heart: Tensor
    box: Tensor
    ground: Tensor
    style: Tensor
    features: Tensor


class FinderNet(nn.Module):
    """Pictures (B, 3, H, W) in [-1, 1], sides multiples of CELL, to Places."""

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        self.config = config
        (fine, middle, coarse), (a, b, c) = config.widths, config.blocks
        self.fine = stage(3, fine, PATCH, a, config.wide)
        self.middle = stage(fine, middle, 2, b, config.wide)
        self.coarse = stage(middle, coarse, 2, c, config.wide)
        self.back = nn.Conv2d(coarse, middle, 1)
        self.cells = nn.Sequential(
            nn.GroupNorm(8, middle),
            nn.Conv2d(middle, middle, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(middle, 4, 1),
        )
        self.whole = nn.Linear(2 * (fine + coarse), config.grounds + config.styles)

    def forward(self, pictures: Tensor) -> Places:
        fine = self.fine(pictures)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        back = interpolate(self.back(coarse), size=middle.shape[-2:], mode="nearest")
        heart, box = self.cells(middle + back).split([1, 3], 1)
        features = torch.cat([part for grid in (fine, coarse) for part in _told(grid)], 1)
        ground, style = self.whole(features).split([self.config.grounds, self.config.styles], 1)
        return Places(heart[:, 0], box, ground, style, features)


def _told(grid: Tensor) -> tuple[Tensor, Tensor]:
    """A grid's mean and spread, (B, C) each."""
    grid = grid.float()
    return grid.mean((2, 3)), (grid.var((2, 3)) + 1e-4).sqrt()
