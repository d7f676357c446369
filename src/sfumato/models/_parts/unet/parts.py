"""The opened networks of one release."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato.models._parts.latent import Latent, latent_of
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.folder import Reading
from sfumato.models._parts.unet.text import Reader, Reads

ENCODERS = ("text_encoder", "text_encoder_2")


@dataclass(frozen=True, eq=False)
class Parts:
    """unet     the denoiser
    latent   its autoencoder's space
    readers  the text encoders in the order in which their tokens are joined
    """

    unet: Any
    latent: Latent
    readers: tuple[Reads, ...]

    @property
    def encoders(self) -> dict[str, Any]:
        """The text encoders under their names in LoRA files; a refiner's only one is the second."""
        found = [reader.encoder for reader in self.readers]
        names = ENCODERS[-1:] if len(found) == 1 and hasattr(found[0], "text_projection") else ENCODERS
        return dict(zip(names, found, strict=False))

    def close(self) -> None:
        """Gives the memory of every network back."""
        for network in (self.unet, *self.latent.networks, *(reader.encoder for reader in self.readers)):
            network.to("meta")


def open_folder(path: Path, reading: Reading, device: str, dtype: str) -> Parts:
    """A release in the layout of diffusers with CLIP encoders."""
    here = Repository(path)
    readers = tuple(
        Reader(
            here.load(f"tokenizer{suffix}"),
            here.load(f"text_encoder{suffix}", device, dtype),
            reading.above,
            reading.normed,
        )
        for suffix in ("", "_2")
        if here.has(f"text_encoder{suffix}")
    )
    return Parts(here.load("unet", device, dtype), latent_of(here.load("vae", device, dtype)), readers)
