"""Who asks: the key is in a header of its own, or sent as Bearer, or in its place alone."""

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
    key = mj_api_secret or _bare(authorization)
    return bearer(request, server, f"Bearer {key}" if key else authorization)


def _bare(authorization: str | None) -> str:
    """A key that some clients send without the word before it; "" where that is not so."""
    return "" if authorization is None or " " in authorization.strip() else authorization.strip()


Caller = Annotated[Person, Depends(caller)]


def making(me: Caller) -> Person:
    """Who asks, if they may make pictures. Raises Refusal."""
    return maker(me)


Making = Annotated[Person, Depends(making)]
