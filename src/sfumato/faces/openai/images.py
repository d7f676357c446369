"""/v1/images: generations, edits, variations."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from sfumato.faces.openai.answers import Dress, Made, finished_pictures, made, usage_of
from sfumato.faces.openai.caller import Following, Making
from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import MOST_FIELDS, MOST_FILES, Asked, Sent, read_form, read_json
from sfumato.faces.openai.making import Order, edited, imagined, shape_is_said, varied
from sfumato.faces.openai.named import named_pictures
from sfumato.faces.openai.seen import Raw, Seen, drawn_over, look_at_all, one_of
from sfumato.faces.openai.signed import address_of
from sfumato.faces.openai.stream import Event, Previews, event_stream, followed
from sfumato.faces.web.events import Follower
from sfumato.faces.web.forms import Terms
from sfumato.faces.web.jobs import accepted
from sfumato.faces.web.server import Here, Server
from sfumato.faces.web.watching import Watch
from sfumato.studio import Job
from sfumato.studio.store import JobRow, Person

router = APIRouter(prefix="/images")

MOST = 16  # pictures of one edit
QUALITIES = {"auto": "medium", "standard": "medium", "hd": "high"}.items()


@dataclass(frozen=True)
class Visit:
    """One request for pictures. `kind` begins the names of its events."""

    request: Request
    server: Server
    follower: Follower
    me: Person
    asked: Asked
    kind: str

    async def answer(self, make: Callable[[], Sequence[Job]]) -> Any:
        """Make the pictures: a stream where one is wanted, else all at once."""
        watch = await run_in_threadpool(self.accept, make)
        if self.asked.stream:
            return event_stream(self._events(watch))
        rows = await watch.ended(self.request)
        return await run_in_threadpool(self._whole, rows)

    def accept(self, make: Callable[[], Sequence[Job]]) -> Watch:
        """Keep the jobs. Raises Refusal."""
        terms = Terms(private=self.asked.private)
        jobs = accepted(self.request, self.server, self.me, terms, None, make).jobs
        return Watch(self.server, self.follower, self.me, [job.id for job in jobs])

    @property
    def dress(self) -> Dress:
        """How the pictures are wanted: a shape that the prompt names counts in place of a size."""
        return Dress.of(self.asked, shape_is_said(self.asked))

    def _whole(self, rows: list[JobRow]) -> dict[str, Any]:
        dress = self.dress
        pictures = [made(self.server, row, dress) for row in finished_pictures(self.server, rows)]
        plans = [row.plan for row in rows]
        return {
            "created": int(rows[0].created),
            "data": [self._one(picture, dress) for picture in pictures],
            **self.as_made(pictures[0]),
            "usage": usage_of(plans, [len(plan.seeds) for plan in plans]),
        }

    def _one(self, picture: Made, dress: Dress) -> dict[str, Any]:
        if self.asked.response_format == "url":
            shown = {"url": address_of(self.request, self.server, picture.row, dress)}
        else:
            shown = {"b64_json": picture.base64}
        row = picture.row
        return {**shown, "revised_prompt": picture.plan.prompt, "seed": row.seed, "picture": row.id}

    def as_made(self, picture: Made) -> dict[str, Any]:
        """What clients are told of a picture beside it."""
        return {**self._as_asked, "size": f"{picture.width}x{picture.height}"}

    @property
    def _as_asked(self) -> dict[str, Any]:
        quality = dict(QUALITIES).get(self.asked.quality, self.asked.quality)
        return {"quality": quality, "background": "opaque", "output_format": self.asked.output_format}

    async def _events(self, watch: Watch) -> AsyncIterator[Event]:
        previews = Previews(self.asked.partial_images, self.dress)
        async for news in followed(watch, previews):
            if isinstance(news, str):
                yield self._partial(news, previews.sent - 1)
                continue
            for row in await run_in_threadpool(finished_pictures, self.server, news):
                picture = await run_in_threadpool(made, self.server, row, previews.dress)
                yield self._completed(picture)

    def _partial(self, shown: str, index: int) -> Event:
        own = {"type": f"{self.kind}.partial_image", "partial_image_index": index, "b64_json": shown}
        return {**own, "created_at": int(time.time()), **self._as_asked, "size": self.asked.size}

    def _completed(self, picture: Made) -> Event:
        own = {"type": f"{self.kind}.completed", "b64_json": picture.base64}
        said = {"created_at": int(picture.row.created), "revised_prompt": picture.plan.prompt}
        return {**own, **said, **self.as_made(picture), "usage": usage_of([picture.plan], [1])}


@router.post("/generations", response_model=None)
async def generations(request: Request, server: Here, follower: Following, me: Making) -> Response | dict:
    """Pictures of a prompt."""
    asked = read_form(Asked, await read_json(request))
    visit = Visit(request, server, follower, me, asked, "image_generation")
    return await visit.answer(lambda: imagined(server, Order(asked)))


@router.post("/edits", response_model=None)
async def edits(request: Request, server: Here, follower: Following, me: Making) -> Response | dict:
    """Pictures painted again: a region, all of one, or one out of several."""
    names = ("image", "mask", "markup")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        body = await read_json(request)
        asked = read_form(Asked, {key: own for key, own in body.items() if key not in (*names, "images")})
        files = await run_in_threadpool(named_pictures, server, me, body, names)
    else:
        asked, files = await _multipart(request, names)
    visit = Visit(request, server, follower, me, asked, "image_edit")
    return await visit.answer(lambda: edited(server, _order(asked, files)))


@router.post("/variations", response_model=None)
async def variations(request: Request, server: Here, follower: Following, me: Making) -> Response | dict:
    """Pictures like one."""
    asked, files = await _multipart(request, ("image",))
    visit = Visit(request, server, follower, me, asked, "image_edit")
    return await visit.answer(lambda: varied(server, asked, one_of(_seen(files, "image"), "image")))


async def _multipart(request: Request, names: Sequence[str]) -> tuple[Asked, list[Raw]]:
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        sent = Sent.of(form)
        files = [
            Raw(name, await file.read(), file.content_type) for name in names for file in sent.named(name)
        ]
    return read_form(Asked, sent.fields), files


def _order(asked: Asked, files: list[Raw]) -> Order:
    pictures, masks, markups = (_seen(files, name) for name in ("image", "mask", "markup"))
    if not 1 <= len(pictures) <= MOST:
        code = "invalid_value" if pictures else "missing_required_parameter"
        raise Wrong("image", f"An edit takes 1 to {MOST} pictures as image, not {len(pictures)}.", code)
    if masks and markups:
        raise Wrong("markup", "Send a mask or markup, not both.")
    if markups:
        pictures[0] = drawn_over(pictures[0], one_of(markups, "markup"))
    return Order(asked, pictures, one_of(masks, "mask") if masks else None)


def _seen(files: list[Raw], field: str) -> list[Seen]:
    return look_at_all([raw for raw in files if raw.field == field])
