"""Enlarging, and what pictures say of themselves."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from sfumato.faces.openai.answers import Dress, encoded, finished_pictures, fitted, made
from sfumato.faces.openai.caller import Following
from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import read_form, read_json
from sfumato.faces.openai.seen import Raw, Seen, from_text, look_at
from sfumato.faces.sdapi.caller import Caller, Making
from sfumato.faces.sdapi.forms import ExtraAsked, PictureAsked
from sfumato.faces.sdapi.info import KEY, infotext
from sfumato.faces.sdapi.options import Chosen
from sfumato.faces.web.events import Follower
from sfumato.faces.web.forms import Terms
from sfumato.faces.web.jobs import accepted
from sfumato.faces.web.server import Here, Server
from sfumato.faces.web.watching import Watch
from sfumato.plan import Upscale
from sfumato.studio import Job, read_kept
from sfumato.studio.described import described
from sfumato.studio.store import JobRow, Person

router = APIRouter()

OURS = "Sfumato"
PLAIN = ("None", "Lanczos", "Nearest")
UPSCALERS = (*PLAIN, OURS)
LARGEST = 4096  # pixels of a side that is sent back
PNG = Dress(None, "png", 100)


@router.post("/extra-single-image", response_model=None)
async def extra(request: Request, server: Here, follower: Following, me: Making) -> dict[str, Any]:
    """A picture made larger: painted by the model, or resampled where a plain way is named."""
    asked = read_form(ExtraAsked, await read_json(request))
    seen = await run_in_threadpool(look_at, from_text(asked.image, "image"))
    size = _size(asked, seen)
    if asked.upscaler_1 in PLAIN:
        data = await run_in_threadpool(lambda: encoded(fitted(_pixels(seen), *size), PNG))
        return _told(data, asked.upscaler_1)
    watch = await run_in_threadpool(_accept, request, (server, follower, me), seen, size)
    rows = await watch.ended(request)
    return _told(await run_in_threadpool(_painted, server, rows, size), OURS)


def _size(asked: ExtraAsked, seen: Seen) -> tuple[int, int]:
    height, width = seen.pixels.shape[:2]
    if asked.resize_mode == 0:
        width, height = round(width * asked.upscaling_resize), round(height * asked.upscaling_resize)
    elif asked.upscaling_crop:
        width, height = asked.upscaling_resize_w, asked.upscaling_resize_h
    else:
        scale = min(asked.upscaling_resize_w / width, asked.upscaling_resize_h / height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    if max(width, height) > LARGEST:
        raise Wrong("upscaling_resize", f"{width} × {height} pixels are too many: at most {LARGEST} a side.")
    return width, height


def _accept(
    request: Request, who: tuple[Server, Follower, Person], seen: Seen, size: tuple[int, int]
) -> Watch:
    server, follower, me = who
    height, width = seen.pixels.shape[:2]
    factor = max(size[0] / width, size[1] / height, 1.01)
    if factor > 16:
        raise Wrong("upscaling_resize", f"A picture is made at most 16 times as large, not {factor:g} times.")

    def make() -> list[Job]:
        studio = replace(server.studio, family=server.model(Chosen.of(server, me).model()))
        return [studio.edit(Upscale(factor=factor), [seen.start], seen.prompt)]

    jobs = accepted(request, server, me, Terms(), None, make).jobs
    return Watch(server, follower, me, [job.id for job in jobs])


def _painted(server: Server, rows: list[JobRow], size: tuple[int, int]) -> bytes:
    row = finished_pictures(server, rows)[0]
    return made(server, row, Dress(size, "png", 100)).data


def _pixels(seen: Seen):
    from sfumato.studio.given import on_white

    return on_white(seen.pixels)


def _told(data: bytes, how: str) -> dict[str, Any]:
    return {"html_info": f"<p>{how}</p>", "image": b64encode(data).decode()}


@router.post("/png-info", response_model=None)
async def png_info(request: Request, _me: Caller) -> dict[str, Any]:
    """What a picture says it was made from, "" where it says nothing."""
    asked = read_form(PictureAsked, await read_json(request))
    text = await run_in_threadpool(_text, from_text(asked.image, "image"))
    return {"info": text, "items": {KEY: text} if text else {}, "parameters": {}}


def _text(raw: Raw) -> str:
    """Of a file of ours from its plan, of others what they carry."""
    look_at(raw)
    from PIL import Image

    with Image.open(BytesIO(raw.data)) as image:
        carried, size = str(image.info.get(KEY, "")), image.size
    try:
        kept = read_kept(BytesIO(raw.data))  # type: ignore[arg-type]
    except ValueError:
        return carried
    index = kept.index or 0
    return carried or infotext(kept.plan, kept.plan.seeds[index].number, size)


@router.post("/interrogate", response_model=None)
async def interrogate(request: Request, _me: Caller) -> dict[str, str]:
    """A picture in words."""
    asked = read_form(PictureAsked, await read_json(request))
    texts = await run_in_threadpool(words_of, from_text(asked.image, "image"))
    return {"caption": texts[0]}


def words_of(raw: Raw) -> tuple[str, ...]:
    """A picture that was sent in words. Raises Wrong."""
    look_at(raw)
    with TemporaryDirectory(prefix="sfumato-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(raw.data)
        return described(path)
