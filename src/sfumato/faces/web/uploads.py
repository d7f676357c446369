"""Uploads: pictures that edits and prompts read, named by their content."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Annotated

from fastapi import APIRouter, File, UploadFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydantic import BaseModel, Field

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Here, Maker, Server
from sfumato.faces.web.sources import uploads_of
from sfumato.studio import give, read_kept
from sfumato.studio.gallery import RECORD
from sfumato.studio.given import DAMAGED
from sfumato.studio.store import Person, Unavailable

router = APIRouter(prefix="/api", tags=["uploads"])

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 24_000_000
MOST_BYTES = 2 << 30  # of one person's uploads, where nobody said otherwise


class Uploaded(BaseModel):
    """A picture that can be named as `{"upload": content}`."""

    content: str = Field(description="sha256 over its size and pixels: the same for the same picture")
    width: int
    height: int


@router.post("/uploads", status_code=201, summary="Send a picture")
def upload(
    file: Annotated[UploadFile, File(description="PNG, JPEG or WebP, at most 32 MiB and 24 megapixels")],
    server: Here,
    me: Maker,
) -> Uploaded:
    """Keep a picture for this person's requests, with its plan where it is one of Sfumato's.

    What is transparent becomes white.
    """
    folder = uploads_of(server, me)
    _room(server, me, file.size or 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".") as work:
            part = Path(work) / "part"
            part.write_bytes(file.file.read())
            check(part, file.content_type)
            return _keep(part, folder)
    except OSError as error:
        raise Unavailable("The disk is full, or may not be written to: free some space.") from error


def check(file: Path | IO[bytes], said: str | None) -> None:
    """Raises Refusal for what is no picture, is another than was said, or is too large: by its head alone."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            size, kind = image.size, image.get_format_mimetype()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels", f"A picture has at most {MOST_PIXELS:,} pixels.") from None
    except DAMAGED:
        raise Refusal("not_a_picture", "This is no PNG, JPEG or WebP that can be read.") from None
    if size[0] * size[1] > MOST_PIXELS:
        raise Refusal("too_many_pixels", f"{size[0]} × {size[1]} pixels are too many: make it smaller first.")
    if said and said.startswith("image/") and said != kind:
        raise Refusal("not_a_picture", f"This is {kind}, not {said} as was said.")


def _keep(part: Path, folder: Path) -> Uploaded:
    try:
        given = give("start", part)
    except (ValueError, Image.DecompressionBombError):
        raise Refusal("not_a_picture", "This picture is damaged: its pixels cannot be read.") from None
    _, height, width = given.pixels.shape
    pixels = ((given.pixels + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    path, info = folder / f"{given.input.hash}.png", PngInfo()
    if record := _record(part) or _record(path):  # of a picture of ours: edits take its words
        info.add_itxt(RECORD, record)
    Image.fromarray(pixels).save(part, "PNG", compress_level=1, pnginfo=info)
    os.replace(part, path)
    return Uploaded(content=given.input.hash, width=width, height=height)


def _record(path: Path) -> str:
    """What a picture of Sfumato says of itself, "" where it says nothing that can be read."""
    try:
        read_kept(path)
        with Image.open(path) as image:
            return image.text[RECORD]  # type: ignore[attr-defined]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""


def _room(server: Server, me: Person, more: int) -> None:
    most = MOST_BYTES if me.most_bytes is None else me.most_bytes
    kept = sum(path.stat().st_size for path in uploads_of(server, me).glob("*.png"))
    if kept + more > most:
        raise Refusal("no_room", f"Your uploads may take {most:,} bytes together, and take {kept:,}.")
