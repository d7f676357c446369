"""Server-sent events: how far the pictures are, then each picture."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from sfumato.faces.openai.answers import Dress, preview_of
from sfumato.faces.openai.errors import EXPECTED, refused, told
from sfumato.faces.web.watching import Watch
from sfumato.studio.store import JobRow

Event = dict[str, Any]


@dataclass
class Previews:
    """Decides which previews are sent: one each time that another part of the work is done.

    most  how many are wanted
    sent  how many were
    last  the job's change that the last one showed
    """

    most: int
    dress: Dress
    sent: int = 0
    last: bytes | None = None

    async def due(self, rows: list[JobRow]) -> str | None:
        """A preview as base64, where one is to be sent now."""
        row = next((own for own in rows if own.status == "running"), None)
        if row is None or self.sent >= self.most or row.preview in (None, self.last):
            return None
        share = sum(own.done for own in rows) / max(1, sum(own.total for own in rows))
        if share < self.sent / (self.most + 1):
            return None
        self.sent, self.last = self.sent + 1, row.preview
        data = await run_in_threadpool(preview_of, row, self.dress)
        return None if data is None else b64encode(data).decode()


async def followed(watch: Watch, previews: Previews) -> AsyncIterator[str | list[JobRow]]:
    """Previews as base64 while the jobs run, then their rows. Who stops listening stops the jobs."""
    async with watch.or_cancel():
        rows: list[JobRow] = []
        async for rows in watch.moments():
            if (shown := await previews.due(rows)) is not None:
                yield shown
        yield rows


def event_stream(events: AsyncIterator[Event]) -> StreamingResponse:
    """The events as text; what goes wrong on the way is the last of them."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_text(events), headers=headers, media_type="text/event-stream")


async def _text(events: AsyncIterator[Event]) -> AsyncIterator[str]:
    try:
        async for event in events:
            yield f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
    except EXPECTED as error:
        yield f"event: error\ndata: {json.dumps(told(refused(error))[1], ensure_ascii=False)}\n\n"
