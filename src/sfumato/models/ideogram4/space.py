"""The latent space of Ideogram 4: FLUX.2's autoencoder, normalised place by place of a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sfumato.models._parts.latent import Latent

PATCH = 2
"""Sides of one token in the latent."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ByPlace(Latent):
    """means, deviations  (C, 2, 2): of every channel at every place of a token"""

    means: Tensor
    deviations: Tensor

    def encode(self, picture: Tensor) -> Tensor:
        latent = super().encode(picture)
        return (latent - spread(self.means, latent)) / spread(self.deviations, latent)

    def decode(self, x: Tensor) -> Tensor:
        return super().decode(x * spread(self.deviations, x) + spread(self.means, x))


def spread(values: Tensor, like: Tensor) -> Tensor:
    """(C, 2, 2) side by side over what `like`, (C, H, W), is."""
    return values.repeat(1, like.shape[-2] // PATCH, like.shape[-1] // PATCH)


def space_of(vae: Any) -> ByPlace:
    """The statistics are those of the autoencoder's last layer, token by token: rows, columns, channels."""
    told = (vae.bn.running_mean, torch.sqrt(vae.bn.running_var + vae.config.batch_norm_eps))
    means, deviations = (
        values.float().cpu().view(PATCH, PATCH, vae.config.latent_channels).permute(2, 0, 1)
        for values in told
    )
    return ByPlace(vae, 1.0, means=means, deviations=deviations)
