"""What both judges are built of."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d


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
