"""One tool's talk with the server: jobs handed in and waited for, their pictures brought as an assistant
sees them. All of it is REST, so that a tool may do what its person may, and nothing else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ContentBlock, ImageContent, ResourceLink, TextContent

from sfumato.faces.web.thumbnails import WIDTHS

LOOK = 0.25  # seconds between two looks at a job: the transport inside the server has no streams
LARGEST = 1024  # pixels of a side that an assistant is shown
ENDED = frozenset({"done", "failed", "cancelled", "forgotten"})
SCHEME = "sfumato://pictures/"

Told = Callable[[float, float, str], Awaitable[None]]


@dataclass(frozen=True)
class Talk:
    """Requests of one person. Raises ToolError with the server's sentence, as do all its functions."""

    http: httpx2.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer."""
        said = {name: value for name, value in query.items() if value is not None}
        return (await self._ask("GET", path, params=said)).json()

    async def post(self, path: str, body: Any = None) -> Any:
        """Send JSON; the JSON of the answer."""
        return (await self._ask("POST", path, json=body)).json()

    async def file(self, picture: str, width: int | None = None) -> bytes:
        """A picture's file, or a smaller WebP of it."""
        query = {} if width is None else {"width": width}
        return (await self._ask("GET", f"/api/pictures/{picture}/file", params=query)).content

    async def _ask(self, method: str, path: str, **what: Any) -> httpx2.Response:
        try:
            answer = await self.http.request(method, path, **what)
        except httpx2.HTTPError as error:
            raise ToolError(f"The server does not answer ({error}): start it again.") from None
        if answer.status_code >= 400:
            raise ToolError(_sentence(answer))
        return answer

    async def source(self, named: str) -> dict[str, str]:
        """A picture as requests name it: its id, or, sent as data: or base64, what it was kept as."""
        if is_id(named):
            return {"picture": named.removeprefix(SCHEME)}
        try:
            data = b64decode(named.rpartition(",")[2], validate=True)
        except (NotBase64, ValueError):
            raise ToolError("A picture is an id of the gallery, or base64.") from None
        answer = await self._ask("POST", "/api/uploads", files={"file": ("picture", data)})
        return {"upload": answer.json()["content"]}

    async def described(self, named: str) -> str:
        """A picture as words."""
        data = await self.file(named.removeprefix(SCHEME)) if is_id(named) else None
        image = named if data is None else b64encode(data).decode()
        return (await self.post("/sdapi/v1/interrogate", {"image": image}))["caption"]

    async def made(self, path: str, body: dict[str, Any], tell: Told) -> list[ContentBlock]:
        """Hand jobs in and wait for them: their pictures. Who does not wait stops them."""
        ids = [job["id"] for job in (await self.post(path, body))["jobs"]]
        try:
            jobs = await self._ended(ids, tell)
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                for own in ids:
                    await self.http.post(f"/api/jobs/{own}/cancel")
            raise
        shown = [block for job in jobs for name in job["pictures"] for block in await self.shown(name)]
        return [*shown, TextContent(text=_summary(jobs))]

    async def _ended(self, ids: Sequence[str], tell: Told) -> list[dict[str, Any]]:
        while True:
            jobs = [await self.get(f"/api/jobs/{own}") for own in ids]
            share = sum(job["progress"] for job in jobs) / len(jobs)
            await tell(share, 1.0, jobs[0]["prompt"])
            if all(job["status"] in ENDED for job in jobs):
                break
            await anyio.sleep(LOOK)
        if not any(job["status"] == "done" for job in jobs):
            raise ToolError(jobs[0]["reason"] or f"It was {jobs[0]['status']}.")
        return jobs

    async def shown(self, picture: str) -> list[ContentBlock]:
        """A picture that can be looked at, and where its whole file is."""
        row = await self.get(f"/api/pictures/{picture}")
        small = await self.file(picture, fitting(row["width"], row["height"]))
        return [ImageContent(data=b64encode(small).decode(), mime_type="image/webp"), link(row)]


def is_id(named: str) -> bool:
    """Whether a picture is named, and not sent."""
    return not named.startswith("data:") and len(named) < 100


def fitting(width: int, height: int) -> int:
    """The width of the largest picture that is kept smaller, whose sides are at most LARGEST."""
    most = LARGEST * min(1.0, width / height)
    return max((own for own in WIDTHS if own <= most), default=WIDTHS[0])


def link(row: dict[str, Any]) -> ResourceLink:
    """Where a picture's whole file is read."""
    return ResourceLink(
        uri=f"{SCHEME}{row['id']}",
        name=row["id"],
        title=row["prompt"][:200] or row["operation"],
        description=f"{row['width']} × {row['height']} pixels, {row['model']}, seed {row['seed']}",
        mime_type="image/png",
    )


def _summary(jobs: Sequence[dict[str, Any]]) -> str:
    lines = []
    for job in jobs:
        ids = ", ".join(job["pictures"]) or job["reason"] or job["status"]
        lines += [f"{job['prompt'] or job['operation']}: {ids}", *(f"note: {note}" for note in job["notes"])]
    return "\n".join(lines)


def _sentence(answer: httpx2.Response) -> str:
    try:
        told = answer.json()
        return told.get("detail") or f"{told['error']['message']} {told['error'].get('hint', '')}".strip()
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code}, and not as one of Sfumato does."
