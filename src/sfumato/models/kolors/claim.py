"""Which files make a Kolors model together."""

from __future__ import annotations

from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.claim import companions
from sfumato.models._parts.unet.decoded import dressed
from sfumato.models._parts.unet.facts import PAINTED, PLAIN, SIZES
from sfumato.models.kolors.family import Kolors
from sfumato.models.kolors.folder import Folder

PIPELINES = frozenset({"KolorsPipeline", "KolorsImg2ImgPipeline", "KolorsInpaintPipeline"})
CONFIGS = ("unet", "vae", "scheduler", "text_encoder")


def claim(paths: tuple[Path, ...]) -> Kolors | None:
    """One release with its adapters, else None.

    Raises UnknownModel where something that is no adapter stands beside a model.
    """
    models = [path for path in paths if _is_model(path)]
    beside = companions(paths, models) if len(models) == 1 else None
    if beside is None or beside.words:
        return None
    release = dressed(Folder(models[0]), beside)
    known = release.facts.unet["in_channels"] in (PLAIN, PAINTED) and release.facts.numbers == SIZES
    return Kolors((release,), beside.adapters, beside.upscaler) if known else None


def _is_model(path: Path) -> bool:
    here = Repository(path)
    return here.pipeline in PIPELINES and all(here.config(name) for name in CONFIGS)
