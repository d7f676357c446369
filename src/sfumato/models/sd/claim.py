"""Which files make a model of SD 1 or 2 together."""

from __future__ import annotations

from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.claim import companions
from sfumato.models._parts.unet.decoded import dressed
from sfumato.models._parts.unet.facts import DEEP, PAINTED, PLAIN
from sfumato.models._parts.unet.folder import Folder, Reading
from sfumato.models._parts.unet.release import Release
from sfumato.models._parts.unet.vocabulary import words_for
from sfumato.models.sd.family import Sd
from sfumato.models.sd.single_file import SmallFile, is_whole

PIPELINES = frozenset(
    {
        "StableDiffusionPipeline",
        "StableDiffusionImg2ImgPipeline",
        "StableDiffusionInpaintPipeline",
        "StableDiffusionDepth2ImgPipeline",
    }
)
READING = Reading(above=0, normed=True, zeros=False)
CONFIGS = ("unet", "vae", "scheduler", "text_encoder")


def claim(paths: tuple[Path, ...]) -> Sd | None:
    """One release, with adapters and, for a single file, a folder of tokenizers; else None.

    Raises UnknownModel where something that is no adapter stands beside a model.
    """
    models = [path for path in paths if _is_model(path)]
    if len(models) != 1:
        return None
    beside = companions(paths, models)
    if beside is None:
        return None
    release = dressed(_release(models[0], beside.words), beside)
    known = release.facts.unet["in_channels"] in (PLAIN, DEEP, PAINTED) and not release.facts.numbers
    return Sd((release,), beside.adapters, beside.upscaler) if known else None


def _is_model(path: Path) -> bool:
    if path.is_dir():
        here = Repository(path)
        return here.pipeline in PIPELINES and all(here.config(name) for name in CONFIGS)
    return is_whole(path)


def _release(path: Path, words: tuple[Path, ...]) -> Release:
    return Folder(path, READING) if path.is_dir() else SmallFile(path, words_for(path, words))
