"""Losses of the straight flow path x_t = (1 - t) x0 + t noise, the network predicting x0."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from sfumato.models.house.net import Low
from sfumato.train.world.batch import Batch, without_words

T_CENTRE, T_SPREAD = 0.5, 1.1  # t = sigmoid(centre + spread · normal), Esser et al. 2024
WORDLESS = 0.1
MOST_AUGMENTED = 0.4  # of the low-resolution picture, as a point on the flow path


def noised(x0: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A point of the path for each row: x_t (B, C, H, W) and t (B,)."""
    t = drawn_times(len(x0), generator).to(x0.device)
    noise = torch.randn(x0.shape, generator=generator).to(x0.device)
    return x0.lerp(noise, t[:, None, None, None]), t


def drawn_times(rows: int, generator: torch.Generator) -> Tensor:
    """t of each row, (B,)."""
    return torch.sigmoid(T_CENTRE + T_SPREAD * torch.randn(rows, generator=generator))


def velocity_error(predicted: Tensor, x0: Tensor, t: Tensor) -> Tensor:
    """Mean squared error of the velocity (x0's error over t), its weight bounded near t = 0."""
    weight = 1 / (t**2 + 0.15)
    return ((predicted.float() - x0).square().mean((1, 2, 3)) * weight).mean()


def base_loss(network: nn.Module, batch: Batch, generator: torch.Generator) -> Tensor:
    """Noise to picture, from words."""
    x, t = noised(batch.pictures, generator)
    words = without_words(batch.words, WORDLESS, generator)
    return velocity_error(network(x, t, words), batch.pictures, t)


def upper_loss(network: nn.Module, batch: Batch, generator: torch.Generator) -> Tensor:
    """Small picture to large, the small one noised by a random amount that the network is told."""
    x, t = noised(batch.pictures, generator)
    small = avg_pool2d(batch.pictures, network.config.patch)  # pyright: ignore
    level = torch.rand(len(x), generator=generator).to(x.device) * MOST_AUGMENTED
    noise = torch.randn(small.shape, generator=generator).to(x.device)
    low = Low(small.lerp(noise, level[:, None, None, None]), level)
    words = without_words(batch.words, WORDLESS, generator)
    return velocity_error(network(x, t, words, low), batch.pictures, t)
