"""Finished pictures as clients want them: in the asked size and format, with what they were made from."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from sfumato.faces.openai.forms import Look
from sfumato.faces.openai.sizes import LARGEST, Size, read_size
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Server
from sfumato.plan import Plan
from sfumato.plan.plan import KEEPING
from sfumato.studio import Job, read_kept
from sfumato.studio.gallery import PNG, RECORD
from sfumato.studio.safety import WITHHELD
from sfumato.studio.store import JobRow, NotThere, PictureRow

if TYPE_CHECKING:
    import numpy as np

NEAR = 1.12  # how far a shape may be off for the picture to be stretched; beyond, its sides are cut
PATCH = 16  # a token of a picture is a square of so many pixels


class Dress(NamedTuple):
    """How a picture is handed out.

    size         width and height in pixels; None: as it was made, or as the picture whose region was painted
    kind         png, jpeg or webp
    compression  0 … 100, for jpeg and webp: their quality
    """

    size: Size | None
    kind: str
    compression: int

    @classmethod
    def of(cls, look: Look, said: bool = False) -> Dress:
        """As a request wants it; `said`: its prompt names a shape of its own, which counts in place of a
        size."""
        return cls(None if said else read_size(look.size), look.output_format, look.output_compression)


@dataclass(frozen=True, eq=False)
class Made:
    """One finished picture. `data` is the encoded file."""

    row: PictureRow
    plan: Plan
    data: bytes
    width: int
    height: int

    @property
    def base64(self) -> str:
        """The file as text."""
        return b64encode(self.data).decode()


def finished_pictures(server: Server, rows: Sequence[JobRow]) -> list[PictureRow]:
    """The pictures of jobs that have ended, in order. Raises Refusal where one was not made."""
    for row in rows:
        if row.status == "failed":
            code = "withheld" if (row.reason or "").startswith(WITHHELD) else "failed"
            raise Refusal(code, row.reason)
        if row.status != "done":
            raise Refusal("cancelled", row.reason or "It was stopped before it was finished.")
    return [
        server.store.pictures.get(f"{row.id}-{index}", row.owner)
        for row in rows
        for index in range(len(row.plan.seeds))
    ]


def made(server: Server, row: PictureRow, dress: Dress) -> Made:
    """A picture of the gallery as it is wanted. Raises Refusal where its file is lost.

    Where only a region was painted, the picture that was given is put back in its own size: outside of the
    region its pixels are what they were.
    """
    path = server.store.gallery / row.path
    try:
        kept = read_kept(path)
    except (FileNotFoundError, ValueError):
        raise Refusal("not_found", "The file of this picture is lost.") from None
    pixels = _put_back(server, row, kept.pixels)
    if dress.size is not None:
        pixels = fitted(pixels, *dress.size)
    height, width = pixels.shape[:2]
    if dress.kind == "png" and pixels is kept.pixels:
        return Made(row, kept.plan, path.read_bytes(), width, height)
    return Made(row, kept.plan, encoded(pixels, dress, path), width, height)


def _put_back(server: Server, row: PictureRow, pixels: np.ndarray) -> np.ndarray:
    from sfumato.engine import finished, resize

    job = _job(server, row)
    starts = [own for own in job.plan.inputs if own.role == "start"] if job else []
    masked = job is not None and any(own.role == "mask" for own in job.plan.inputs)
    if job is None or not masked or len(starts) != 1 or starts[0].frame is not None:
        return pixels
    height, width = job.pixels[starts[0].hash].shape[1:]
    if (height, width) == pixels.shape[:2] or max(height, width) > LARGEST:
        return pixels
    post = tuple(step for step in job.plan.post if step.name in KEEPING)
    larger = job.plan.model_copy(update={"width": width, "height": height, "post": post})
    return finished(resize(pixels, width, height), larger, job.pixels)


def _job(server: Server, row: PictureRow) -> Job | None:
    """The job that made it with the pictures it read; None where they are not here any more."""
    try:
        found = server.store.jobs.get(row.job)
        return None if found.gone else server.store.jobs.job(found)
    except NotThere:
        return None


def fitted(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """uint8 (H, W, 3) in exactly this size: stretched where the shape is nearly right, else cut first."""
    from sfumato.engine import resize

    own = pixels.shape[:2]
    if own == (height, width):
        return pixels
    off = width / height * own[0] / own[1]
    if not 1 / NEAR <= off <= NEAR:
        rows = own[0] if off < 1 else max(1, round(own[0] / off))
        columns = own[1] if off > 1 else max(1, round(own[1] * off))
        top, left = (own[0] - rows) // 2, (own[1] - columns) // 2
        pixels = pixels[top : top + rows, left : left + columns]
    return resize(pixels, width, height)


def encoded(pixels: np.ndarray, dress: Dress, source=None) -> bytes:
    """uint8 (H, W, 3) as a file; a PNG gets the records of the gallery's file `source`."""
    from PIL import Image

    file, image = BytesIO(), Image.fromarray(pixels)
    if dress.kind == "png":
        image.save(file, "PNG", pnginfo=_records(source), **PNG)
    else:
        image.save(file, dress.kind.upper(), quality=max(1, dress.compression))
    return file.getvalue()


def _records(source):
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if source is not None:
        with Image.open(source) as image:
            for name in (RECORD, "Description"):
                info.add_itxt(name, image.text[name])  # type: ignore[attr-defined]
    return info


def preview_of(row: JobRow, dress: Dress) -> bytes | None:
    """The live preview of a job's first picture in the asked size and format; None while there is none."""
    import numpy as np
    from PIL import Image

    if row.preview is None:
        return None
    with Image.open(BytesIO(row.preview)) as image:
        shown = np.asarray(image.convert("RGB"))
    columns = ceil(len(row.plan.seeds) ** 0.5)
    lines = ceil(len(row.plan.seeds) / columns)
    first = shown[: shown.shape[0] // lines, : shown.shape[1] // columns]
    return encoded(fitted(first, *(dress.size or (row.plan.width, row.plan.height))), dress)


def usage_of(plans: Sequence[Plan], pictures: Sequence[int]) -> dict[str, Any]:
    """How much was read and painted: words, and squares of 16 × 16 pixels as the model painted them.

    pictures  how many of each plan
    """
    squares = [ceil(plan.width / PATCH) * ceil(plan.height / PATCH) for plan in plans]
    text = sum(len(plan.prompt.split()) for plan in plans)
    image = sum(own * len(plan.inputs) for own, plan in zip(squares, plans, strict=True))
    output = sum(own * count for own, count in zip(squares, pictures, strict=True))
    return {
        "input_tokens": text + image,
        "input_tokens_details": {"text_tokens": text, "image_tokens": image},
        "output_tokens": output,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": output},
        "total_tokens": text + image + output,
    }
