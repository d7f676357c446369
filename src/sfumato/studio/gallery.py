"""Pictures on disk: PNG files that carry their whole plan, written completely or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import IO, TYPE_CHECKING
from zlib import Z_RLE

from sfumato.plan import Plan
from sfumato.studio.given import DAMAGED
from sfumato.studio.picture import Picture

if TYPE_CHECKING:
    import numpy as np

Sign = Callable[[bytes, Plan, str], bytes]
RECORD = "sfumato"  # the PNG text chunk that holds everything
PARTIAL = ".partial"
_LONGEST_NAME = 60
# Painted pictures have no long repetitions to look for: runs alone are four times as quick and no larger.
PNG = MappingProxyType({"compress_level": 1, "compress_type": Z_RLE})


@dataclass(frozen=True, eq=False)
class Kept:
    """What a file says of itself. `index` is None for a grid."""

    plan: Plan
    index: int | None
    job: str
    made_by: Mapping[str, str]
    pixels: np.ndarray


def keep(picture: Picture, folder: Path, sign: Sign | None = None) -> Path:
    """Write a picture into a folder and return its path; never overwrites another picture.

    sign  adds to the bytes of a file of this plan, by a model of this licence, who vouches for it; see
          provenance.py
    """
    path = folder / named(picture.plan, picture.index, picture.job)
    data = encoded(picture)
    if sign is not None:
        data = sign(data, picture.plan, picture.made_by.get("licence", ""))
    return put(path, picture.job, lambda file: file.write(data))


def encoded(picture: Picture) -> bytes:
    """The PNG of a picture, with its record."""
    file = BytesIO()
    picture.image.save(file, "PNG", pnginfo=_text(picture), **PNG)
    return file.getvalue()


def put(path: Path, job: str, write: Callable[[IO[bytes]], object]) -> Path:
    """Have a job's file written: completely, or not at all. Returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=begun(job), suffix=PARTIAL, delete=False) as file:
        try:
            write(file)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    os.chmod(file.name, 0o666 & ~_umask())
    os.replace(file.name, path)
    return path


def named(plan: Plan, index: int | None, job: str) -> str:
    """The name of a picture's file; see Kept for the index."""
    which = "grid" if index is None else str(index + 1)
    return f"{_slug(plan.prompt)}-{job[:8]}-{which}.png"


def begun(job: str) -> str:
    """What the names of a job's half-written files begin with; they end with PARTIAL."""
    return f".{job[:8]}-"


def read_kept(path: Path) -> Kept:
    """The record inside a picture.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a picture, or carries no plan.
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            text = getattr(image, "text", {}).get(RECORD)
            pixels = _pixels(image)
    except (*DAMAGED, Image.DecompressionBombError) as error:
        if isinstance(error, FileNotFoundError):
            raise FileNotFoundError(f"There is no file {path}.") from None
        raise ValueError(f"{path} is not a picture that can be read: {error}.") from None
    if text is None:
        raise ValueError(
            f"{path} carries no plan: it was not made by Sfumato, or a program removed its record."
        )
    try:
        record = json.loads(text)
        plan = Plan.from_json(json.dumps(record["plan"]))
        return Kept(plan, record["index"], record["job"], record["made_by"], pixels)
    except (KeyError, TypeError, RecursionError):
        raise ValueError(f"{path} carries a record that Sfumato did not write.") from None


def _pixels(image: object) -> np.ndarray:
    import numpy as np

    return np.asarray(image.convert("RGB"))  # type: ignore[attr-defined]


def _text(picture: Picture):
    from PIL.PngImagePlugin import PngInfo

    rest = {"index": picture.index, "job": picture.job, "made_by": dict(picture.made_by)}
    info = PngInfo()
    # The plan's text as it is: reading it only to write it again took a quarter of the time of a file.
    info.add_itxt(RECORD, f'{{"plan": {picture.plan.to_json()}, {json.dumps(rest, ensure_ascii=False)[1:]}')
    info.add_itxt("Description", f"{picture.plan.prompt} Job ID: {picture.job}")
    return info


def _slug(prompt: str) -> str:
    words = re.sub(r"[^\w]+", "-", re.split(r"(?:^| )--", prompt)[0]).strip("-").lower()
    return words[:_LONGEST_NAME].rstrip("-") or "picture"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
