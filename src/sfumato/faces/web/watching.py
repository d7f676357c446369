"""Waiting for jobs without asking again and again, and stopping them when who asked has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.events import PING, Follower
from sfumato.faces.web.server import Server
from sfumato.studio.store import JobRow, Person, Store, StoreError

OPEN = frozenset({"queued", "running", "paused"})


class Left(Exception):
    """Who asked does not wait any more: nothing can be answered."""


@dataclass(frozen=True)
class Watch:
    """Some jobs of one request, and whose they are."""

    server: Server
    follower: Follower
    me: Person
    jobs: Sequence[str]

    async def moments(self) -> AsyncIterator[list[JobRow]]:
        """The jobs as they stand, at first and whenever one has changed; the last time all have ended.

        Raises Refusal when the server stops before: the jobs stay.
        """
        seen: list[int] = []
        while True:
            since = self.follower.recent.until  # read first: what changes from here on is told by `beyond`
            rows = await run_in_threadpool(self._rows, self.server.store)
            if seen != (seen := [row.rev for row in rows]):
                yield rows
            if not any(row.status in OPEN for row in rows):
                return
            if self.follower.ended.is_set():
                raise Refusal("unavailable", "The server stops; what was asked for is made when it is back.")
            await self.follower.beyond(since, PING)

    @asynccontextmanager
    async def or_cancel(self) -> AsyncIterator[None]:
        """What is not waited for to its end is stopped, unless it is the server that ends."""
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit, Left):
            # No waiting here: who was cancelled may not.
            asyncio.get_running_loop().run_in_executor(None, self.cancel)
            raise

    async def ended(self, request: Request) -> list[JobRow]:
        """The jobs when all have ended. Raises Left when the client goes before; then they are cancelled."""
        tasks = [asyncio.create_task(own) for own in (self._last(), gone(request))]
        try:
            async with self.or_cancel():
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if not tasks[0].done():
                    raise Left
                return tasks[0].result() or []
        finally:
            for task in tasks:
                task.cancel()

    async def _last(self) -> list[JobRow]:
        return [rows async for rows in self.moments()][-1]

    def _rows(self, store: Store) -> list[JobRow]:
        return [store.jobs.get(job, self.me.id) for job in self.jobs]

    def cancel(self) -> None:
        """Stop those that have not ended."""
        for job in self.jobs:
            with suppress(StoreError):
                self.server.store.jobs.cancel(job, self.me.id, "Who asked for it did not wait.")
        self.server.wake()


async def gone(request: Request) -> None:
    """Until the client has closed its connection; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
