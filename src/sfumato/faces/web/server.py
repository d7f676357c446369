"""What every route needs: the store, the studio, who asks, and what they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import compare_digest, token_urlsafe
from threading import Lock
from types import MappingProxyType
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header, Request

from sfumato.faces.web.count import Counts
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.fetching import Fetcher
from sfumato.faces.web.origin import check_cookie
from sfumato.faces.web.rates import Rates
from sfumato.models.family import Family, families
from sfumato.studio import Studio
from sfumato.studio.local import local_owner
from sfumato.studio.store import NotThere, Person, Store, Unavailable

CHALLENGE = MappingProxyType({"WWW-Authenticate": "Bearer"})


@dataclass(frozen=True)
class Server:
    """One server.

    wake      tells the worker that there is something to do
    loopback  whether it listens on this machine alone: then pages of other sites are kept out
    asking    held while a key is looked for and jobs are accepted, so that a request sent twice is one
    instance  names this run of the server, so that who finds its address sees whether it is still that one
    fetch     what stands at an address of another site; None fetches nothing
    tell      sends news to addresses of other sites; None sends nothing
    rates     how often a person may ask
    token     the key of the machine's owner: what it is stands in a file that they alone can read
    """

    store: Store
    studio: Studio
    wake: Callable[[], None]
    loopback: bool = True
    counts: Counts = field(default_factory=Counts)
    asking: Lock = field(default_factory=Lock)
    instance: str = field(default_factory=lambda: uuid4().hex)
    fetch: Callable[[str], bytes] | None = None
    tell: Fetcher | None = None
    rates: Rates = field(default_factory=Rates)
    token: str = field(default_factory=lambda: token_urlsafe(32), repr=False)

    @staticmethod
    def cookie_of(request: Request) -> str:
        """The name of the cookie: with the port, as browsers do not tell ports of one name apart."""
        return f"sfumato_{request.url.port}" if request.url.port else "sfumato"

    @property
    def needs_key(self) -> bool:
        """Whether who sends no key is nobody."""
        return not self.loopback or self.store.people.have_keys()

    @property
    def models(self) -> Mapping[str, Family]:
        """What can be asked for by name: never a path, which would let strangers look through the disk."""
        if self.studio.models is not None:
            return self.studio.models
        return {own.name: own for own in (self.studio.family, *families())}

    def drawing(self, name: str | None) -> Studio:
        """The studio in which this model draws; None is the server's own, and lets a prompt's version choose.

        Raises Refusal.
        """
        family = self.model(name)
        return replace(self.studio, family=family, models=self.studio.models if name is None else None)

    def model(self, name: str | None) -> Family:
        """A model by its name; None is the server's own. Raises Refusal."""
        if name is None:
            known = self.studio.models
            return self.studio.family if known is None else known.family(())
        if name not in self.models:
            have = ", ".join(self.models)
            raise Refusal("unknown_model", f"There is no model {name!r}: choose one of {have}.")
        return self.models[name]


READING = frozenset({"GET", "HEAD", "OPTIONS"})


def server_of(request: Request) -> Server:
    """The server that a request is to."""
    return request.app.state.server


Here = Annotated[Server, Depends(server_of)]


def anybody(
    request: Request, server: Here, authorization: Annotated[str | None, Header()] = None
) -> Person | None:
    """Who asks: by key, else by cookie, else the local owner, as long as nobody has a key. None: nobody.

    Raises Refusal for a wrong key, and for a cookie that another page sends.
    """
    person = _of_cookie(request, server) if authorization is None else _of_key(server, authorization)
    if person is None and authorization is None and not server.needs_key:
        person = local_owner(server.store)
    return None if person is None else known(request, server, person)


def known(request: Request, server: Server, person: Person) -> Person:
    """Who was found to ask. Raises Refusal where they ask for changes too often."""
    request.state.person = person.name
    if request.method not in READING and (wait := server.rates.take(person.id)):
        said = f"That was more than {server.rates.most} requests a minute: wait {wait} s."
        raise Refusal("too_many_requests", said, None, {"Retry-After": str(wait)})
    return person


Anybody = Annotated[Person | None, Depends(anybody)]


def who(person: Anybody) -> Person:
    """Who asks. Raises Refusal where that is nobody."""
    if person is None:
        said = "Say who you are: sign in, or send Authorization: Bearer KEY."
        raise Refusal("no_key", said, None, CHALLENGE)
    return person


def _of_cookie(request: Request, server: Server) -> Person | None:
    token = request.cookies.get(server.cookie_of(request))
    if not token:
        return None
    try:
        person = server.store.sessions.person(token)
    except NotThere:
        return None
    check_cookie(request)
    return person


def _of_key(server: Server, authorization: str) -> Person:
    kind, _, key = authorization.partition(" ")
    try:
        if kind.lower() != "bearer":
            raise NotThere
        if compare_digest(key.strip().encode(), server.token.encode()):
            return local_owner(server.store)
        return server.store.people.by_key(key.strip())
    except NotThere:
        raise Refusal("wrong_key", "Nobody has this key.", None, CHALLENGE) from None


Me = Annotated[Person, Depends(who)]


def maker(me: Me) -> Person:
    """Who asks, if they may make and change things. Raises Refusal."""
    if me.role == "guest":
        raise Refusal("not_allowed", "Guests look; to make and change things, ask for another role.")
    return me


def is_still(request: Request, server: Server, me: Person) -> bool:
    """Whether what a request brought still stands for this person. Where the store cannot say, it does."""
    try:
        now = anybody(request, server, request.headers.get("authorization"))
    except Unavailable:
        return True
    except Refusal:
        return False
    return now is not None and now.id == me.id


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
