"""Who asks: the key is in a header of its own, or sent as Bearer."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from sfumato.faces.openai.caller import caller as bearer
from sfumato.faces.web.server import Here, maker
from sfumato.studio.store import Person


def caller(
    request: Request,
    server: Here,
    mj_api_secret: Annotated[str | None, Header()] = None,
    authorization: Annotated[str | None, Header()] = None,
) -> Person:
    """Whose key was sent. Raises Refusal."""
    return bearer(request, server, f"Bearer {mj_api_secret}" if mj_api_secret else authorization)


Caller = Annotated[Person, Depends(caller)]


def making(me: Caller) -> Person:
    """Who asks, if they may make pictures. Raises Refusal."""
    return maker(me)


Making = Annotated[Person, Depends(making)]
