"""The numbers that SDXL reads beside the text (Podell et al. 2023, Section 2.2)."""

from __future__ import annotations

import torch
from torch import Tensor

BEAUTIFUL, PLAIN = 6.0, 2.5  # aesthetic scores of what is wanted, and of what is guided away from


def sizes(width: int, height: int) -> Tensor:
    """(6,): the training picture's height and width, its crop's top and left, the target's height and width.

    In pixels. The picture is asked for as one that was as large as it is now, and not cropped.
    """
    return torch.tensor([height, width, 0, 0, height, width], dtype=torch.float32)


def scored(width: int, height: int, score: float) -> Tensor:
    """(5,), as a refiner reads them: height and width, the crop's top and left, the aesthetic score."""
    return torch.tensor([height, width, 0, 0, score], dtype=torch.float32)
