"""Ideogram 4 as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
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

PIPELINES = frozenset({"Ideogram4Pipeline"})
WITHOUT_WORDS = "unconditional_transformer"
NETWORKS = (DENOISER, WITHOUT_WORDS, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
TITLE, STEPS, GUIDANCE, SIDE = "Ideogram 4", 48, 7.0, 2048  # of its pipeline


class Release(LatentRelease):
    """What is Ideogram 4's own about a released folder."""

    @property
    def side(self) -> int:
        return self.transformer["sample_size"] * self.factor if "sample_size" in self.transformer else SIDE


@dataclass(frozen=True)
class Ideogram4:
    """The family over a released folder."""

    path: Path
    name: str = "ideogram4"
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def summary(self) -> str:
        return f"{TITLE} ({self.path.name}): design, and writing in pictures, from words or its JSON captions"

    @cached_property
    def release(self) -> Release:
        return Release(self.path, TITLE, STEPS, GUIDANCE, NETWORKS)

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return (*self.release.refusals(plan), *_of_negative(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.ideogram4.model import open_ideogram4

        return open_ideogram4(self.release, device, dtype)


def _of_negative(plan: Plan) -> Iterator[str]:
    if plan.negative:
        yield (
            f"What {TITLE} is guided away from is a network that knows no words, so it takes no negative "
            "prompt: leave it out, and say with `--no` what is not wanted."
        )


def claim(paths: tuple[Path, ...]) -> Ideogram4 | None:
    """The model over one released folder. Raises UnknownModel when parts of it are missing or packed."""
    if len(paths) != 1 or Repository(paths[0]).pipeline not in PIPELINES:
        return None
    here = Repository(paths[0])
    absent = [component for component in NEEDED if not (paths[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{paths[0]} is an {TITLE} model without {', '.join(absent)}: get these folders of its release."
        )
    packed = [name for name in NETWORKS if "quantization_config" in here.config(name)]
    if packed:
        raise UnknownModel(
            f"{paths[0]} keeps {', '.join(packed)} in a number format of fewer bits that is not read here: "
            "get the release in bfloat16, and choose int8 or fp8 when it is opened."
        )
    return Ideogram4(paths[0])
