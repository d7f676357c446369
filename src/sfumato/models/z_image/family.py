"""Z-Image as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository

if TYPE_CHECKING:
    from sfumato.engine import Model

PIPELINES = frozenset({"ZImagePipeline", "ZImageImg2ImgPipeline", "ZImageInpaintPipeline"})
NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
SIDE = 1024


class Variant(NamedTuple):
    """title     as sentences call it
    steps     of its card
    guidance  likewise, as s in null + s (words - null); its pipeline counts from words and has one less
    """

    title: str
    steps: int
    guidance: float


WHOLE = Variant("Z-Image", 50, 5.0)
TURBO = Variant("Z-Image Turbo", 8, 1.0)


class Release(LatentRelease):
    """What is Z-Image's own about a released folder."""

    @cached_property
    def multiple(self) -> int:
        return self.factor * max(self.transformer.get("all_patch_size", (2,)))

    @property
    def side(self) -> int:
        """Its transformer names none, its autoencoder that of the pictures it was made with."""
        return self.repository.config("vae").get("sample_size", SIDE)

    @property
    def farthest(self) -> int:
        return min(self.transformer.get("axes_lens", (1024, 512, 512))[1:]) * self.multiple


@dataclass(frozen=True)
class ZImage(LatentFamily):
    """The family over a released folder."""

    name: str = "z_image"

    @property
    def summary(self) -> str:
        return f"{self.variant.title} ({self.named}): pictures from words, in English and Chinese"

    @cached_property
    def variant(self) -> Variant:
        """Turbo's configs tell the two apart by its folder's name, or by its scheduler's smaller shift."""
        here = Repository(self.path)
        name = f"{self.path.name} {here.index.get('_name_or_path', '')}".lower()
        return TURBO if "turbo" in name or here.config("scheduler").get("shift") == 3.0 else WHOLE

    @cached_property
    def release(self) -> Release:
        return Release(self.path, *self.variant, NETWORKS, adapters=self.adapters)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.z_image.model import open_z_image

        return open_z_image(self.release, device, dtype)


def claim(paths: tuple[Path, ...]) -> ZImage | None:
    """The model over one released folder, with LoRAs. Raises UnknownModel when parts of it are not there."""
    files = found(paths, PIPELINES, NEEDED, "Z-Image")
    return ZImage(*files) if files else None
