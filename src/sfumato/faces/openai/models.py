"""Models by the names that clients give: ours, and those of OpenAI, which all mean the server's own."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter

from sfumato.faces.openai.caller import Caller
from sfumato.faces.web.server import Here, Server
from sfumato.studio import Studio

router = APIRouter()

THEIRS = re.compile(r"(gpt-image|chatgpt-image|dall-e)(-[A-Za-z0-9._-]*)?")


def drawing(server: Server, name: str | None) -> Studio:
    """The studio in which the model that a name means draws. Raises Refusal for one that nobody knows."""
    return server.drawing(None if name is None or THEIRS.fullmatch(name) else name)


@router.get("/models")
def models(server: Here, _me: Caller) -> dict[str, Any]:
    """What can draw here. The names that clients have written into them are answered, and not listed."""
    return {
        "object": "list",
        "data": [_shown(own.name) for own in server.models.values() if not own.missing()],
    }


@router.get("/models/{name:path}")
def model(name: str, server: Here, _me: Caller) -> dict[str, Any]:
    """One model, under the name that was asked for."""
    drawing(server, name)
    return _shown(name)


def _shown(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "sfumato"}
