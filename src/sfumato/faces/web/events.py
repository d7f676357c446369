"""One stream of everything that changes: every event is the whole thing as it is now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Here, Me, Server
from sfumato.faces.web.shown import JobShown, PictureShown
from sfumato.studio.store import Change, JobRow, Person, Store, Unavailable

router = APIRouter(prefix="/api", tags=["events"])

PING = 15.0  # seconds
POLL = 0.25  # seconds between looks for what other processes wrote
AT_A_TIME = 50  # changes read before they are sent: what changes meanwhile is sent as it is then
LARGEST = 2**62


@dataclass
class Follower:
    """Tells the streams of this process that the store has changed. `rev` is the last change it knows of."""

    store: Store
    rev: int = 0
    ended: Event = field(default_factory=Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    thread: Thread | None = None

    def start(self) -> None:
        """Follow the store; called where the event loop runs."""
        loop = asyncio.get_running_loop()
        self.rev = self.store.rev
        self.thread = Thread(target=self._run, args=(loop,), name="follower", daemon=True)
        self.thread.start()

    def end(self) -> None:
        """End all streams; called where the event loop runs."""
        self.ended.set()
        self._tell(self.rev)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        heard, known = 0, self.rev
        while not self.ended.is_set():
            heard = self.store.wait(heard, POLL)
            try:
                rev = self.store.rev
            except Unavailable:
                continue
            if rev != known:
                known = rev
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(self._tell, rev)

    def _tell(self, rev: int) -> None:
        self.rev = rev
        self.changed.set()
        self.changed = asyncio.Event()

    async def beyond(self, since: int, seconds: float) -> bool:
        """Wait for a change after this one; False when there is none so long, or when all ends."""
        changed = self.changed
        if self.rev <= since and not self.ended.is_set():
            try:
                await asyncio.wait_for(changed.wait(), seconds)
            except TimeoutError:
                return False
        return self.rev > since


@router.get(
    "/events",
    summary="Follow what changes",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events, without an end."}},
)
async def events(
    request: Request,
    server: Here,
    me: Me,
    since: Annotated[int | None, Query(ge=0, le=LARGEST, description="a rev that was told before")] = None,
    last_event_id: Annotated[str | None, Header(description="sent by browsers that connect again")] = None,
) -> StreamingResponse:
    """Server-sent events `job` and `picture`, each the whole thing, its `id` the number of the change.

    First comes `ready` with the number from which on changes are told: after Last-Event-ID, else after
    `since`, else from now on. Who is slow gets only what a thing has become. A comment every 15 seconds.
    """
    follower: Follower = request.app.state.follower
    if last_event_id is not None and not (last_event_id.isascii() and last_event_id.isdigit()):
        raise Refusal("bad_request", "Last-Event-ID is not the id of an event.")
    begin = int(last_event_id[:18]) if last_event_id else since
    rev = await run_in_threadpool(lambda: server.store.rev)
    begin = rev if begin is None else min(begin, rev)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = told(server, follower, me, begin)
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")


async def told(server: Server, follower: Follower, me: Person, since: int) -> AsyncIterator[str]:
    """The text of the stream."""
    server.counts.stream(1)
    try:
        yield f'retry: 1000\nid: {since}\nevent: ready\ndata: {{"rev": {since}}}\n\n'
        while not follower.ended.is_set():
            changes, since = await run_in_threadpool(_changes, server.store, since, me.id)
            for change in changes:
                yield _event(change, me)
            if not changes and not await follower.beyond(since, PING):
                yield ": ping\n\n"
    finally:
        server.counts.stream(-1)


def _changes(store: Store, since: int, viewer: str) -> tuple[list[Change], int]:
    """What changed, and up to which number that is all of it."""
    top = store.rev  # read first: what comes after it is told next time
    changes = store.changed(since, viewer, AT_A_TIME)
    return changes, changes[-1].rev if changes else max(top, since)


def _event(change: Change, me: Person) -> str:
    row = change.row
    if isinstance(row, JobRow):
        return f"id: {change.rev}\nevent: job\ndata: {JobShown.of(row, me).model_dump_json()}\n\n"
    return f"id: {change.rev}\nevent: picture\ndata: {PictureShown.of(row, me).model_dump_json()}\n\n"
