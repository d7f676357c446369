"""Latents as FLUX.1 sees them: one sequence of tokens, each with a place on three axes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sfumato.models.flux.variants import PATCH


def packed(latent: Tensor) -> Tensor:
    """(B, C, H, W) as tokens (B, H/2 · W/2, 4 C), each a 2 x 2 patch, channel by channel."""
    return nn.functional.pixel_unshuffle(latent, PATCH).flatten(2).mT


def unpacked(tokens: Tensor, height: int, width: int) -> Tensor:
    """The inverse of `packed`: tokens (B, H/2 · W/2, 4 C) as (B, C, height, width)."""
    patches = tokens.mT.unflatten(2, (height // PATCH, width // PATCH))  # (B, 4 C, H/2, W/2)
    return nn.functional.pixel_shuffle(patches, PATCH)


def places(height: int, width: int, picture: int = 0) -> Tensor:
    """Where each token of a latent of this size is: (tokens, 3) float32 rows of (picture, row, column).

    The picture that is painted is 0, references count from 1 (FLUX.1 Kontext, Labs et al. 2025, Section 3).
    """
    rows, columns = torch.arange(height // PATCH), torch.arange(width // PATCH)
    grid = torch.cartesian_prod(torch.tensor([picture]), rows, columns)
    return grid.float()


def text_places(length: int) -> Tensor:
    """Words have no place: (tokens, 3) zeros."""
    return torch.zeros(length, 3)


def folded(mask: Tensor, factor: int) -> Tensor:
    """A mask (1, H, W) of pixels as large as the latent, the pixels of one latent cell as its channels.

    (factor², H/factor, W/factor), row by row.
    """
    return nn.functional.pixel_unshuffle(mask, factor)
