"""One stream of everything that changes: every event is the whole thing as it is now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.recent import MOST, Recent, Told
from sfumato.faces.web.server import Here, Me, Server, is_still
from sfumato.studio.store import Change, Person, Store, Unavailable

router = APIRouter(prefix="/api", tags=["events"])

PING = 15.0  # seconds
POLL = 0.25  # seconds between looks for what other processes wrote
AT_A_TIME = 50  # changes read before they are sent: what changes meanwhile is sent as it is then
LARGEST = 2**62


@dataclass
class Follower:
    """Reads what changes in the store, once for all streams of this process, and tells them.

    doubts  how often somebody may have lost the right to listen, so that streams look again
    """

    store: Store
    recent: Recent = field(default_factory=lambda: Recent(0, 0))
    ended: Event = field(default_factory=Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    thread: Thread | None = None
    loop: asyncio.AbstractEventLoop | None = None
    doubts: int = 0

    def start(self) -> None:
        """Follow the store; called where the event loop runs."""
        self.loop, rev = asyncio.get_running_loop(), self.store.rev
        self.recent = Recent(rev, rev)
        self.thread = Thread(target=self._run, args=(self.loop, rev), name="follower", daemon=True)
        self.thread.start()

    def doubt(self) -> None:
        """A key or a session is no more: let all streams look whether it was theirs. For any thread."""
        if self.loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self.loop.call_soon_threadsafe(self._doubt)

    def _doubt(self) -> None:
        self.doubts += 1
        self._tell(self.recent)

    def end(self) -> None:
        """End all streams; called where the event loop runs."""
        self.ended.set()
        self._tell(self.recent)

    def close(self) -> None:
        """Wait until the store is not read any more; it may be closed then."""
        self.ended.set()
        self.store.database.bell.ring()  # it may be waiting
        if self.thread:
            self.thread.join()

    def _run(self, loop: asyncio.AbstractEventLoop, known: int) -> None:
        heard = 0
        while not self.ended.is_set():
            heard = self.store.wait(heard, POLL)
            try:
                changes, until = self.store.changed_until(known, limit=MOST)
            except Unavailable:
                continue
            if until == known:
                continue
            known = until
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._hear, changes, known)

    def _hear(self, changes: Sequence[Change], until: int) -> None:
        if len(changes) < MOST:
            self.recent.add(changes, until)
            self._tell(self.recent)
        else:  # more changed than is remembered: each stream reads on by itself
            self._tell(Recent(until, until))

    def _tell(self, recent: Recent) -> None:
        self.recent = recent
        self.changed.set()
        self.changed = asyncio.Event()

    async def beyond(self, since: int, seconds: float) -> bool:
        """Wait for a change after this one; False when there is none so long, or when all ends."""
        changed = self.changed
        if self.recent.until <= since and not self.ended.is_set():
            try:
                await asyncio.wait_for(changed.wait(), seconds)
            except TimeoutError:
                return False
        return self.recent.until > since


@dataclass
class Rights:
    """Whether somebody may still listen: asked where there is a doubt, and now and then without one."""

    follower: Follower
    still: Callable[[], bool]
    doubts: int = field(init=False)
    due: float = field(init=False)

    def __post_init__(self) -> None:
        self._wait()

    def _wait(self) -> None:
        self.doubts, self.due = self.follower.doubts, time.monotonic() + PING

    async def hold(self) -> bool:
        """Whether they do."""
        if self.follower.doubts == self.doubts and time.monotonic() < self.due:
            return True
        self._wait()
        return await run_in_threadpool(self.still)


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
    Last comes `end`, where the key or the session that opened the stream is no more.
    """
    follower: Follower = request.app.state.follower
    if last_event_id is not None and not (last_event_id.isascii() and last_event_id.isdigit()):
        raise Refusal("bad_request", "Last-Event-ID is not the id of an event.")
    begin = int(last_event_id[:18]) if last_event_id else since
    rev = await run_in_threadpool(lambda: server.store.rev)
    begin = rev if begin is None else min(begin, rev)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = told(server, follower, me, begin, lambda: is_still(request, server, me))
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")


async def told(
    server: Server, follower: Follower, me: Person, since: int, still: Callable[[], bool] = lambda: True
) -> AsyncIterator[str]:
    """The text of the stream; `still` says whether the person may listen, and is asked now and then."""
    server.counts.stream(1)
    try:
        yield f'retry: 1000\nid: {since}\nevent: ready\ndata: {{"rev": {since}}}\n\n'
        rights = Rights(follower, still)
        while not follower.ended.is_set() and await rights.hold():
            changes, begun, since = await _next(server.store, follower.recent, since, me.id)
            fresh = (change for change in changes if not follower.recent.is_stale(change))  # when it is sent
            for text in filter(None, (change.text(me, begun) for change in fresh)):
                yield text
            if not changes and not await follower.beyond(since, PING):
                yield ": ping\n\n"
        if not follower.ended.is_set():
            yield f"id: {since}\nevent: end\ndata: {{}}\n\n"
    finally:
        server.counts.stream(-1)


async def _next(store: Store, recent: Recent, since: int, viewer: str) -> tuple[list[Told], int, int]:
    """What changed after a number, that number, and up to which number that is all of it.

    Who is up to date is told from memory; who comes back after long reads from the store.
    """
    if since >= recent.since:
        return recent.after(since), since, max(since, recent.until)
    changes, until = await run_in_threadpool(store.changed_until, since, viewer, AT_A_TIME)
    return [Told(change) for change in changes], since, until
