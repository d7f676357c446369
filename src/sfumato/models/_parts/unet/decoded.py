"""A release whose latents are decoded by another network, named beside it. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.decoder_file import require_fitting
from sfumato.models._parts.embedding_file import is_embedding, require_words
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.claim import Companions
from sfumato.models._parts.unet.facts import Facts
from sfumato.models._parts.unet.release import Release

if TYPE_CHECKING:
    from sfumato.models._parts.unet.parts import Parts


@dataclass(frozen=True)
class Decoded:
    """decoder  the folder of a ConsistencyDecoderVAE"""

    release: Release
    decoder: Path

    @property
    def path(self) -> Path:
        return self.release.path

    @property
    def facts(self) -> Facts:
        return self.release.facts

    def identity(self) -> str:
        """See Release: another decoder makes other pictures."""
        decoder = Repository(self.decoder).fingerprint("")
        return sha256(f"{self.release.identity()}\0{decoder}".encode()).hexdigest()

    def missing(self) -> tuple[Path, ...]:
        return (*self.release.missing(), *Repository(self.decoder).missing(""))

    def open(self, device: str, dtype: str) -> Parts:
        from sfumato.models._parts.consistency import decoded_by

        parts = self.release.open(device, dtype)
        return replace(parts, latent=decoded_by(parts.latent, self.decoder, device, dtype))


def dressed(release: Release, beside: Companions) -> Release:
    """The release with what stands beside it, adapters apart.

    Raises UnknownModel where a decoder is for other latents, or learned words are for other text encoders.
    """
    words = [path for path in beside.adapters if is_embedding(path)]
    require_words(words, release.path, release.facts.unet)
    if beside.decoder is None:
        return release
    require_fitting(beside.decoder, release.path, release.facts.vae)
    return Decoded(release, beside.decoder)
