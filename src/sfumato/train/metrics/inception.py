"""Inception-v3 as Fréchet distances are reported with it: the first release of 2015, pools as TensorFlow
did them.

Structure of Szegedy et al. 2016, names of torchvision and pytorch-fid, so that files of either open here.
Each comment says channels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d, relu

SIDE_PX = 299
FEATURES = 2048
BATCH = 16
UNUSED = ("fc.", "AuxLogits.")  # beginnings of names in a file that features do not need

Kernel = int | tuple[int, int]


class Conv(nn.Module):
    """Convolution, batch normalisation, ReLU; sides kept, or halved with nothing around."""

    def __init__(self, before: int, after: int, kernel: Kernel, stride: int = 1, pad: bool = True) -> None:
        super().__init__()
        sides = (kernel, kernel) if isinstance(kernel, int) else kernel
        around = (sides[0] // 2, sides[1] // 2) if pad else (0, 0)
        self.conv = nn.Conv2d(before, after, sides, stride, around, bias=False)
        self.bn = nn.BatchNorm2d(after, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.bn(self.conv(x)))


def pooled(x: Tensor) -> Tensor:
    """The mean of each 3 × 3, of those that are inside the picture."""
    return avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class A(nn.Module):
    """Grid of 35: 1 × 1, 5 × 5, two 3 × 3, pool."""

    def __init__(self, before: int, pool: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(before, 64, 1)
        self.branch5x5_1, self.branch5x5_2 = Conv(before, 48, 1), Conv(48, 64, 5)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Conv(before, 64, 1), Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3)
        self.branch_pool = Conv(before, pool, 1)

    def forward(self, x: Tensor) -> Tensor:  # 224 + pool
        deep = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        parts = [self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)), deep, self.branch_pool(pooled(x))]
        return torch.cat(parts, 1)


class B(nn.Module):
    """From the grid of 35 to that of 17."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self.branch3x3 = Conv(before, 384, 3, 2, pad=False)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Conv(before, 64, 1), Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3, 2, pad=False)

    def forward(self, x: Tensor) -> Tensor:  # 480 + before
        deep = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), deep, max_pool2d(x, 3, 2)], 1)


class C(nn.Module):
    """Grid of 17: 7 × 7 as 1 × 7 and 7 × 1, once and twice."""

    def __init__(self, before: int, inner: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(before, 192, 1)
        self.branch7x7_1, self.branch7x7_2 = Conv(before, inner, 1), Conv(inner, inner, (1, 7))
        self.branch7x7_3 = Conv(inner, 192, (7, 1))
        self.branch7x7dbl_1, self.branch7x7dbl_2 = Conv(before, inner, 1), Conv(inner, inner, (7, 1))
        self.branch7x7dbl_3, self.branch7x7dbl_4 = Conv(inner, inner, (1, 7)), Conv(inner, inner, (7, 1))
        self.branch7x7dbl_5 = Conv(inner, 192, (1, 7))
        self.branch_pool = Conv(before, 192, 1)

    def forward(self, x: Tensor) -> Tensor:  # 768
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(x), once, twice, self.branch_pool(pooled(x))], 1)


