"""The opened networks of one release."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato.models._parts.latent import Latent, latent_of
from sfumato.models._parts.repository import Repository
from sfumato.models.sdxl.text import Reader


@dataclass(frozen=True, eq=False)
class Parts:
    """unet     the denoiser
    latent   its autoencoder's space
    readers  the text encoders in the order in which their tokens are joined
    """

    unet: Any
    latent: Latent
    readers: tuple[Reader, ...]

    def close(self) -> None:
        """Gives the memory of every network back."""
        for network in (self.unet, self.latent.vae, *(reader.encoder for reader in self.readers)):
            network.to("meta")


def open_folder(path: Path, device: str, dtype: str) -> Parts:
    """A release in the layout of diffusers. The autoencoder stays in float32 where it overflows in less."""
    here = Repository(path)
    upcast = here.config("vae").get("force_upcast", True)
    readers = tuple(
        Reader(here.load(f"tokenizer{suffix}"), here.load(f"text_encoder{suffix}", device, dtype))
        for suffix in ("", "_2")
        if here.has(f"text_encoder{suffix}")
    )
    return Parts(
        unet=here.load("unet", device, dtype),
        latent=latent_of(here.load("vae", device, "float32" if upcast else dtype)),
        readers=readers,
    )
