"""Who asks. These clients always send a key: where nobody has one, any will do."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from sfumato.faces.web.events import Follower
from sfumato.faces.web.server import Here, anybody, known, maker, who
from sfumato.studio.local import local_owner
from sfumato.studio.store import Person


def caller(request: Request, server: Here, authorization: Annotated[str | None, Header()] = None) -> Person:
    """Whose key was sent; on the owner's own machine, as long as nobody has one, the owner. Raises
    Refusal."""
    if server.loopback and not server.store.people.have_keys():
        return known(request, server, local_owner(server.store))
    return who(anybody(request, server, authorization))


Caller = Annotated[Person, Depends(caller)]


def making(me: Caller) -> Person:
    """Who asks, if they may make pictures. Raises Refusal."""
    return maker(me)


def follower_of(request: Request) -> Follower:
    """Who tells that something has changed."""
    return request.app.state.follower


Making = Annotated[Person, Depends(making)]
Following = Annotated[Follower, Depends(follower_of)]
