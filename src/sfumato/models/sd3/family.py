"""Stable Diffusion 3 as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.sd3.variants import Variant, variant_of
from sfumato.plan import Defaults, Plan

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
NEEDED = (DENOISER, *CLIPS, "vae", "tokenizer", "tokenizer_2", "scheduler")


@dataclass(frozen=True)
class Sd3:
    """The family over a released folder, whose third text encoder may be left away."""

    path: Path
    name: str = "sd3"
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def summary(self) -> str:
        without = "" if self.reads_t5 else ", without T5"
        return f"{self.variant.title} ({self.path.name}): pictures from words{without}"

    @cached_property
    def variant(self) -> Variant:
        here = Repository(self.path)
        return variant_of(here.config(DENOISER), f"{self.path.name} {here.index.get('_name_or_path', '')}")

    @cached_property
    def reads_t5(self) -> bool:
        """Whether its third text encoder is here."""
        return Repository(self.path).has(T5)

    @cached_property
    def release(self) -> LatentRelease:
        networks = (DENOISER, *CLIPS, *((T5,) if self.reads_t5 else ()), "vae")
        # Its times are even in the shifted clock, and are then shifted once more.
        return LatentRelease(self.path, *self.variant, networks, schedule="linspace", layers=self._layers)

    @property
    def _layers(self) -> int:
        return Repository(self.path).config(DENOISER).get("num_layers", 18)

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.release.refusals(plan), *self._too_large(plan))))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.sd3.model import open_sd3

        return open_sd3(self.release, self.reads_t5, device, dtype)

    def _too_large(self, plan: Plan) -> Iterator[str]:
        most = self.release.transformer.get("pos_embed_max_size", 96) * self.release.multiple
        for stage in plan.stages:
            if max(stage.seen) > most:
                yield (
                    f"{self.variant.title} knows no places beyond {most} px: make the picture smaller, or "
                    "let it look through windows (the knob window)."
                )


def claim(paths: tuple[Path, ...]) -> Sd3 | None:
    """The model over one released folder. Raises UnknownModel when parts of it are not there."""
    if len(paths) != 1 or Repository(paths[0]).pipeline not in PIPELINES:
        return None
    absent = [component for component in NEEDED if not (paths[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{paths[0]} is a Stable Diffusion 3 model without {', '.join(absent)}: get these folders of its "
            "release. Only T5 (text_encoder_3) can be left away, if model_index.json says so."
        )
    return Sd3(paths[0])
