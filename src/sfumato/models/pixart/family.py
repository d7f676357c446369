"""PixArt as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.decoder_file import is_decoder, require_fitting
from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.pixart.variants import GUIDANCE, PIPELINES, STEPS, Variant
from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
COMPRESSION = "kv_compress"
"""The folder of what makes keys and values fewer, beside the released ones."""


@dataclass(frozen=True)
class PixArt:
    """The family over a released folder; `decoder` is the folder of what decodes its latents in its place."""

    path: Path
    decoder: Path | None = None
    name: str = "pixart"
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def summary(self) -> str:
        fewer = ", with compressed keys and values" if self.compressed else ""
        return f"{self.variant.title} ({self.path.name}): pictures up to {self.release.side} px square{fewer}"

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
        return LatentRelease(self.path, self.variant.title, STEPS, GUIDANCE, networks, decoder=self.decoder)

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return self.release.refusals(plan)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.pixart.model import open_pixart

        compression = COMPRESSION if self.compressed else ""
        return open_pixart(self.release, self.variant, compression, device, dtype)


def claim(paths: tuple[Path, ...]) -> PixArt | None:
    """The model over one released folder, and a decoder beside it.

    Raises UnknownModel when parts of it are not there, or the decoder is for other latents.
    """
    models = [path for path in paths if Repository(path).pipeline in PIPELINES]
    decoders = [path for path in paths if is_decoder(path)]
    if len(models) != 1 or len(decoders) > 1 or len(models) + len(decoders) < len(paths):
        return None
    path, decoder = models[0], next(iter(decoders), None)
    absent = [component for component in NEEDED if not (path / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{path} is a PixArt model without {', '.join(absent)}: get these folders of its release."
        )
    if decoder:
        require_fitting(decoder, path, Repository(path).config("vae"))
    return PixArt(path, decoder)
