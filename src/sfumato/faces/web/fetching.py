"""Pictures from other sites, and news to them, so that nobody can make this machine look where they may not.

Every address is resolved once and the connection goes to what was checked, so that a name cannot change its
mind in between. Nothing is unpacked, no proxy is asked, and no key or cookie is sent.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Event, Timer
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urljoin

from sfumato import __version__
from sfumato.faces.web.addresses import PORTS, NotFetched, host_of, is_public, parts_of

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PIECE = 1 << 16
SAFE = "/%:@!$&'()*+,;=~-._"

Found = TypeVar("Found")
Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine finds them. Raises OSError."""
    return [str(own[4][0]) for own in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address that was checked. Raises OSError."""
    return socket.create_connection((address, port), seconds)


@dataclass(frozen=True)
class Limits:
    """How far fetching goes.

    size       bytes of an answer
    seconds    for everything, redirects included; the system's own resolver has limits of its own
    redirects  followed, each checked like the first address
    ports      that are connected to
    """

    size: int = 32 << 20
    seconds: float = 15.0
    redirects: int = 4
    ports: frozenset[int] = frozenset({80, 443})


class Target(NamedTuple):
    """An address that may be asked for: its parts, the host as it is sent, and what to connect to."""

    url: str
    scheme: str
    host: str
    port: int
    address: str
    path: str


@dataclass(frozen=True)
class Fetcher:
    """Fetches within limits. `resolve` and `connect` are what reaches the network."""

    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = resolve
    connect: Connect = connect

    def fetch(self, url: str) -> bytes:
        """What stands at an http(s) address. Raises NotFetched."""
        ends = time.monotonic() + self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            found = self._once(self.check(url), ends)
            if isinstance(found, bytes):
                return found
            url = found
        raise NotFetched(f"This address leads on more than {self.limits.redirects} times: give the last one.")

    def post(self, url: str, body: bytes) -> None:
        """Send JSON to an http(s) address. No redirect is followed, and nothing of the answer but its status
        is read. Raises NotFetched, also for an answer that is no success."""
        ends = time.monotonic() + self.limits.seconds
        target = self.check(url)
        self._within(target, ends, lambda connection: _sent(target, connection, body))

    def check(self, url: str) -> Target:
        """The address, if it may be reached. Raises NotFetched."""
        parts = parts_of(url)
        host, port = host_of(parts), parts.port or PORTS[parts.scheme]
        if port not in self.limits.ports:
            raise NotFetched(f"Port {port} is not fetched from: {sorted(self.limits.ports)} are.")
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise NotFetched(f"There is no host {host}.") from None
        if not addresses or not all(map(is_public, addresses)):
            raise NotFetched(f"{host} is not a host of the public internet: send the picture itself.")
        path = quote(parts.path or "/", safe=SAFE)
        query = f"?{quote(parts.query, safe=SAFE + '?')}" if parts.query else ""
        return Target(url, parts.scheme, host, port, addresses[0], path + query)

    def _once(self, target: Target, ends: float) -> bytes | str:
        """The content, or where it is said to be. Raises NotFetched."""
        return self._within(target, ends, lambda connection: self._answer(target, connection, ends))

    def _within(self, target: Target, ends: float, talk: Callable[[HTTPConnection], Found]) -> Found:
        """What is found out over a connection, until then. Raises NotFetched."""
        late = Event()
        try:
            with self._connected(target, ends, late) as connection:
                found = talk(connection)
        except TimeoutError:
            raise self._late() from None
        except NotFetched:
            raise
        except (OSError, HTTPException, ValueError) as error:
            if late.is_set():
                raise self._late() from None
            raise NotFetched(f"{target.host} could not be asked ({type(error).__name__}).") from None
        if late.is_set():  # what was cut off may look as if it had ended
            raise self._late()
        return found

    def _late(self) -> NotFetched:
        return NotFetched(f"The answer was not here within {self.limits.seconds:g} seconds.")

    @contextmanager
    def _connected(self, target: Target, ends: float, late: Event) -> Iterator[HTTPConnection]:
        """A connection that is cut when the time is over, however slowly the other side drips.

        late  is set before it is cut
        """
        own = self.connect(target.address, target.port, _left(ends))
        if target.scheme == "https":
            context = ssl.create_default_context()
            own = context.wrap_socket(own, server_hostname=target.host, do_handshake_on_connect=False)

        def cut() -> None:
            late.set()
            with suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(own, socket.SHUT_RDWR)

        timer = Timer(max(0.0, ends - time.monotonic()), cut)
        timer.start()
        try:
            with closing(own):
                if isinstance(own, ssl.SSLSocket):
                    own.do_handshake()
                connection = HTTPConnection(target.host, target.port)
                connection.sock = own
                yield connection
        finally:
            timer.cancel()

    def _answer(self, target: Target, connection: HTTPConnection, ends: float) -> bytes | str:
        _begin(target, connection, "GET", {"Accept": "image/*", "Accept-Encoding": "identity"})
        connection.endheaders()
        answer = connection.getresponse()
        if answer.status in REDIRECTS and (onward := answer.headers.get("Location")):
            return urljoin(target.url, onward)
        if answer.status != 200:
            raise NotFetched(f"{target.host} answers {answer.status}.")
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise NotFetched(f"{target.host} sends the picture packed, which was not asked for.")
        return self._body(answer, ends)

    def _body(self, answer: HTTPResponse, ends: float) -> bytes:
        most = f"A picture has at most {self.limits.size >> 20} MiB."
        said = answer.length
        if said is not None and said > self.limits.size:
            raise NotFetched(most)
        pieces, had = [], 0
        while piece := answer.read1(PIECE):
            pieces.append(piece)
            had += len(piece)
            if had > self.limits.size:
                raise NotFetched(most)
            _left(ends)
        if said is not None and had < said:
            _left(ends)
            raise NotFetched("The other side ended before the picture was whole.")
        return b"".join(pieces)


def _begin(target: Target, connection: HTTPConnection, method: str, headers: Mapping[str, str]) -> None:
    """The first line and the headers of a request: no cookie, no key."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"
    connection.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
    same = {"Host": named, "User-Agent": f"Sfumato/{__version__}", "Connection": "close"}
    for name, value in {**same, **headers}.items():
        connection.putheader(name, value)


def _sent(target: Target, connection: HTTPConnection, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    _begin(target, connection, "POST", headers)
    connection.endheaders(body)
    status = connection.getresponse().status
    if not 200 <= status < 300:
        raise NotFetched(f"{target.host} answers {status}.")


def _left(ends: float) -> float:
    """Seconds until then. Raises TimeoutError."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
