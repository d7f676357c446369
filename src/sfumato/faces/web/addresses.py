"""Which addresses may be reached: those of the public internet, and no other."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

PORTS = MappingProxyType({"http": 80, "https": 443})
LONGEST = 2000  # characters of an address
EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))  # the last four bytes are an IPv4 address
TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"), IPv6Network("64:ff9b:1::/48"))


class NotFetched(ValueError):
    """An address was not asked; the sentence says why, and nothing of what stands inside this network."""


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


def parts_of(url: str) -> SplitResult:
    """An http(s) address in its parts. Raises NotFetched."""
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


def host_of(parts: SplitResult) -> str:
    """As it is sent: letters of other alphabets as the names of hosts have them. Raises NotFetched."""
    host = parts.hostname or ""
    try:
        return host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise NotFetched("This is no name that a host can have.") from None
