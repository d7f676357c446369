"""`sfumato mcp`: the studio as tools of an assistant, which starts this command and talks to it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.faces.cli.making import Way
from sfumato.faces.cli.reaching import answering, reach

if TYPE_CHECKING:
    import httpx2


def mcp_command(http: bool, alone: bool, server: str) -> int:
    """Talk over standard input and output until they end; with `http`, where a server listens. Returns 0.

    Raises ValueError where the package `mcp` is missing, NoAnswer where a server was named and is not there.
    """
    if find_spec("mcp") is None:
        raise ValueError("Tools for assistants need a package more: pip install 'sfumato[mcp]'.")
    return _listen(alone, server) if http else _talk(alone, server)


def _talk(alone: bool, server: str) -> int:
    with answering(_way(alone, server)) as client:
        import httpx2

        from sfumato.faces.mcp.tools import mcp_server

        key = {"Authorization": f"Bearer {client.key}"} if client.key else {}

        def connect(_headers: Mapping[str, str]) -> httpx2.AsyncClient:
            return httpx2.AsyncClient(base_url=client.url, headers=key, timeout=60)

        mcp_server(connect).run("stdio")
    return 0


def _listen(alone: bool, server: str) -> int:
    client = reach(_way(alone, server))
    if client is not None:
        print(f"{client.url}/mcp")
        return 0
    from sfumato.faces.settings import load
    from sfumato.faces.web.serve import serve

    print("No server runs: this one has /mcp.", file=sys.stderr)
    return serve(load())


def _way(alone: bool, server: str) -> Way:
    return Way(Path(), as_json=True, alone=alone, server=server)
