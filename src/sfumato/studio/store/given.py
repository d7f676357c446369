"""The pictures that accepted jobs read, as files named by their content."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from sfumato.plan import Plan
from sfumato.studio.given import Given, digest, give
from sfumato.studio.store.errors import Conflict, NotThere, told

if TYPE_CHECKING:
    import numpy as np

FOLDER = "given"


def keep_given(folder: Path, given: tuple[Given, ...]) -> None:
    """Write the pictures that are not there yet, each completely or not at all.

    Raises Unavailable when the disk takes no more, Conflict when a picture is not the one its name says.
    """
    with told():
        for item in given:
            path = file_of(folder, item.input.hash)
            if path.exists():
                path.touch()  # fresh: a purge leaves it to the job that is being accepted
            else:
                _write(path, _checked(item))


def read_given(folder: Path, plan: Plan) -> tuple[Given, ...]:
    """The pictures that a plan names, in its order. Raises NotThere where a file is gone or not a picture."""
    return tuple(replace(_read(folder, item.hash), input=item) for item in plan.inputs)


def file_of(folder: Path, content: str) -> Path:
    """Where a picture with this content is kept."""
    return folder / FOLDER / f"{content}.png"


def _read(folder: Path, content: str) -> Given:
    path = file_of(folder, content)
    try:
        given = give("start", path)
    except (FileNotFoundError, ValueError) as error:
        raise NotThere(f"A picture that this job reads is lost ({error}): give it again.") from None
    if given.input.hash != content:
        raise NotThere(f"{path} is not the picture that this job reads: restore it from a backup.")
    return given


def _checked(item: Given) -> np.ndarray:
    """uint8 (H, W, 3)."""
    pixels = ((item.pixels + 1) * 127.5).round().byte().permute(1, 2, 0).contiguous().numpy()
    if digest(pixels) != item.input.hash:
        raise Conflict(f"The {item.input.role} picture is not the one that the plan names: give it again.")
    return pixels


def _write(path: Path, pixels: np.ndarray) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".partial", delete=False) as file:
        try:
            Image.fromarray(pixels).save(file, "PNG", compress_level=1)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink()
            raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """A file's name outlasts a power cut when its folder was written, too."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
