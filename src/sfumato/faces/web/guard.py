"""Around every request: who may send it at all, how large it may be, its id, its line in the log."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from logging import getLogger
from types import MappingProxyType
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sfumato.faces.web.errors import Refusal, answer
from sfumato.faces.web.origin import is_foreign
from sfumato.faces.web.server import Server

LOG = getLogger("sfumato.web")
OURS = frozenset({"localhost", "127.0.0.1", "[::1]"})
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
MOST_BYTES = 1 << 20  # of a body
MOST_UPLOAD = 32 << 20
LARGE = """
    /api/uploads /v1/images/edits /v1/images/variations /v1/responses
    /sdapi/v1/txt2img /sdapi/v1/img2img /sdapi/v1/extra-single-image /sdapi/v1/png-info /sdapi/v1/interrogate
    /mj/submit/imagine /mj/submit/blend /mj/submit/describe /mj/submit/modal /mj/submit/edit
    /mj/submit/edits /mcp /mcp/
"""
MOST_OF = MappingProxyType({"/api/imports": 256 << 20, **dict.fromkeys(LARGE.split(), MOST_UPLOAD)})
SIGNED = (
    "/v1/images/files/",
    "/mj/image/signed-",
)  # who has such an address may see that picture, on any page
PACE = re.compile(r"/mj-(fast|relax|turbo)(?=/mj/)")  # all are as fast here
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True)
class Guard:
    """The outermost layer of the application.

    shapes  how refusals look below these paths, where it is not as below all others
    """

    app: ASGIApp
    server: Server
    shapes: Mapping[str, Callable[[Refusal], Response]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if found := PACE.match(scope["path"]):
            path = scope["path"][found.end() :]
            scope = {**scope, "path": path, "raw_path": path.encode()}
        visit = Visit(scope, self.server, time.perf_counter())
        headers = Headers(scope=scope)
        asked = headers.get("x-request-id", "")
        scope.setdefault("state", {})["id"] = asked if REQUEST_ID.fullmatch(asked) else uuid4().hex
        try:
            if self.server.loopback and not scope["path"].startswith(SIGNED):
                keep_out(headers, scope["method"])
            most = MOST_OF.get(scope["path"], MOST_BYTES)
            await self.app(scope, bounded(receive, headers, most), visit.sending(send))
        except Refusal as refusal:
            await self._shape(scope["path"])(refusal)(scope, receive, visit.sending(send))
        finally:
            visit.end()

    def _shape(self, path: str) -> Callable[[Refusal], Response]:
        return next((own for begin, own in self.shapes.items() if path.startswith(begin)), answer)


@dataclass
class Visit:
    """One request, from its first byte to its line in the log. `started` is on the performance counter."""

    scope: Scope
    server: Server
    started: float
    status: int = 500

    def sending(self, send: Send) -> Send:
        """What sends the answer, with the headers that every answer has."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = self.scope["state"]["id"]
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return with_headers

    def end(self) -> None:
        """Count it and write its line: nothing of what was said in it."""
        seconds, state = time.perf_counter() - self.started, self.scope["state"]
        route = getattr(self.scope.get("route"), "path", "")
        method = self.scope["method"] if self.scope["method"] in METHODS else "other"
        self.server.counts.add(method, route, self.status, seconds)
        line = {
            "id": state["id"],
            "method": method,
            "path": self.scope["path"][:200],
            "status": self.status,
            "ms": round(seconds * 1000, 1),
            "person": state.get("person"),
            "jobs": state.get("jobs", []),
        }
        LOG.info(json.dumps(line, ensure_ascii=True))


def keep_out(headers: Headers, method: str) -> None:
    """Refuse what a page of another site sends to this machine, and names that only lead here.

    A browser may be told by a stranger's page to ask http://127.0.0.1, or that a stranger's name is
    127.0.0.1. Programs send neither Origin nor Sec-Fetch-Site, and name the host they mean.
    """
    host = headers.get("host", "")
    if _name(host) not in OURS:
        raise Refusal("other_host", "This server answers as localhost or 127.0.0.1 only.")
    if is_foreign(headers, method):
        raise Refusal("other_origin", "Pages of other sites may not use this server.")


def _name(host: str) -> str:
    """Without the port."""
    return re.sub(r":\d*$", "", host.lower()) if not host.endswith("]") else host.lower()


def bounded(receive: Receive, headers: Headers, most: int) -> Receive:
    """What reads the body, and stops where it is too long, whatever the headers say. Raises Refusal."""
    too_large = f"A body of this request has at most {most >> 20} MiB."
    said = headers.get("content-length", "0")
    if said.isdigit() and int(said) > most:
        raise Refusal("too_large", too_large)
    had = 0

    async def counted() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > most:
            raise HTTPException(413, too_large)  # one that FastAPI lets through while it reads a body
        return message

    return counted
