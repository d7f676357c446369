"""The tools: imagine, edit, describe, search, jobs; and pictures as resources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx2
from mcp.server.mcpserver import Context, MCPServer
from mcp.types import ContentBlock, TextContent, ToolAnnotations
from pydantic import Field

from sfumato import __version__
from sfumato.faces.mcp.talk import SCHEME, Talk, Told, link
from sfumato.plan import Edit

Connect = Callable[[Mapping[str, str]], httpx2.AsyncClient]
"""From the headers of who asks to the server, as them."""

ABOUT = """Sfumato paints pictures on its owner's machine. Prompts are Midjourney's language: words, then
parameters such as --ar 3:2, --seed 7, --no people, --stylize 250. Pictures have ids; edits and descriptions
name them."""

Text = Annotated[str, Field(max_length=6200)]
Named = Annotated[str, Field(description="id of a picture of the gallery, or a picture in base64")]
LOOKS = ToolAnnotations(read_only_hint=True)
MAKES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


def mcp_server(connect: Connect) -> MCPServer:
    """The tools over a server that is reached so."""
    server = MCPServer("sfumato", title="Sfumato", instructions=ABOUT, version=__version__, log_level="ERROR")
    talking = _talking(connect)
    _add_making(server, talking)
    _add_looking(server, talking)
    return server


def _talking(connect: Connect):
    @asynccontextmanager
    async def talking(ctx: Context) -> AsyncIterator[Talk]:
        async with connect(ctx.headers or {}) as http:
            yield Talk(http)

    return talking


def _teller(ctx: Context) -> Told:
    async def tell(done: float, total: float, what: str) -> None:
        await ctx.report_progress(done, total, what)

    return tell


def _add_making(server: MCPServer, talking: Any) -> None:
    @server.tool(annotations=MAKES, structured_output=False)
    async def imagine(
        ctx: Context,
        prompt: Annotated[Text, Field(description="what is to be seen, then parameters such as --ar 3:2")],
        count: Annotated[
            int | None, Field(ge=1, le=64, description="pictures, fewer than the model's 4")
        ] = None,
        negative: Annotated[Text, Field(description="what to paint away from")] = "",
        model: Annotated[str | None, Field(description="null: the server's own")] = None,
    ) -> list[ContentBlock]:
        """Paint pictures of a prompt."""
        body = {"prompt": prompt, "count": count, "negative": negative, "model": model}
        async with talking(ctx) as talk:
            return await talk.made("/api/jobs", body, _teller(ctx))

    @server.tool(annotations=MAKES, structured_output=False)
    async def edit(
        ctx: Context,
        edit: Annotated[Edit, Field(description="what is done: vary, restyle, zoom, pan, upscale, blend …")],
        pictures: Annotated[
            list[Named], Field(min_length=1, max_length=6, description="region: and its mask")
        ],
        words: Annotated[
            Text | None, Field(description="what is to be seen; null: the picture's own words")
        ] = None,
    ) -> list[ContentBlock]:
        """Vary, restyle, repaint a region of, zoom out of, pan, enlarge or blend pictures."""
        async with talking(ctx) as talk:
            sources = [await talk.source(own) for own in pictures]
            body = {"edit": edit.model_dump(), "sources": sources, "words": words}
            return await talk.made("/api/edits", body, _teller(ctx))


def _add_looking(server: MCPServer, talking: Any) -> None:
    @server.tool(annotations=LOOKS, structured_output=False)
    async def describe(ctx: Context, picture: Named) -> str:
        """Put a picture into words that may make one like it: its own, else what it is taken for."""
        async with talking(ctx) as talk:
            return await talk.described(picture)

    @server.tool(annotations=LOOKS, structured_output=False)
    async def search(
        ctx: Context,
        words: Annotated[
            str, Field(max_length=500, description="all of them in the prompt or the tags")
        ] = "",
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
        liked: Annotated[bool | None, Field(description="true: only those that are liked")] = None,
        show: Annotated[bool, Field(description="whether the pictures come too, not only their ids")] = False,
    ) -> list[ContentBlock]:
        """Find pictures of the gallery, the newest first."""
        async with talking(ctx) as talk:
            rows = (await talk.get("/api/pictures", q=words, limit=limit, liked=liked))["pictures"]
            if not rows:
                return [TextContent(text="No picture has these words.")]
            return [own for row in rows for own in (await talk.shown(row["id"]) if show else [link(row)])]

    @server.tool(structured_output=False)
    async def jobs(
        ctx: Context,
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
        cancel: Annotated[str | None, Field(max_length=100, description="id of a job to stop first")] = None,
    ) -> str:
        """List jobs, the newest first: id, status, progress, prompt."""
        async with talking(ctx) as talk:
            if cancel is not None:
                await talk.post(f"/api/jobs/{cancel}/cancel")
            rows = (await talk.get("/api/jobs", limit=limit))["jobs"]
            lines = (f"{own['id']} {own['status']} {own['progress']:.0%} {own['prompt']}" for own in rows)
            return "\n".join(lines) or "There are no jobs."

    @server.resource(f"{SCHEME}{{picture}}", title="A picture", mime_type="image/png")
    async def picture(picture: str, ctx: Context) -> bytes:
        """The whole file, with its plan inside."""
        async with talking(ctx) as talk:
            return await talk.file(picture)
