"""The latent space of an autoencoder: pictures in, scaled latents out, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from sfumato.models._parts.repository import spatial_factor
from sfumato.models.offload import working_device

WHOLE = 2048  # pixels of a side that are coded in one piece


class Space(Protocol):
    """Where x lives: the picture itself, or the latent of an autoencoder."""

    @property
    def factor(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def encode(self, picture: Tensor) -> Tensor: ...

    def decode(self, x: Tensor) -> Tensor: ...


@dataclass(frozen=True, eq=False)
class Latent:
    """x = (latent - mean) * scale / deviation, channel by channel where mean and deviation are tensors.

    vae        an autoencoder of diffusers
    mean       also called shift
    deviation  (C, 1, 1), or 1
    """

    vae: Any
    scale: float
    mean: Tensor | float = 0.0
    deviation: Tensor | float = 1.0

    @property
    def networks(self) -> tuple[Any, ...]:
        return (self.vae,)

    @property
    def factor(self) -> int:
        """Sides of a picture over those of its latent."""
        return spatial_factor(self.vae.config)

    @property
    def channels(self) -> int:
        return self.vae.config.latent_channels

    def encode(self, picture: Tensor) -> Tensor:
        """A picture (3, H, W) in [-1, 1] as x (C, H/factor, W/factor): the mean of what the encoder says."""
        return (self.coded(picture) - self.mean) * self.scale / self.deviation

    def decode(self, x: Tensor) -> Tensor:
        """x as a picture (3, H, W) in about [-1, 1]."""
        return self.shown(x * self.deviation / self.scale + self.mean)

    @torch.no_grad()
    def coded(self, picture: Tensor) -> Tensor:
        """A picture as the autoencoder's own latent, float32 on the CPU."""
        first = next(self.vae.parameters())
        with tiled(self.vae, picture.shape[-2:]):
            seen = self.vae.encode(picture[None].to(working_device(self.vae), first.dtype))
        latent = seen.latent_dist.mode() if hasattr(seen, "latent_dist") else seen.latents
        return latent[0].float().cpu()

    @torch.no_grad()
    def shown(self, latent: Tensor) -> Tensor:
        """The autoencoder's own latent as a picture, float32 on the CPU."""
        first = next(self.vae.parameters())
        factor = spatial_factor(self.vae.config)
        with tiled(self.vae, [side * factor for side in latent.shape[-2:]]):
            return (
                self.vae.decode(latent[None].to(working_device(self.vae), first.dtype))
                .sample[0]
                .float()
                .cpu()
            )


@contextmanager
def tiled(vae: Any, sides: Sequence[int]) -> Iterator[None]:
    """While it lasts, the autoencoder works in overlapping tiles on a picture with a side longer than WHOLE:
    in one piece it would need tens of gigabytes."""
    large = max(sides) > WHOLE and hasattr(vae, "enable_tiling")
    if large:
        vae.enable_tiling()
    try:
        yield
    finally:
        if large:
            vae.disable_tiling()


def latent_of(vae: Any) -> Latent:
    """The space as the autoencoder's own config describes it."""
    config = vae.config
    mean, deviation = config.get("latents_mean"), config.get("latents_std")
    if mean is not None and deviation is not None:
        return Latent(vae, config.scaling_factor, _channels(mean), _channels(deviation))
    return Latent(vae, config.scaling_factor, config.get("shift_factor") or 0.0)


def _channels(values: Any) -> Tensor:
    return torch.tensor(values, dtype=torch.float32)[:, None, None]
