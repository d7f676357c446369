"""The tools with the protocol's own client: over pipes to a real process, over HTTP to a real server."""

from __future__ import annotations

import asyncio
import os
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_openai.conftest import Live, noise, png
from test_web.conftest import listening
from tinies.command import command

QUICK = "--q .25"
NAMES = {"imagine", "edit", "describe", "search", "jobs"}

Visit = Callable[[Client], Awaitable[Any]]


def visited(server: Any, visit: Visit) -> Any:
    """What a client brings home."""

    async def go() -> Any:
        async with Client(server) as client:
            return await visit(client)

    return asyncio.run(go())


def spoken(result: Any) -> str:
    assert not result.is_error, result.content
    return "\n".join(own.text for own in result.content if own.type == "text")


def seen(result: Any) -> list[Image.Image]:
    assert not result.is_error, result.content
    return [Image.open(BytesIO(b64decode(own.data))) for own in result.content if own.type == "image"]


async def whole_visit(client: Client) -> dict[str, Any]:
    """Every tool once."""
    progress: list[float] = []

    async def heard(done: float, _total: float | None, _message: str | None) -> None:
        progress.append(done)

    tools = await client.list_tools()
    ask = {"prompt": f"a red fox {QUICK}", "count": 2}
    made = await client.call_tool("imagine", ask, progress_callback=heard)
    links = [own for own in made.content if own.type == "resource_link"]
    name = links[0].name
    zoom = {"edit": {"kind": "zoom", "factor": 1.5}, "pictures": [name]}
    blue = b64encode(png(noise(40, 60))[1]).decode()
    vary = {"edit": {"kind": "vary"}, "pictures": [blue], "words": f"a cat {QUICK}"}
    file = await client.read_resource(links[0].uri)
    return {
        "tools": {own.name for own in tools.tools},
        "progress": progress,
        "pictures": seen(made),
        "told": spoken(made),
        "file": Image.open(BytesIO(b64decode(file.contents[0].blob))),  # type: ignore[union-attr]
        "zoom": seen(await client.call_tool("edit", zoom)),
        "vary": seen(await client.call_tool("edit", vary)),
        "words": spoken(await client.call_tool("describe", {"picture": name})),
        "found": await client.call_tool("search", {"words": "fox"}),
        "jobs": spoken(await client.call_tool("jobs", {})),
        "wrong": await client.call_tool("imagine", {"prompt": "a fox --ar x"}),
        "nobody": await client.call_tool("edit", {"edit": {"kind": "vary"}, "pictures": ["nobody-0"]}),
    }


def check(got: dict[str, Any]) -> None:
    assert got["tools"] == NAMES
    assert got["progress"] == sorted(got["progress"]) and got["progress"][-1] == 1
    assert len(got["pictures"]) == 2 and {own.format for own in got["pictures"]} == {"WEBP"}
    assert got["file"].text["sfumato"] and got["file"].size == got["pictures"][0].size
    off = np.abs(
        np.asarray(got["file"].convert("RGB"), int) - np.asarray(got["pictures"][0].convert("RGB"), int)
    )
    assert off.mean() < 12
    assert len(got["zoom"]) == len(got["vary"]) == 4 and got["words"].startswith("a red fox")
    assert any(own.type == "resource_link" for own in got["found"].content)
    assert "done 100% a red fox" in got["jobs"]
    assert got["wrong"].is_error and "--ar" in got["wrong"].content[0].text
    assert got["nobody"].is_error and "no such picture" in got["nobody"].content[0].text


def test_over_http(live: Live) -> None:
    check(visited(f"{live.address}/mcp", whole_visit))


@pytest.mark.minutes
def test_over_pipes_alone(tmp_path: Path) -> None:
    """No server runs: the command is one itself."""
    whole = command("mcp")
    env = {**os.environ, "SFUMATO_DATA": str(tmp_path), "SFUMATO_DEVICE": "cpu"}
    check(visited(StdioServerParameters(command=whole[0], args=whole[1:], env=env), whole_visit))
    assert list((tmp_path / "pictures").rglob("*.png"))


def test_who_does_not_wait_stops_the_job(live: Live) -> None:
    begun: list[str] = []

    async def leave(client: Client) -> None:
        async def heard(_done: float, _total: float | None, _message: str | None) -> None:
            begun.append(live.store.jobs.listed()[0].id)
            asking.cancel()

        ask = {"prompt": "a fox --q 4 --hd", "count": 1}
        asking = asyncio.create_task(client.call_tool("imagine", ask, progress_callback=heard))
        with pytest.raises(asyncio.CancelledError):
            await asking

    visited(f"{live.address}/mcp", leave)
    known = live.store.rev
    while live.store.jobs.get(begun[0]).status in ("queued", "running"):
        known = live.store.wait(known, 1.0)
    assert live.store.jobs.get(begun[0]).status == "cancelled"


def test_a_key_is_needed_once_somebody_has_one(store: Store) -> None:
    key = store.people.new_key(store.people.add("ann", "guest").id)

    async def with_key(address: str) -> tuple[Any, Any]:
        own = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60)
        async with own, Client(streamable_http_client(address, http_client=own)) as client:
            return await client.call_tool("jobs", {}), await client.call_tool("imagine", {"prompt": "a"})

    with listening(app_of(store, Studio(store.gallery), lambda: None)) as home:
        assert httpx2.post(f"{home}/mcp", json={}).status_code == 401
        elsewhere = httpx2.post(f"{home}/mcp", json={}, headers={"Origin": "http://elsewhere.example"})
        assert elsewhere.status_code == 403
        jobs, made = asyncio.run(with_key(f"{home}/mcp"))
    assert spoken(jobs) == "There are no jobs."
    assert made.is_error and "Guests" in made.content[0].text
