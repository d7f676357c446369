"""Hunyuan-DiT as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, LatentRelease

if TYPE_CHECKING:
    from sfumato.engine import Model

PIPELINES, TITLE = frozenset({"HunyuanDiTPipeline"}), "Hunyuan-DiT"
CONTROLNET = "HunyuanDiT2DControlNetModel"
STEPS, GUIDANCE = 50, 5.0
LONGEST = 2.0  # it was trained from 9:16 to 16:9
NETWORKS = (DENOISER, "text_encoder", "text_encoder_2", "vae")
NEEDED = (*NETWORKS, "tokenizer", "tokenizer_2", "scheduler")


@dataclass(frozen=True)
class Hunyuan(LatentFamily):
    """The family over a released folder."""

    name: str = "hunyuan"

    @property
    def summary(self) -> str:
        version = "1.0 or 1.1" if reads_sizes(self.release) else "1.2"
        return f"{TITLE} {version} ({self.named}): pictures from English and Chinese words"

    @cached_property
    def release(self) -> LatentRelease:
        return LatentRelease(
            self.path, TITLE, STEPS, GUIDANCE, NETWORKS, longest=LONGEST, adapters=self.adapters
        )

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.hunyuan.model import open_hunyuan

        return open_hunyuan(self.release, reads_sizes(self.release), device, dtype)


def reads_sizes(release: LatentRelease) -> bool:
    """Whether the network reads a style and the picture's size, as it did before 1.2."""
    return release.transformer.get("use_style_cond_and_image_meta_size", True)


def claim(paths: tuple[Path, ...]) -> Hunyuan | None:
    """The model over one released folder, with LoRAs and ControlNets. Raises UnknownModel when parts of it
    are not there."""
    files = found(paths, PIPELINES, NEEDED, TITLE, control=CONTROLNET)
    return Hunyuan(*files) if files else None
