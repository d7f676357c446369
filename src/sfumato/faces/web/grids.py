"""Grids: all pictures of a job in one, made when they are asked for. The gallery keeps single pictures."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from fastapi import Response
from PIL import Image

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Server
from sfumato.faces.web.thumbnails import WIDTHS
from sfumato.studio.gallery import encoded, named, read_kept
from sfumato.studio.picture import Picture, grid
from sfumato.studio.store import JobRow, Person, PictureRow

MOST_PIXELS = 4 * 4096**2  # four of the largest pictures


def grid_of(server: Server, me: Person, job: JobRow, width: int | None, known: str | None) -> Response:
    """The pictures of a job, row by row, in as many columns as make it nearly square.

    width  at least so wide, as WebP; None is the whole, as a PNG with its plan
    known  the If-None-Match of the request

    Raises NotThere, Refusal.
    """
    if job.status != "done":
        raise Refusal("not_found", f"This job is {job.status}: a grid is there when it is done.")
    count = len(job.plan.seeds)
    rows = [server.store.pictures.get(f"{job.id}-{index}", me.id) for index in range(count)]
    wide = None if width is None else next((own for own in WIDTHS if own >= width), WIDTHS[-1])
    said = "".join(row.sha256 for row in rows)
    tag = f'"{sha256(said.encode()).hexdigest()}-{wide or "whole"}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}  # one of them may be hidden or deleted
    if known is not None and tag in known:
        return Response(status_code=304, headers=headers)
    sheet = _sheet(server.store.gallery, rows)
    if wide is not None:
        return Response(_small(sheet.image, wide), media_type="image/webp", headers=headers)
    headers["Content-Disposition"] = inline(named(sheet.plan, None, job.id))
    return Response(encoded(sheet), media_type="image/png", headers=headers)


def inline(name: str) -> str:
    """The Content-Disposition of what a browser shows, and others keep under this name."""
    return f"inline; filename*=utf-8''{quote(name, safe='')}"


def _sheet(gallery: Path, rows: list[PictureRow]) -> Picture:
    if sum(row.width * row.height for row in rows) > MOST_PIXELS:
        raise Refusal("too_many_pixels", "This grid has too many pixels: look at its pictures one by one.")
    try:
        kept = [read_kept(gallery / row.path) for row in rows]
    except (OSError, ValueError):
        raise Refusal("not_found", "The file of one of its pictures cannot be read.") from None
    first = kept[0]
    return Picture(grid([own.pixels for own in kept]), first.plan, None, first.job, first.made_by)


def _small(sheet: Image.Image, wide: int) -> bytes:
    file, wide = BytesIO(), min(wide, sheet.width)
    small = sheet.resize((wide, max(1, round(sheet.height * wide / sheet.width))), Image.Resampling.LANCZOS)
    small.save(file, "WEBP", quality=80)
    return file.getvalue()
