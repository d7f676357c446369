"""Pictures of other programs on their way into the index."""

from __future__ import annotations

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sfumato.studio.given import digest, read_pixels
from sfumato.studio.imports import Found, Said, find
from sfumato.studio.store.drawn import Drawn, of_file

FOLDER = "imported"  # in the gallery; files keep bytes and names, and with them all that they say
OPERATION = "imported"
SUFFIXES = (".png", ".jpg", ".webp")


def imported(said: Said, path: Path, gallery: Path, owner: str) -> Drawn:
    """What the index keeps of a file in the gallery that carries no plan of ours.

    Its id follows from its owner and its pixels: imported again, it is the same picture.

    Raises ValueError where its pixels cannot be read; OSError.
    """
    found, pixels = find(said) or Found(""), read_pixels(path)
    content, (height, width) = digest(pixels), pixels.shape[:2]
    name = str(uuid5(NAMESPACE_URL, f"sfumato:imported/{owner}/{content}"))
    return Drawn(
        id=f"{name}-0",
        job=name,
        index=0,
        path=path.relative_to(gallery).as_posix(),
        sha256=of_file(path),
        content=content,
        width=width,
        height=height,
        prompt=found.prompt,
        operation=OPERATION,
        model=found.model or found.program,
        seed=found.seed or 0,
        created=path.stat().st_mtime,
        details=found.details,
    )
