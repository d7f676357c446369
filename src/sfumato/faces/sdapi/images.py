"""txt2img and img2img: the pictures of a request, when they are finished."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from sfumato.faces.openai.answers import Dress, Made, finished_pictures, made
from sfumato.faces.openai.caller import Following
from sfumato.faces.openai.forms import read_form, read_json
from sfumato.faces.openai.making import shape_is_said
from sfumato.faces.sdapi.caller import Making
from sfumato.faces.sdapi.forms import ImageAsked, TextAsked
from sfumato.faces.sdapi.info import infotext, told, with_text
from sfumato.faces.sdapi.making import Drafted, from_pictures, from_words
from sfumato.faces.sdapi.options import Chosen
from sfumato.faces.web.events import Follower
from sfumato.faces.web.forms import Terms
from sfumato.faces.web.jobs import accepted
from sfumato.faces.web.server import Here, Server
from sfumato.faces.web.watching import Watch
from sfumato.plan import Plan
from sfumato.studio.store import JobRow, Person

router = APIRouter()

UNTOLD = frozenset({"init_images", "mask", "alwayson_scripts", "controlnet_units", "url", "auth"})
"""Not told again: what is large, and a client's own address and password."""


@dataclass(frozen=True)
class Visit:
    """One request for pictures."""

    request: Request
    server: Server
    follower: Follower
    me: Person
    asked: TextAsked

    async def answer(self, draft: Callable[[str | None], Drafted]) -> dict[str, Any]:
        """Make the pictures, and wait for them. Raises Refusal."""
        drafted = await run_in_threadpool(self._drafted, draft)
        watch = await run_in_threadpool(self._accept, drafted)
        rows = await watch.ended(self.request)
        return await run_in_threadpool(self._whole, drafted, rows)

    def _drafted(self, draft: Callable[[str | None], Drafted]) -> Drafted:
        return draft(Chosen.of(self.server, self.me).model(self.asked.model))

    def _accept(self, drafted: Drafted) -> Watch:
        terms = Terms(private=drafted.said.private)
        jobs = accepted(self.request, self.server, self.me, terms, None, lambda: drafted.jobs).jobs
        return Watch(self.server, self.follower, self.me, [job.id for job in jobs])

    def _size(self, drafted: Drafted, plan: Plan) -> tuple[int, int]:
        """What is sent back: where the prompt names a shape, that shape, as long as the asked one."""
        if not shape_is_said(drafted.said):
            return self.asked.size
        scale = max(self.asked.size) / max(plan.width, plan.height)
        return max(1, round(plan.width * scale)), max(1, round(plan.height * scale))

    def _whole(self, drafted: Drafted, rows: list[JobRow]) -> dict[str, Any]:
        dress = Dress(self._size(drafted, rows[0].plan), "png", 100)
        pictures = [made(self.server, row, dress) for row in finished_pictures(self.server, rows)]
        plans = [_alone(own) for own in pictures]
        size = pictures[0].width, pictures[0].height
        texts = [infotext(plan, plan.seeds[0].number, size) for plan in plans]
        notes = dict.fromkeys((*drafted.notes, *(note for row in rows for note in row.notes)))
        more: dict[str, Any] = {"notes": list(notes), "pictures": [own.row.id for own in pictures]}
        more["job_timestamp"] = str(int(rows[0].created))
        data = [with_text(own.data, text) for own, text in zip(pictures, texts, strict=True)]
        return {
            "images": [b64encode(own).decode() for own in data] if self.asked.send_images else [],
            "parameters": self.asked.model_dump(exclude=set(UNTOLD)),
            "info": told(plans, texts, size, more),
        }


def _alone(picture: Made) -> Plan:
    """Its plan for itself alone."""
    return picture.plan.model_copy(update={"seeds": (picture.plan.seeds[picture.row.index],)})


@router.post("/txt2img", response_model=None)
async def txt2img(request: Request, server: Here, follower: Following, me: Making) -> dict[str, Any]:
    """Pictures of a prompt."""
    asked = read_form(TextAsked, await read_json(request))
    visit = Visit(request, server, follower, me, asked)
    return await visit.answer(lambda model: from_words(server, asked, model))


@router.post("/img2img", response_model=None)
async def img2img(request: Request, server: Here, follower: Following, me: Making) -> dict[str, Any]:
    """A picture painted again, all of it or where its mask is white."""
    asked = read_form(ImageAsked, await read_json(request))
    visit = Visit(request, server, follower, me, asked)
    return await visit.answer(lambda model: from_pictures(server, asked, model))
