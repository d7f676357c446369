"""Who asks: a key as password, whatever the name, or as Bearer."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated

from fastapi import Depends, Header, Request

from sfumato.faces.openai.caller import caller as bearer
from sfumato.faces.web.server import Here, maker
from sfumato.studio.store import Person


def caller(request: Request, server: Here, authorization: Annotated[str | None, Header()] = None) -> Person:
    """Whose key was sent. Raises Refusal."""
    return bearer(request, server, as_bearer(authorization))


def as_bearer(authorization: str | None) -> str | None:
    """A header that names a password as one that names a key."""
    kind, _, said = (authorization or "").partition(" ")
    if kind.lower() != "basic":
        return authorization
    try:
        password = b64decode(said.strip(), validate=True).decode().partition(":")[2]
    except (NotBase64, ValueError):
        password = ""
    return f"Bearer {password}"


Caller = Annotated[Person, Depends(caller)]


def making(me: Caller) -> Person:
    """Who asks, if they may make pictures. Raises Refusal."""
    return maker(me)


Making = Annotated[Person, Depends(making)]
