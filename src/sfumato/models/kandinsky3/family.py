"""Kandinsky 3 as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.latent_release import LatentRelease
from sfumato.models._parts.repository import Repository, spatial_factor
from sfumato.models.family import UnknownModel
from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

TITLE = "Kandinsky 3"
PIPELINES = frozenset({"Kandinsky3Pipeline", "Kandinsky3Img2ImgPipeline"})
NETWORKS = ("unet", "text_encoder", "movq")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
STEPS = 25  # of the released pipeline
# As s in null + s (words - null). The pipeline says 3, as it counts from the words: (w + 1) words - w null.
GUIDANCE = 4.0
LONGEST = 3.0


class Release(LatentRelease):
    """What is Kandinsky 3's own about a released folder: a U-Net, and the latents of MoVQ."""

    @cached_property
    def transformer(self) -> dict[str, Any]:
        return self.repository.config("unet")

    @cached_property
    def factor(self) -> int:
        return spatial_factor(self.repository.config("movq"))

    @cached_property
    def multiple(self) -> int:
        return self.factor * spatial_factor(self.transformer)


@dataclass(frozen=True)
class Kandinsky3:
    """The family over a released folder."""

    path: Path
    name: str = "kandinsky3"
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def summary(self) -> str:
        return f"{TITLE} ({self.path.name}): pictures from long sentences, read by Flan-UL2"

    @cached_property
    def release(self) -> Release:
        return Release(self.path, TITLE, STEPS, GUIDANCE, NETWORKS, LONGEST)

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return self.release.refusals(plan)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.kandinsky3.model import open_kandinsky3

        return open_kandinsky3(self.release, device, dtype)


def claim(paths: tuple[Path, ...]) -> Kandinsky3 | None:
    """The model over one released folder. Raises UnknownModel when parts of it are not there."""
    if len(paths) != 1 or Repository(paths[0]).pipeline not in PIPELINES:
        return None
    absent = [component for component in NEEDED if not (paths[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{paths[0]} is a {TITLE} model without {', '.join(absent)}: get these folders of its release."
        )
    return Kandinsky3(paths[0])
