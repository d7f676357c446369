"""Which program made a picture, by asking each reader in turn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sfumato.studio.imports import automatic, comfy, midjourney, others
from sfumato.studio.imports.found import Found
from sfumato.studio.imports.texts import Said, read_said

Reader = Callable[[Said], Found | None]

# In this order: who writes a form of their own comes before the form that everybody writes, and both before
# names of files.
PROGRAMS: tuple[Reader, ...] = (
    others.read_invoke,
    others.read_novel,
    others.read_fooocus,
    automatic.read,
    comfy.read,
    midjourney.read,
)


def find(said: Said) -> Found | None:
    """What the texts of a file say; None where no reader knows them. Never raises."""
    for reader in PROGRAMS:
        if (found := reader(said)) is not None:
            return found
    return None


def read_found(path: Path) -> Found | None:
    """What a file says. Raises as `read_said`."""
    return find(read_said(path))
