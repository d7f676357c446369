"""FLUX.1 by Black Forest Labs: dev, schnell, Fill, Kontext, and the Depth and Canny models."""

from __future__ import annotations

from pathlib import Path

from sfumato.models.flux.family import Flux
from sfumato.models.flux.files import found

__all__ = ["Flux", "claim"]


def claim(paths: tuple[Path, ...]) -> Flux | None:
    """The model over a released folder, or over one file of its transformer and a folder for the rest.

    Raises UnknownModel when the files are FLUX.1's, but not all that it takes.
    """
    files = found(paths)
    return None if files is None else Flux(files)
