"""What every route needs: the store, the studio, who asks, and what they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import compare_digest, token_urlsafe
from threading import Lock
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header, Request

from sfumato.faces.web.count import Counts
from sfumato.faces.web.errors import Refusal
from sfumato.models.family import Family, families
from sfumato.studio import Studio
from sfumato.studio.local import local_owner
from sfumato.studio.store import NotThere, Person, Store


@dataclass(frozen=True)
class Server:
    """One server.

    wake      tells the worker that there is something to do
    loopback  whether it listens on this machine alone: then pages of other sites are kept out
    asking    held while a key is looked for and jobs are accepted, so that a request sent twice is one
    instance  names this run of the server, so that who finds its address sees whether it is still that one
    token     the key of the machine's owner: what it is stands in a file that they alone can read
    """

    store: Store
    studio: Studio
    wake: Callable[[], None]
    loopback: bool = True
    counts: Counts = field(default_factory=Counts)
    asking: Lock = field(default_factory=Lock)
    instance: str = field(default_factory=lambda: uuid4().hex)
    token: str = field(default_factory=lambda: token_urlsafe(32), repr=False)

    @property
    def models(self) -> Mapping[str, Family]:
        """What can be asked for by name: never a path, which would let strangers look through the disk."""
        return {own.name: own for own in (self.studio.family, *families())}

    def model(self, name: str | None) -> Family:
        """A model by its name; None is the server's own. Raises Refusal."""
        if name is None:
            return self.studio.family
        if name not in self.models:
            have = ", ".join(self.models)
            raise Refusal("unknown_model", f"There is no model {name!r}: choose one of {have}.")
        return self.models[name]


def server_of(request: Request) -> Server:
    """The server that a request is to."""
    return request.app.state.server


Here = Annotated[Server, Depends(server_of)]


def who(request: Request, server: Here, authorization: Annotated[str | None, Header()] = None) -> Person:
    """Who asks. Without a key that is the local owner, as long as nobody has one. Raises Refusal."""
    person = _person(server, authorization)
    request.state.person = person.name
    return person


def _person(server: Server, authorization: str | None) -> Person:
    challenge = {"WWW-Authenticate": "Bearer"}
    if authorization is None:
        if server.loopback and not server.store.people.have_keys():
            return local_owner(server.store)
        raise Refusal("no_key", "Say who you are: send Authorization: Bearer KEY.", None, challenge)
    kind, _, key = authorization.partition(" ")
    try:
        if kind.lower() != "bearer":
            raise NotThere
        if compare_digest(key.strip().encode(), server.token.encode()):
            return local_owner(server.store)
        return server.store.people.by_key(key.strip())
    except NotThere:
        raise Refusal("wrong_key", "Nobody has this key.", None, challenge) from None


Me = Annotated[Person, Depends(who)]


def maker(me: Me) -> Person:
    """Who asks, if they may make and change things. Raises Refusal."""
    if me.role == "guest":
        raise Refusal("not_allowed", "Guests look; to make and change things, ask for another role.")
    return me


def admin(me: Me) -> Person:
    """Who asks, if they look after the server. Raises Refusal."""
    if me.role != "admin":
        raise Refusal("not_allowed", "Only who looks after the server may do that.")
    return me


Maker = Annotated[Person, Depends(maker)]
Admin = Annotated[Person, Depends(admin)]


def theirs(me: Person) -> str | None:
    """Whose a thing must be for this person to change it; None: whoever's they may see."""
    return None if me.role == "admin" else me.id
