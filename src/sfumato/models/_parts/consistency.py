"""DALL-E 3's decoder: latents of Stable Diffusion 1 and 2 as pictures, by two looks of a consistency model.

Betker et al. 2023 ("Improving image generation with better captions"), Appendix A; Song et al. 2023.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.engine import NoisePath, noise
from sfumato.engine.panes import Size, joined, windows
from sfumato.models._parts.latent import Latent
from sfumato.models._parts.repository import Repository
from sfumato.models.offload import working_device

ENTRIES = (1008, 512)  # of its noise table, at which it looks: the whole and the half, in 64ths
PATH = NoisePath("vp", "edm", table="cosine", count=1024)
LARGEST = 1024  # pixels of a side that it decodes in one piece
PURPOSE = "consistency decoder"


@dataclass(frozen=True, eq=False)
class Consistent(Latent):
    """A latent space whose pictures are encoded as usual, and decoded by another network.

    decoder  a ConsistencyDecoderVAE of diffusers

    The noise that it begins from and goes back into is the same for all pictures of a size, so a picture
    still follows from its latent.
    """

    decoder: Any = None

    @property
    def networks(self) -> tuple[Any, ...]:
        return (self.vae, self.decoder)

    @torch.no_grad()
    def decode(self, x: Tensor) -> Tensor:
        """x as a picture (3, H, W) in about [-1, 1]."""
        whole = Size(x.shape[-2] * self.factor, x.shape[-1] * self.factor)
        shape = (3, *whole)
        fresh = torch.stack([noise(0, 0, PURPOSE, step, shape) for step in range(len(ENTRIES))])
        boxes = windows(whole, LARGEST if max(whole) > LARGEST else 0)
        places = [box.scaled(whole, (x.shape[-2], x.shape[-1])) for box in boxes]
        pieces = [
            self._painted(place.cut(x), box.cut(fresh)) for place, box in zip(places, boxes, strict=True)
        ]
        return pieces[0] if len(pieces) == 1 else joined(boxes, pieces, torch.zeros(shape))

    def _painted(self, x: Tensor, fresh: Tensor) -> Tensor:
        """fresh (2, 3, H, W): the noise of each look."""
        guide = self._guide(x)
        x0 = torch.zeros_like(fresh[0])
        for entry, own in zip(ENTRIES, fresh, strict=True):
            x0 = self._look(PATH.mix(x0, own, entry + 1), entry + 1, guide)
        return x0

    def _guide(self, x: Tensor) -> Tensor:
        """The latent as the network reads it: standardised, and every place as large as what it shows."""
        latent = x * self.deviation / self.scale + self.mean
        config, (mean, deviation) = self.decoder.config, (self.decoder.means[0], self.decoder.stds[0])
        read = (latent * config.scaling_factor - mean.float().cpu()) / deviation.float().cpu()
        return interpolate(read[None], scale_factor=self.factor, mode="nearest")[0]

    def _look(self, x: Tensor, t: float, guide: Tensor) -> Tensor:
        """x0."""
        unet = self.decoder.decoder_unet
        first = next(unet.parameters())
        seen = torch.cat([x * PATH.net_scale(t), guide])[None].to(working_device(unet), first.dtype)
        entry = torch.tensor([round(PATH.net_time(t))], device=seen.device)
        out = unet(seen, entry).sample[0, :3].float().cpu()  # the rest is what it learned of the variance
        return PATH.x0(x, out, t)


def decoded_by(latent: Latent, decoder: Path | None, device: str, dtype: str) -> Latent:
    """The same space, decoded by the network in this folder; by its own where there is none."""
    if decoder is None:
        return latent
    network = Repository(decoder).load("", device, dtype)
    return Consistent(latent.vae, latent.scale, latent.mean, latent.deviation, network)
