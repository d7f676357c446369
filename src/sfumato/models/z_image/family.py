"""Z-Image as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models._parts.latent_release import DENOISER, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.plan import Defaults, Plan, StagePlan

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


@dataclass(frozen=True)
class ZImage:
    """The family over a released folder."""

    path: Path
    name: str = "z_image"
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def summary(self) -> str:
        return f"{self.variant.title} ({self.path.name}): pictures from words, in English and Chinese"

    @cached_property
    def variant(self) -> Variant:
        """Turbo's configs tell the two apart by its folder's name, or by its scheduler's smaller shift."""
        here = Repository(self.path)
        name = f"{self.path.name} {here.index.get('_name_or_path', '')}".lower()
        return TURBO if "turbo" in name or here.config("scheduler").get("shift") == 3.0 else WHOLE

    @cached_property
    def release(self) -> Release:
        return Release(self.path, *self.variant, NETWORKS)

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        own = (sentence for stage in plan.stages for sentence in self._too_large(stage))
        return tuple(dict.fromkeys((*self.release.refusals(plan), *own)))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.z_image.model import open_z_image

        return open_z_image(self.release, device, dtype)

    def _too_large(self, stage: StagePlan) -> Iterator[str]:
        places = self.release.transformer.get("axes_lens", (1024, 512, 512))
        most = min(places[1:]) * self.release.multiple
        if max(stage.seen) > most:
            yield (
                f"{self.variant.title} knows no places beyond {most} px: make the picture smaller, or let it "
                "look through windows (the knob window)."
            )


def claim(paths: tuple[Path, ...]) -> ZImage | None:
    """The model over one released folder. Raises UnknownModel when parts of it are not there."""
    if len(paths) != 1 or Repository(paths[0]).pipeline not in PIPELINES:
        return None
    absent = [component for component in NEEDED if not (paths[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{paths[0]} is a Z-Image model without {', '.join(absent)}: get these folders of its release."
        )
    return ZImage(paths[0])
