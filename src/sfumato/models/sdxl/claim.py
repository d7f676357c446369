"""Which files make an SDXL model together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sfumato.models._parts.adapter_file import require_adapter
from sfumato.models._parts.repository import Repository
from sfumato.models.sdxl.facts import PAINTED, PLAIN, SCORED, SIZES
from sfumato.models.sdxl.family import Sdxl
from sfumato.models.sdxl.folder import Folder
from sfumato.models.sdxl.release import Release
from sfumato.models.sdxl.single_file import SingleFile, is_whole
from sfumato.models.sdxl.vocabulary import has_words, words_for

PIPELINES = frozenset(
    {
        "StableDiffusionXLPipeline",
        "StableDiffusionXLImg2ImgPipeline",
        "StableDiffusionXLInpaintPipeline",
    }
)
CONFIGS = ("unet", "vae", "scheduler", "text_encoder_2")  # what every one of them has


def claim(paths: tuple[Path, ...]) -> Sdxl | None:
    """A base, a refiner, or both, with adapters and, for single files, a folder of tokenizers; else None.

    Raises UnknownModel where something that is no adapter stands beside a model.
    """
    models = [path for path in paths if _is_model(path)]
    rest = [path for path in paths if path not in models]
    words = [path for path in rest if has_words(path)]
    adapters = tuple(path for path in rest if path not in words)
    if not models or len(words) > 1:
        return None
    for path in adapters:
        require_adapter(path)
    releases = _in_order(_release(path, words) for path in models)
    return Sdxl(releases, adapters) if releases else None


def _is_model(path: Path) -> bool:
    if path.is_dir():
        here = Repository(path)
        return here.pipeline in PIPELINES and all(here.config(name) for name in CONFIGS)
    return is_whole(path)


def _release(path: Path, words: list[Path]) -> Release:
    return Folder(path) if path.is_dir() else SingleFile(path, words_for(path, words))


def _in_order(found: Iterable[Release]) -> tuple[Release, ...]:
    """The base, then its refiner; none when these are not at most one of each."""
    releases = tuple(sorted(found, key=lambda release: release.facts.scored))
    known = all(
        release.facts.numbers in (SIZES, SCORED) and release.facts.unet["in_channels"] in (PLAIN, PAINTED)
        for release in releases
    )
    alone = len({release.facts.scored for release in releases}) == len(releases)
    return releases if known and alone else ()
