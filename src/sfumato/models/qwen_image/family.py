"""Qwen-Image as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.plan import Defaults, Plan

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
class QwenImage:
    """The family over a released folder."""

    path: Path
    name: str = "qwen_image"
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def summary(self) -> str:
        return f"{TITLE} ({self.path.name}): pictures, and writing in them, from English and Chinese"

    @cached_property
    def release(self) -> Release:
        return Release(self.path, TITLE, STEPS, GUIDANCE, NETWORKS)

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return self.release.refusals(plan)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        idle = any(stage.rescale and stage.guidance != 1 for stage in plan.stages)
        own = (f"{TITLE} keeps the length of what it says in any case: the knob rescale has no effect.",)
        return (*self.release.notes(plan), *(own if idle else ()))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.qwen_image.model import open_qwen_image

        return open_qwen_image(self.release, device, dtype)


def claim(paths: tuple[Path, ...]) -> QwenImage | None:
    """The model over one released folder. Raises UnknownModel when parts of it are not there."""
    if len(paths) != 1 or Repository(paths[0]).pipeline not in PIPELINES:
        return None
    absent = [component for component in NEEDED if not (paths[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{paths[0]} is a Qwen-Image model without {', '.join(absent)}: get these folders of its release."
        )
    return QwenImage(paths[0])
