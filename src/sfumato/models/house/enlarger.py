"""The house model's enlarger: a small network that makes a picture four times as wide and high, in one look.

It works on the small picture's own grid and sees no further than `reach` pixels, so that a picture cut
into tiles, each with so much around it, is made larger to the same pixels as the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import interpolate, pixel_shuffle, relu

from sfumato.models.house.family import SCALE


@dataclass(frozen=True)
class EnlargerConfig:
    """Channels of the grid, and blocks of two convolutions on it."""

    width: int = 48
    blocks: int = 10

    @property
    def reach(self) -> int:
        """Pixels of the small picture, in every direction, that one of the large one depends on."""
        return 2 * self.blocks + 2


class Residual(nn.Module):
    """Two convolutions beside a straight way, without norms (EDSR, Lim et al. 2017)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(relu(self.conv1(x)))


class Enlarger(nn.Module):
    """Pictures (B, 3, h, w) in about [-1, 1] to (B, 3, 4 h, 4 w): it learns what bicubic enlargement
    misses."""

    def __init__(self, config: EnlargerConfig) -> None:
        super().__init__()
        self.config = config
        self.enter = nn.Conv2d(3, config.width, 3, padding=1)
        self.blocks = nn.Sequential(*(Residual(config.width) for _ in range(config.blocks)))
        self.leave = nn.Conv2d(config.width, 3 * SCALE**2, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def forward(self, pictures: Tensor) -> Tensor:
        """Only what is learned is computed in the weights' own number format: bf16 has fewer levels near
        white than a screen."""
        detail = self.leave(self.blocks(self.enter(pictures.to(self.enter.weight.dtype))))
        plain = interpolate(pictures.float(), scale_factor=float(SCALE), mode="bicubic")
        return plain + pixel_shuffle(detail, SCALE)
