"""MoVQ: the latent space, an autoencoder whose decoder sees the latent in every norm (Zheng et al. 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sfumato.models.offload import working_device


@dataclass(frozen=True, eq=False)
class Movq:
    """Latents as the encoder gives them: not scaled, and not rounded to the codebook either.

    vq  a VQModel of diffusers with norm_type "spatial"
    """

    vq: Any

    @property
    def factor(self) -> int:
        """Sides of a picture over those of its latent."""
        return 2 ** (len(self.vq.config.block_out_channels) - 1)

    @property
    def channels(self) -> int:
        return self.vq.config.latent_channels

    @torch.no_grad()
    def encode(self, picture: Tensor) -> Tensor:
        """A picture (3, H, W) in [-1, 1] as a latent (C, H / factor, W / factor)."""
        return self.vq.encode(self._row(picture)).latents[0].float().cpu()

    @torch.no_grad()
    def decode(self, x: Tensor) -> Tensor:
        """A latent x as a picture (3, H, W) in about [-1, 1]."""
        # important: the decoder was trained on what the encoder gives; its codebook is not used.
        return self.vq.decode(self._row(x), force_not_quantize=True).sample[0].float().cpu()

    def _row(self, tensor: Tensor) -> Tensor:
        first = next(self.vq.parameters())
        return tensor[None].to(working_device(self.vq), first.dtype)
