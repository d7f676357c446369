"""Stable Diffusion 3 as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.sd3.variants import Variant, variant_of

if TYPE_CHECKING:
    from sfumato.engine import Model

PIPELINES = frozenset(
    {
        "StableDiffusion3Pipeline",
        "StableDiffusion3Img2ImgPipeline",
        "StableDiffusion3InpaintPipeline",
    }
)
CLIPS = ("text_encoder", "text_encoder_2")
T5 = "text_encoder_3"
CONTROLNET = "SD3ControlNetModel"
NEEDED = (DENOISER, *CLIPS, "vae", "tokenizer", "tokenizer_2", "scheduler")


class Release(LatentRelease):
    """What is Stable Diffusion 3's own about a released folder: a table of places, which ends."""

    @property
    def farthest(self) -> int:
        return self.transformer.get("pos_embed_max_size", 96) * self.multiple


@dataclass(frozen=True)
class Sd3(LatentFamily):
    """The family over a released folder, whose third text encoder may be left away."""

    name: str = "sd3"

    @property
    def summary(self) -> str:
        without = "" if self.reads_t5 else ", without T5"
        return f"{self.variant.title} ({self.named}): pictures from words{without}"

    @cached_property
    def variant(self) -> Variant:
        here = Repository(self.path)
        return variant_of(here.config(DENOISER), f"{self.path.name} {here.index.get('_name_or_path', '')}")

    @cached_property
    def reads_t5(self) -> bool:
        """Whether its third text encoder is here."""
        return Repository(self.path).has(T5)

    @cached_property
    def release(self) -> Release:
        networks = (DENOISER, *CLIPS, *((T5,) if self.reads_t5 else ()), "vae")
        # Its times are even in the shifted clock, and are then shifted once more.
        return Release(
            self.path,
            *self.variant,
            networks,
            schedule="linspace",
            layers=self._layers,
            adapters=self.adapters,
        )

    @property
    def _layers(self) -> int:
        return Repository(self.path).config(DENOISER).get("num_layers", 18)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.sd3.model import open_sd3

        return open_sd3(self.release, self.reads_t5, device, dtype)


def claim(paths: tuple[Path, ...]) -> Sd3 | None:
    """The model over one released folder, with LoRAs and ControlNets. Raises UnknownModel when parts of it
    are not there."""
    also = " Only T5 (text_encoder_3) can be left away, if model_index.json says so."
    files = found(paths, PIPELINES, NEEDED, "Stable Diffusion 3", also, control=CONTROLNET)
    return Sd3(*files) if files else None
