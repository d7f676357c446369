"""Grids: all pictures of a job in one, made when they are asked for. The gallery keeps single pictures."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
from fastapi import Response
from PIL import Image

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Server
from sfumato.faces.web.thumbnails import WIDTHS
from sfumato.studio.picture import grid
from sfumato.studio.store import JobRow, Person, PictureRow

MOST_PIXELS = 64_000_000


def grid_of(server: Server, me: Person, job: JobRow, width: int | None, known: str | None) -> Response:
    """The pictures of a job, row by row, in as many columns as make it nearly square.

    width  at least so wide, as WebP; None is the whole, as PNG
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
    data = _drawn(server.store.gallery, rows, wide)
    return Response(data, media_type="image/png" if wide is None else "image/webp", headers=headers)


def _drawn(gallery: Path, rows: list[PictureRow], wide: int | None) -> bytes:
    if sum(row.width * row.height for row in rows) > MOST_PIXELS:
        raise Refusal("too_many_pixels", "This grid has too many pixels: look at its pictures one by one.")
    sheet = Image.fromarray(grid([_read(gallery / row.path) for row in rows]))
    file = BytesIO()
    if wide is None:
        sheet.save(file, "PNG", compress_level=1)
    else:
        wide = min(wide, sheet.width)
        small = sheet.resize(
            (wide, max(1, round(sheet.height * wide / sheet.width))), Image.Resampling.LANCZOS
        )
        small.save(file, "WEBP", quality=80)
    return file.getvalue()


def _read(path: Path) -> np.ndarray:
    try:
        with Image.open(path, formats=("PNG",)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError):
        raise Refusal("not_found", "The file of one of its pictures cannot be read.") from None
