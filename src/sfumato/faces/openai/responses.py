"""/v1/responses: the tool image_generation, in conversations."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from sfumato.faces.openai.answers import Dress, Made, finished_pictures, made, usage_of
from sfumato.faces.openai.caller import Caller, Following, Making
from sfumato.faces.openai.conversation import ResponseAsked, order_of
from sfumato.faces.openai.forms import read_form, read_json
from sfumato.faces.openai.images import Visit
from sfumato.faces.openai.kept import Kept, call_of, new_name, picture_of
from sfumato.faces.openai.making import Order, edited, imagined
from sfumato.faces.openai.stream import Event, Previews, event_stream, followed
from sfumato.faces.web.server import Here, Server
from sfumato.faces.web.watching import Watch
from sfumato.studio.store import JobRow, Person

router = APIRouter(prefix="/responses")

TOLD_AGAIN = ("instructions", "metadata", "temperature", "top_p", "user", "truncation", "text", "reasoning")
LONGEST = 20_000  # letters of a field that is told again, and kept
CALL = "response.image_generation_call"


@dataclass(frozen=True)
class Turn:
    """One request of a conversation, and the response that it becomes."""

    visit: Visit
    asked: ResponseAsked
    order: Order
    name: str = field(default_factory=new_name)
    created: int = field(default_factory=lambda: int(time.time()))

    def accept(self) -> Watch:
        """Keep the job. Raises Refusal."""
        make = edited if self.order.pictures else imagined
        return self.visit.accept(lambda: make(self.visit.server, self.order))

    def shown(self, status: str, output: list[Event], usage: Event | None = None) -> Event:
        """The response as it stands."""
        extra = self.asked.model_extra or {}
        said = {name: extra[name] for name in TOLD_AGAIN if extra.get(name) is not None}
        said = {name: value for name, value in said.items() if len(json.dumps(value)) <= LONGEST}
        return {
            "id": self.name,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "model": self.asked.model,
            "output": output,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [_without_pictures(own) for own in self.asked.tools],
            "top_p": 1.0,
            "previous_response_id": self.asked.previous_response_id,
            "store": self.asked.store,
            "usage": usage,
            **said,
        }

    def finish(self, rows: list[JobRow]) -> tuple[list[Event], Event]:
        """The items that were made, and the response with them, which is kept."""
        server, dress = self.visit.server, self.visit.dress
        pictures = [made(server, row, dress) for row in finished_pictures(server, rows)]
        items = [*(self._call(picture) for picture in pictures), _message(rows, pictures)]
        used = usage_of([row.plan for row in rows], [len(row.plan.seeds) for row in rows])
        whole = self.shown("completed", items, _usage(used))
        if self.asked.store:
            bare = [own | {"result": None} if "result" in own else own for own in items]
            kept = {"response": whole | {"output": bare}, "picture": pictures[-1].row.id}
            kept |= {"prompt": pictures[-1].plan.prompt, "dress": list(dress)}
            Kept.of(server, self.visit.me).put(self.name, kept)
        return items, whole

    def _call(self, picture: Made) -> Event:
        return {
            "id": call_of(picture.row.id),
            "type": "image_generation_call",
            "status": "completed",
            "result": picture.base64,
            "action": "edit" if self.order.pictures else "generate",
            "revised_prompt": picture.plan.prompt,
            **self.visit.as_made(picture),
        }


@router.post("", response_model=None)
async def create(request: Request, server: Here, follower: Following, me: Making) -> Response | dict:
    """Make, or edit, a picture in a conversation."""
    asked = read_form(ResponseAsked, await read_json(request))
    order = await run_in_threadpool(order_of, server, me, asked)
    turn = Turn(Visit(request, server, follower, me, order.asked, "response"), asked, order)
    watch = await run_in_threadpool(turn.accept)
    if asked.stream:
        return event_stream(_numbered(_events(turn, watch)))
    rows = await watch.ended(request)
    return (await run_in_threadpool(turn.finish, rows))[1]


@router.get("/{name}")
def one(name: str, server: Here, me: Caller) -> dict[str, Any]:
    """A response that was kept, with its pictures."""
    kept = Kept.of(server, me).get(name)
    size, kind, compression = kept["dress"]
    dress = Dress(None if size is None else (size[0], size[1]), kind, compression)
    items = [_filled(server, me, own, dress) for own in kept["response"]["output"]]
    return kept["response"] | {"output": items}


@router.delete("/{name}")
def drop(name: str, server: Here, me: Making) -> dict[str, Any]:
    """Forget a response; its pictures stay in the gallery."""
    Kept.of(server, me).drop(name)
    return {"id": name, "object": "response", "deleted": True}


async def _events(turn: Turn, watch: Watch) -> AsyncIterator[Event]:
    """The one order of events that all clients understand."""
    begun = turn.shown("in_progress", [])
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    call = call_of(f"{watch.jobs[0]}-0")
    item = {"id": call, "type": "image_generation_call", "status": "in_progress", "result": None}
    place = {"item_id": call, "output_index": 0}
    yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    yield {"type": f"{CALL}.in_progress", **place}
    yield {"type": f"{CALL}.generating", **place}
    previews = Previews(turn.order.asked.partial_images, turn.visit.dress)
    async for news in followed(watch, previews):
        if isinstance(news, str):
            shown = {"partial_image_index": previews.sent - 1, "partial_image_b64": news}
            yield {"type": f"{CALL}.partial_image", **place, **shown}
            continue
        items, whole = await run_in_threadpool(turn.finish, news)
        yield {"type": f"{CALL}.completed", **place}
        yield {"type": "response.output_item.done", "output_index": 0, "item": items[0]}
        for event in _later(items):
            yield event
        yield {"type": "response.completed", "response": whole}


def _later(items: list[Event]) -> Iterator[Event]:
    """The items after the first."""
    for index, item in enumerate(items[1:], 1):
        if item["type"] == "message":
            yield from _spoken(index, item)
            continue
        begun = item | {"status": "in_progress", "result": None}
        yield {"type": "response.output_item.added", "output_index": index, "item": begun}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _spoken(index: int, item: Event) -> Iterator[Event]:
    """The message: what was drawn, in words."""
    part, place = item["content"][0], {"item_id": item["id"], "output_index": index, "content_index": 0}
    begun = item | {"status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    yield {"type": "response.content_part.added", **place, "part": part | {"text": ""}}
    text = part["text"]
    yield {"type": "response.output_text.delta", **place, "delta": text, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": part}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


async def _numbered(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    place = 0
    async for event in events:
        yield {**event, "sequence_number": place}
        place += 1


def _without_pictures(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool as it is told again: its mask is not, nor what is too long."""
    kept = {name: value for name, value in tool.items() if name != "input_image_mask"}
    return kept if len(json.dumps(kept)) <= LONGEST else {"type": tool.get("type")}


def _message(rows: list[JobRow], pictures: list[Made]) -> Event:
    text = "\n".join(dict.fromkeys([pictures[-1].plan.prompt, *(note for row in rows for note in row.notes)]))
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    name = f"msg_{rows[0].id.replace('-', '')}"
    return {"id": name, "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def _usage(used: Event) -> Event:
    return {
        "input_tokens": used["input_tokens"],
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": used["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used["total_tokens"],
    }


def _filled(server: Server, me: Person, item: Event, dress: Dress) -> Event:
    """An item with its picture, which is read from the gallery."""
    if item["type"] != "image_generation_call":
        return item
    row = server.store.pictures.get(picture_of(item["id"]), me.id)
    return item | {"result": made(server, row, dress).base64}
