"""A release of Kolors in the layout of diffusers. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.facts import Facts
from sfumato.models._parts.unet.folder import identity, missing

if TYPE_CHECKING:
    from sfumato.models._parts.unet.parts import Parts

NETWORKS = ("text_encoder", "unet", "vae")
TEXT = "diffusers.pipelines.kolors.text_encoder.ChatGLMModel"
WORDS = Path("tokenizer", "tokenizer.model")


@dataclass(frozen=True)
class Folder:
    """The network with all that belongs to it; pooled text is as wide as the language model."""

    path: Path

    @property
    def facts(self) -> Facts:
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        here = Repository(self.path)
        return Facts(
            unet=here.config("unet"),
            vae=here.config("vae"),
            scheduler=here.config("scheduler"),
            pooled=here.config("text_encoder")["hidden_size"],
            zeros=here.index.get("force_zeros_for_empty_prompt", False),
        )

    def identity(self) -> str:
        """sha256 over everything here that decides a pixel."""
        return identity(Repository(self.path), self.facts, NETWORKS)

    def missing(self) -> tuple[Path, ...]:
        """The networks, and the vocabulary, that are not on this machine."""
        return (*missing(Repository(self.path), NETWORKS), *self._words())

    def open(self, device: str, dtype: str) -> Parts:
        """The networks on a device."""
        from sfumato.models._parts.latent import latent_of
        from sfumato.models._parts.unet.parts import Parts
        from sfumato.models.kolors.text import open_reader

        here = Repository(self.path)
        encoder = here.load("text_encoder", device, dtype, cls=TEXT)
        return Parts(
            here.load("unet", device, dtype),
            latent_of(here.load("vae", device, dtype)),
            (open_reader(self.path / WORDS, encoder),),
        )

    def _words(self) -> Iterator[Path]:
        if not (self.path / WORDS).is_file():
            yield self.path / WORDS
