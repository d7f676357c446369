"""FLUX.2 as a family: its choices and limits, and how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sfumato.models._parts.latent_family import LatentFamily, found
from sfumato.models._parts.latent_release import DENOISER, Guiding, LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.flux2.original import config_of, guided, misfits, shapes_of
from sfumato.models.weights import fingerprint
from sfumato.plan import Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

DEV_PIPELINE = "Flux2Pipeline"
TITLE = "FLUX.2"
PIPELINES = frozenset({DEV_PIPELINE, "Flux2KleinPipeline", "Flux2KleinInpaintPipeline"})
NETWORKS = (DENOISER, "text_encoder", "vae")
NEEDED = (*NETWORKS, "tokenizer", "scheduler")
ROLES = frozenset({"start", "reference"})
PATCH = 2  # sides of one token in the autoencoder's latent
SIDE = 1024


class Variant(NamedTuple):
    """title     as sentences call it
    steps     of its card, likewise its guidance
    """

    title: str
    steps: int
    guidance: float
    guiding: Guiding


DEV = Variant("FLUX.2 dev", 50, 4.0, Guiding.TOLD)
KLEIN = Variant("FLUX.2 klein", 4, 1.0, Guiding.NONE)
BASE = Variant("FLUX.2 klein base", 50, 4.0, Guiding.PULLED)


@dataclass(frozen=True)
class Release(LatentRelease):
    """What is FLUX.2's own about a released folder: a token is a patch of the autoencoder's latent."""

    file: Path | None = None

    @cached_property
    def transformer(self) -> Mapping[str, Any]:
        return super().transformer if self.file is None else config_of(shapes_of(self.file))

    def beside(self) -> tuple[str, ...]:
        return (fingerprint(self.file),) if self.file else ()

    @cached_property
    def multiple(self) -> int:
        return self.factor * PATCH

    @property
    def side(self) -> int:
        return self.repository.config("vae").get("sample_size", SIDE)

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        yield from super()._without_effect(plan)
        if any(item.weight != 1 for item in plan.inputs if item.role == "reference"):
            yield f"{self.title} reads all its pictures with one weight: others have no effect."


@dataclass(frozen=True)
class Flux2(LatentFamily):
    """The family over a released folder.

    file  the transformer under its original names, in place of the folder's own
    """

    name: str = "flux2"
    file: Path | None = None

    @property
    def named(self) -> str:
        return f"{super().named} and {self.file.name}" if self.file else super().named

    @property
    def summary(self) -> str:
        return f"{self.variant.title} ({self.named}): pictures from words and other pictures"

    @cached_property
    def variant(self) -> Variant:
        """Which model this is: its index says whether klein was distilled."""
        here = Repository(self.path)
        if here.pipeline == DEV_PIPELINE:
            return DEV
        return KLEIN if here.index.get("is_distilled") else BASE

    @cached_property
    def release(self) -> Release:
        title, steps, guidance, guiding = self.variant
        return Release(
            self.path,
            title,
            steps,
            guidance,
            NETWORKS[1:] if self.file else NETWORKS,
            roles=ROLES,
            guiding=guiding,
            adapters=self.adapters,
            file=self.file,
        )

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.flux2.model import open_flux2

        return open_flux2(self.release, device, dtype)


def claim(paths: tuple[Path, ...]) -> Flux2 | None:
    """The model over one released folder, with LoRAs, its transformer perhaps in a file of its own.

    Raises UnknownModel when parts of it are not there.
    """
    singles = [path for path in paths if shapes_of(path)]
    beside = tuple(path for path in paths if path not in singles)
    if len(singles) > 1:
        return None
    files = found(beside, PIPELINES, NEEDED[1:] if singles else NEEDED, TITLE)
    if not singles or (files is None and beside):
        return Flux2(*files) if files else None
    _require_whole(singles[0])
    if files is None:
        raise UnknownModel(
            f"{singles[0]} is only the transformer of {TITLE}, which cannot read words or make pixels: name "
            f"the folder of its release too, with {', '.join(NEEDED[1:])} in it."
        )
    _require_same(singles[0], files.path)
    return Flux2(*files, file=singles[0])


def _require_whole(file: Path) -> None:
    if wrong := misfits(shapes_of(file)):
        raise UnknownModel(
            f"{file.name} is not a whole {TITLE} transformer in a plain number format: {wrong[0]} and so on "
            f"({len(wrong)} tensors) are missing or too many. Get another file, or the folder of the release."
        )


def _require_same(file: Path, folder: Path) -> None:
    """Whether the words of this folder are those that the file's transformer reads."""
    if guided(shapes_of(file)) != (Repository(folder).pipeline == DEV_PIPELINE):
        own, other = ("dev", "klein") if guided(shapes_of(file)) else ("klein", "dev")
        raise UnknownModel(
            f"{file.name} is a transformer of {TITLE} {own}, and {folder.name} a release of {other}: name "
            f"the folder of {own} with it."
        )
