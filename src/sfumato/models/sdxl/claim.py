"""Which files make an SDXL model together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.claim import companions
from sfumato.models._parts.unet.decoded import dressed
from sfumato.models._parts.unet.facts import PAINTED, PLAIN, SCORED, SIZES
from sfumato.models._parts.unet.folder import Folder, Reading
from sfumato.models._parts.unet.release import Release
from sfumato.models._parts.unet.vocabulary import words_for
from sfumato.models.sdxl.family import Sdxl
from sfumato.models.sdxl.single_file import LargeFile, is_whole

PIPELINES = frozenset(
    {
        "StableDiffusionXLPipeline",
        "StableDiffusionXLImg2ImgPipeline",
        "StableDiffusionXLInpaintPipeline",
    }
)
READING = Reading(above=1, normed=False, zeros=True)  # Podell et al. 2023, Section 2.1
CONFIGS = ("unet", "vae", "scheduler", "text_encoder_2")  # what every one of them has


def claim(paths: tuple[Path, ...]) -> Sdxl | None:
    """A base, a refiner, or both, with adapters and, for single files, a folder of tokenizers; else None.

    Raises UnknownModel where something that is no adapter stands beside a model.
    """
    models = [path for path in paths if _is_model(path)]
    beside = companions(paths, models) if models else None
    if beside is None:
        return None
    releases = _in_order(dressed(_release(path, beside.words), beside) for path in models)
    return Sdxl(releases, beside.adapters, beside.upscaler) if releases else None


def _is_model(path: Path) -> bool:
    if path.is_dir():
        here = Repository(path)
        return here.pipeline in PIPELINES and all(here.config(name) for name in CONFIGS)
    return is_whole(path)


def _release(path: Path, words: tuple[Path, ...]) -> Release:
    return Folder(path, READING) if path.is_dir() else LargeFile(path, words_for(path, words))


def _in_order(found: Iterable[Release]) -> tuple[Release, ...]:
    """The base, then its refiner; none when these are not at most one of each."""
    releases = tuple(sorted(found, key=lambda release: release.facts.scored))
    known = all(
        release.facts.numbers in (SIZES, SCORED) and release.facts.unet["in_channels"] in (PLAIN, PAINTED)
        for release in releases
    )
    alone = len({release.facts.scored for release in releases}) == len(releases)
    return releases if known and alone else ()
