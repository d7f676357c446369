"""PixArt as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.decoder_file import is_decoder, require_fitting
from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.pixart.variants import GUIDANCE, PIPELINES, STEPS, Variant

if TYPE_CHECKING:
    from sfumato.engine import Model

NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
COMPRESSION = "kv_compress"
"""The folder of what makes keys and values fewer, beside the released ones."""


@dataclass(frozen=True)
class PixArt(LatentFamily):
    """The family over a released folder; `decoder` is the folder of what decodes its latents in its place."""

    decoder: Path | None = None
    name: str = "pixart"

    @property
    def summary(self) -> str:
        fewer = ", with compressed keys and values" if self.compressed else ""
        return f"{self.variant.title} ({self.named}): pictures up to {self.release.side} px square{fewer}"

    @cached_property
    def variant(self) -> Variant:
        return PIPELINES[Repository(self.path).pipeline]

    @cached_property
    def compressed(self) -> bool:
        """Whether its keys and values are compressed."""
        return (self.path / COMPRESSION).is_dir()

    @cached_property
    def release(self) -> LatentRelease:
        networks = (*NETWORKS, COMPRESSION) if self.compressed else NETWORKS
        return LatentRelease(
            self.path,
            self.variant.title,
            STEPS,
            GUIDANCE,
            networks,
            decoder=self.decoder,
            adapters=self.adapters,
        )

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.pixart.model import open_pixart

        compression = COMPRESSION if self.compressed else ""
        return open_pixart(self.release, self.variant, compression, device, dtype)


def claim(paths: tuple[Path, ...]) -> PixArt | None:
    """The model over one released folder, with LoRAs, and a decoder beside it.

    Raises UnknownModel when parts of it are not there, or the decoder is for other latents.
    """
    decoders = [path for path in paths if is_decoder(path)]
    beside = tuple(path for path in paths if path not in decoders)
    files = found(beside, PIPELINES, NEEDED, "PixArt")
    if files is None or len(decoders) > 1:
        return None
    decoder = next(iter(decoders), None)
    if decoder:
        require_fitting(decoder, files.path, Repository(files.path).config("vae"))
    return PixArt(*files, decoder=decoder)
