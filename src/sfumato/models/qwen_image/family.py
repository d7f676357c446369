"""Qwen-Image as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.plan import Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

PIPELINES = frozenset({"QwenImagePipeline", "QwenImageImg2ImgPipeline", "QwenImageInpaintPipeline"})
NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
TITLE, STEPS, GUIDANCE = "Qwen-Image", 50, 4.0  # of its card


class Release(LatentRelease):
    """What is Qwen-Image's own about a released folder: its autoencoder is one for films."""

    @cached_property
    def factor(self) -> int:
        return 2 ** len(self.repository.config("vae").get("temperal_downsample", (False, True, True)))


@dataclass(frozen=True)
class QwenImage(LatentFamily):
    """The family over a released folder."""

    name: str = "qwen_image"

    @property
    def summary(self) -> str:
        return f"{TITLE} ({self.named}): pictures, and writing in them, from English and Chinese"

    @cached_property
    def release(self) -> Release:
        return Release(self.path, TITLE, STEPS, GUIDANCE, NETWORKS, adapters=self.adapters)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        idle = any(stage.rescale and stage.guidance != 1 for stage in plan.stages)
        own = (f"{TITLE} keeps the length of what it says in any case: the knob rescale has no effect.",)
        return (*super().notes(plan), *(own if idle else ()))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.qwen_image.model import open_qwen_image

        return open_qwen_image(self.release, device, dtype)


def claim(paths: tuple[Path, ...]) -> QwenImage | None:
    """The model over one released folder, with LoRAs. Raises UnknownModel when parts of it are not there."""
    files = found(paths, PIPELINES, NEEDED, TITLE)
    return QwenImage(*files) if files else None
