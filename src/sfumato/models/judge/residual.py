"""What the judges are built of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

PATCH = 4  # pixels of a picture that the first convolution makes one cell of


class Residual(nn.Module):
    """The grid halved, then two convolutions beside a straight way (He et al. 2016)."""

    def __init__(self, before: int, after: int, bend: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.bend = bend
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        self.skip = nn.Conv2d(before, after, 1)
        self.norm1, self.norm2 = nn.GroupNorm(8, after), nn.GroupNorm(8, after)

    def forward(self, x: Tensor) -> Tensor:  # (B, C, H, W) -> (B, C', H/2, W/2)
        x = avg_pool2d(x, 2)
        h = self.norm2(self.conv2(self.bend(self.norm1(self.conv1(x)))))
        return self.bend(self.skip(x) + h)


class Block(nn.Module):
    """Something added to a grid of one size: two 3 × 3 convolutions, normalised first (He et al. 2016b),
    or one wide depthwise convolution and two 1 × 1 (Liu et al. 2022)."""

    def __init__(self, width: int, wide: bool) -> None:
        super().__init__()
        self.added = nn.Sequential(*(_wide(width) if wide else _narrow(width)))

    def forward(self, x: Tensor) -> Tensor:  # (B, C, h, w)
        return x + self.added(x)


def _narrow(width: int) -> Sequence[nn.Module]:
    halves = ((nn.GroupNorm(8, width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1)) for _ in range(2))
    return [part for half in halves for part in half]


def _wide(width: int) -> Sequence[nn.Module]:
    spread = nn.Conv2d(width, width, 7, padding=3, groups=width)
    more, less = nn.Conv2d(width, 4 * width, 1), nn.Conv2d(4 * width, width, 1)
    return [spread, nn.GroupNorm(8, width), more, nn.ReLU(), less]


def stage(before: int, after: int, step: int | tuple[int, int], blocks: int, wide: bool) -> nn.Sequential:
    """The grid made coarser by `step`, cell by cell, then some blocks: (B, C, H, W) to (B, C', H/step,
    W/step)."""
    return nn.Sequential(nn.Conv2d(before, after, step, step), *(Block(after, wide) for _ in range(blocks)))
