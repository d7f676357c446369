"""Pictures from other sites, fetched so that nobody can make this machine look where they may not.

Every address is resolved once and the connection goes to what was checked, so that a name cannot change its
mind in between. Nothing is unpacked, no proxy is asked, and no key or cookie is sent.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Event, Timer
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from sfumato import __version__

PORTS = MappingProxyType({"http": 80, "https": 443})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PIECE = 1 << 16
LONGEST = 2000  # characters of an address
SAFE = "/%:@!$&'()*+,;=~-._"
EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))  # the last four bytes are an IPv4 address
TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"), IPv6Network("64:ff9b:1::/48"))

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


class NotFetched(ValueError):
    """An address was not fetched; the sentence says why, and nothing of what stands inside this network."""


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
            found = self._once(self._target(url), ends)
            if isinstance(found, bytes):
                return found
            url = found
        raise NotFetched(f"This address leads on more than {self.limits.redirects} times: give the last one.")

    def _target(self, url: str) -> Target:
        """The address, checked. Raises NotFetched."""
        parts = _parts(url)
        host, port = _host(parts), parts.port or PORTS[parts.scheme]
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
        late = Event()
        try:
            with self._connected(target, ends, late) as connection:
                found = self._answer(target, connection, ends)
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
        return NotFetched(f"The picture was not here within {self.limits.seconds:g} seconds.")

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
        host = f"[{target.host}]" if ":" in target.host else target.host
        named = host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"
        connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in (
            ("Host", named),
            ("User-Agent", f"Sfumato/{__version__}"),
            ("Accept", "image/*"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ):
            connection.putheader(name, value)
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


def is_public(address: str) -> bool:
    """Whether an IP address belongs to somebody on the public internet, and not to this machine or network.

    IPv4 inside IPv6 is judged as itself; tunnels, whose end nobody sees, are not public.
    """
    try:
        own = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(own, IPv6Address):
        if own.ipv4_mapped is not None:
            return is_public(str(own.ipv4_mapped))
        if own in EMBEDDING[0]:
            return is_public(str(ip_address(own.packed[-4:])))
        if own in EMBEDDING[1] or own.is_site_local or any(own in net for net in TUNNELS):
            return False
    special = (
        own.is_multicast or own.is_reserved or own.is_unspecified or own.is_loopback or own.is_link_local
    )
    return own.is_global and not special


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotFetched("This is no address that can be read.") from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or len(url) > LONGEST:
        raise NotFetched("Only http:// and https:// addresses are fetched.")
    if parts.username is not None or parts.password is not None:
        raise NotFetched("An address with a name or password in it is not fetched.")
    if any(ord(own) < 33 or ord(own) == 127 for own in url):
        raise NotFetched("This is no address that can be read.")
    return parts


def _host(parts: SplitResult) -> str:
    """As it is sent: letters of other alphabets as the names of hosts have them. Raises NotFetched."""
    host = parts.hostname or ""
    try:
        return host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise NotFetched("This is no name that a host can have.") from None


def _left(ends: float) -> float:
    """Seconds until then. Raises TimeoutError."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
