"""/mcp of the server: the tools over streamable HTTP, as whoever's key was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from sfumato.faces.openai.caller import caller
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.guard import MOST_UPLOAD
from sfumato.faces.web.server import Server

if TYPE_CHECKING:
    import httpx2
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

MISSING = "This server has no tools for assistants: install them with pip install 'sfumato[mcp]'."


@dataclass(eq=False)
class Mounted:
    """The tools, imported and begun when somebody first asks for them: they would hold the start up."""

    app: FastAPI
    server: Server
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    manager: StreamableHTTPSessionManager | None = None
    task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        await run_in_threadpool(caller, request, self.server, request.headers.get("authorization"))
        if find_spec("mcp") is None:
            raise Refusal("not_found", MISSING)
        await (await self._begun()).handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what is open."""
        self.stop.set()
        if self.task:
            await self.task

    async def _begun(self) -> StreamableHTTPSessionManager:
        async with self.lock:
            if self.manager is None:
                manager, running = await run_in_threadpool(self._made), asyncio.Event()
                self.task = asyncio.create_task(self._run(manager, running))
                await running.wait()
                self.manager = manager
            return self.manager

    def _made(self) -> StreamableHTTPSessionManager:
        from mcp.server.transport_security import TransportSecuritySettings

        from sfumato.faces.mcp.tools import mcp_server

        tools = mcp_server(self._connect)
        # Each request is whole in itself; which hosts and pages may send one is the guard's business.
        trusting = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        tools.streamable_http_app(
            stateless_http=True, transport_security=trusting, max_request_body_size=MOST_UPLOAD
        )
        return tools.session_manager

    async def _run(self, manager: StreamableHTTPSessionManager, running: asyncio.Event) -> None:
        async with manager.run():
            running.set()
            await self.stop.wait()

    def _connect(self, headers: Mapping[str, str]) -> httpx2.AsyncClient:
        """This application, without a network between; any key does where nobody has one."""
        import httpx2

        key = headers.get("authorization")
        needed = not self.server.loopback or self.server.store.people.have_keys()
        own = {"Authorization": key} if key and needed else {}
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=own, timeout=60)
