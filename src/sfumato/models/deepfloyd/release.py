"""The three stages of DeepFloyd IF, and which folder holds which. No torch."""

from __future__ import annotations

from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.rungs.release import UPSCALER, Kind, Release

BASE = Kind("base", "IFPipeline", 100, 7.0, 0.0, "", ("unet",))
SUPER = Kind("super", "IFSuperResolutionPipeline", 50, 4.0, 0.25, "image_noising_scheduler", ("unet",))
KINDS = (BASE, SUPER, UPSCALER)


def releases(folders: tuple[Path, ...]) -> tuple[Release, ...]:
    """The stages in these folders, in the order of the cascade.

    Both pixel stages read with one T5 encoder, that of the first folder which has it; the last has its own.
    """
    found = {Repository(folder).pipeline: Repository(folder) for folder in folders}
    pixels = [found[kind.pipeline] for kind in (BASE, SUPER) if kind.pipeline in found]
    text = next((repository for repository in pixels if repository.has("text_encoder")), pixels[0])
    return tuple(
        Release(kind, found[kind.pipeline], found[kind.pipeline] if kind is UPSCALER else text)
        for kind in KINDS
        if kind.pipeline in found
    )
