"""The latent space of FLUX.2: patches of an autoencoder's latent, as even as batch norm found them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

from sfumato.models._parts.latent import Latent
from sfumato.models.flux2.family import PATCH


@dataclass(frozen=True, eq=False)
class Patched(Latent):
    """One cell of x is a 2 x 2 patch of the latent, channel by channel."""

    @property
    def factor(self) -> int:
        return super().factor * PATCH

    @property
    def channels(self) -> int:
        return super().channels * PATCH**2

    def coded(self, picture: Tensor) -> Tensor:
        return pixel_unshuffle(super().coded(picture), PATCH)

    def shown(self, latent: Tensor) -> Tensor:
        return super().shown(pixel_shuffle(latent, PATCH))


def space_of(vae: Any) -> Patched:
    """With the mean and the deviation that the autoencoder's batch norm kept of every channel."""
    mean, variance = (row.float().cpu()[:, None, None] for row in (vae.bn.running_mean, vae.bn.running_var))
    return Patched(vae, 1.0, mean, torch.sqrt(variance + vae.config.batch_norm_eps))
