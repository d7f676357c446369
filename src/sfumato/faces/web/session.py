"""Signing in: a browser shows its key once and is known by a cookie from then on."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from sfumato.faces.web.about import MeShown
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import Form
from sfumato.faces.web.origin import check_page
from sfumato.faces.web.server import Here, Server
from sfumato.studio.store import NotThere

router = APIRouter(prefix="/api/session", tags=["session"])

DAY = 86400.0  # seconds
LASTS = 30 * DAY
TRIES = 10  # wrong keys from one address …
WITHIN = 300.0  # … in so many seconds
ADDRESSES = 4096  # remembered at a time


@dataclass
class Attempts:
    """Wrong keys of late, by address. Nobody guesses a key; this keeps the noise down."""

    now: Callable[[], float] = time.monotonic
    wrong: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def check(self, address: str) -> None:
        """Raises Refusal where there were too many."""
        with self.lock:
            since = self.now() - WITHIN
            times = [own for own in self.wrong.get(address, ()) if own > since]
            if len(times) >= TRIES:
                wait = str(int(times[0] - since) + 1)
                said = f"{TRIES} wrong keys came from this address: wait {wait} seconds."
                raise Refusal("too_many_tries", said, None, {"Retry-After": wait})

    def failed(self, address: str) -> None:
        """One more."""
        with self.lock:
            times = self.wrong.pop(address, [])
            self.wrong[address] = [*times[1 - TRIES :], self.now()]
            while len(self.wrong) > ADDRESSES:
                self.wrong.popitem(last=False)


class SignIn(Form):
    """A key, as `sfumato people` printed it."""

    key: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    stay: bool = Field(default=True, description="whether the browser keeps the cookie when it is closed")


@router.post("", summary="Sign a browser in")
def sign_in(asked: SignIn, request: Request, response: Response, server: Here) -> MeShown:
    """Give a cookie that stands for the key, for 30 days or until the key is another.

    One that goes with the browser lasts a day at most.
    """
    check_page(request)  # else a stranger's page could sign somebody in as somebody else
    address = request.client.host if request.client else ""
    attempts: Attempts = request.app.state.attempts
    attempts.check(address)
    try:
        person, token = server.store.sessions.begin(asked.key.strip(), LASTS if asked.stay else DAY)
    except NotThere:
        attempts.failed(address)
        raise Refusal("wrong_key", "Nobody has this key.") from None
    request.state.person = person.name
    give_cookie(request, response, token, int(LASTS) if asked.stay else None)
    return MeShown.of(server, person)


@router.delete("", status_code=204, summary="Sign out")
def sign_out(request: Request, response: Response, server: Here) -> None:
    """End this browser's session, if it has one."""
    check_page(request)
    if token := request.cookies.get(Server.cookie_of(request)):
        server.store.sessions.end(token)
        request.app.state.follower.doubt()
    give_cookie(request, response, "", 0)


def give_cookie(request: Request, response: Response, token: str, seconds: int | None) -> None:
    """Give a browser its token; None: until it is closed, 0 takes it away."""
    response.set_cookie(
        Server.cookie_of(request),
        token,
        max_age=seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