class D(nn.Module):
    """From the grid of 17 to that of 8."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self.branch3x3_1, self.branch3x3_2 = Conv(before, 192, 1), Conv(192, 320, 3, 2, pad=False)
        self.branch7x7x3_1, self.branch7x7x3_2 = Conv(before, 192, 1), Conv(192, 192, (1, 7))
        self.branch7x7x3_3, self.branch7x7x3_4 = Conv(192, 192, (7, 1)), Conv(192, 192, 3, 2, pad=False)

    def forward(self, x: Tensor) -> Tensor:  # 512 + before
        deep = self.branch7x7x3_2(self.branch7x7x3_1(x))
        deep = self.branch7x7x3_4(self.branch7x7x3_3(deep))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), deep, max_pool2d(x, 3, 2)], 1)


class E(nn.Module):
    """Grid of 8: 3 × 3 spread into 1 × 3 and 3 × 1; the last one pools by the largest."""

    def __init__(self, before: int, largest: bool) -> None:
        super().__init__()
        self.largest = largest
        self.branch1x1, self.branch3x3_1 = Conv(before, 320, 1), Conv(before, 384, 1)
        self.branch3x3_2a, self.branch3x3_2b = Conv(384, 384, (1, 3)), Conv(384, 384, (3, 1))
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Conv(before, 448, 1), Conv(448, 384, 3)
        self.branch3x3dbl_3a, self.branch3x3dbl_3b = Conv(384, 384, (1, 3)), Conv(384, 384, (3, 1))
        self.branch_pool = Conv(before, 192, 1)

    def forward(self, x: Tensor) -> Tensor:  # 2048
        once, twice = self.branch3x3_1(x), self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pool = self.branch_pool(max_pool2d(x, 3, 1, 1) if self.largest else pooled(x))
        parts = [self.branch1x1(x), self.branch3x3_2a(once), self.branch3x3_2b(once)]
        parts += [self.branch3x3dbl_3a(twice), self.branch3x3dbl_3b(twice), pool]
        return torch.cat(parts, 1)


class Inception(nn.Module):
    """Pictures (B, 3, 299, 299) in [-1, 1] to features (B, FEATURES), the last pool."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, 3, 2, pad=False)
        self.Conv2d_2a_3x3, self.Conv2d_2b_3x3 = Conv(32, 32, 3, pad=False), Conv(32, 64, 3)
        self.Conv2d_3b_1x1, self.Conv2d_4a_3x3 = Conv(64, 80, 1), Conv(80, 192, 3, pad=False)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = A(192, 32), A(256, 64), A(288, 64)
        self.Mixed_6a, self.Mixed_6b = B(288), C(768, 128)
        self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = C(768, 160), C(768, 160), C(768, 192)
        self.Mixed_7a, self.Mixed_7b, self.Mixed_7c = D(768), E(1280, False), E(2048, True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(max_pool2d(x, 3, 2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(max_pool2d(x, 3, 2))))
        x = self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))
        x = self.Mixed_7a(self.Mixed_6e(self.Mixed_6d(x)))
        return self.Mixed_7c(self.Mixed_7b(x)).mean((2, 3))


@torch.no_grad()
def inception_features(network: Inception, pictures: Sequence[np.ndarray]) -> Tensor:
    """Features (N, FEATURES) of pictures uint8 (H, W, 3), each brought to 299 × 299 bilinearly, as
    pytorch-fid does."""
    rows = [_sized(picture) for picture in pictures]
    return torch.cat([network(torch.cat(rows[i : i + BATCH])) for i in range(0, len(rows), BATCH)])


def _sized(picture: np.ndarray) -> Tensor:
    row = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
    return interpolate(row, size=(SIDE_PX, SIDE_PX), mode="bilinear", align_corners=False) * 2 - 1


def open_inception(path: Path) -> Inception:
    """The network with the weights of a safetensors file. Raises ValueError where they are not its own, or
    are a pickle."""
    from safetensors.torch import load_file

    if path.suffix != ".safetensors":
        raise ValueError(
            f"{path} is a pickle, which can run code as it is read, so it is not opened here. Where you "
            "trust it, write its tensors as safetensors (safetensors.torch.save_file), and give that file."
        )
    given = {name: own for name, own in load_file(path).items() if not name.startswith(UNUSED)}
    network = Inception()
    wanted = {name: own.shape for name, own in network.state_dict().items()}
    wrong = sorted(
        n for n, shape in wanted.items() if not _counter(n) and (n not in given or given[n].shape != shape)
    )
    if wrong or given.keys() - wanted.keys():
        name = (wrong or sorted(given.keys() - wanted.keys()))[0]
        raise ValueError(
            f"{path} is not the Inception-v3 of pytorch-fid or torch-fidelity: see its tensor {name}."
        )
    network.load_state_dict(given, strict=False)
    return network.eval().requires_grad_(False)


def _counter(name: str) -> bool:
    """How many batches a normalisation saw: nothing depends on it, and some files leave it out."""
    return name.endswith("num_batches_tracked")
