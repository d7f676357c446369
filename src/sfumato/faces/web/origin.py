"""Which page a request is from, as far as its headers tell."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import Headers

from sfumato.faces.web.errors import Refusal

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(headers: Headers, method: str) -> bool:
    """Whether a page of another origin sent it. Programs send neither Origin nor Sec-Fetch-Site.

    A link or an address that was typed is nobody's page: reading by it is fine.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    link = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    foreign = origin is not None and _host(origin) != headers.get("host", "").lower()
    return foreign or (site not in ("none", "same-origin") and not link)


def check_page(request: Request) -> None:
    """Raises Refusal for what a page of another origin sent."""
    if is_foreign(request.headers, request.method):
        raise Refusal("other_origin", "Pages of other sites may not use this server.")


def check_cookie(request: Request) -> None:
    """Raises Refusal for a request that may not be believed by its cookie alone.

    A browser adds cookies to what any page asks it to send. SameSite keeps those of other sites out, but not
    those of other ports and of neighbouring names; and what changes anything must show where it is from.
    """
    check_page(request)
    shown = request.headers.get("sec-fetch-site") == "same-origin" or "origin" in request.headers
    if request.method not in SAFE and not shown:
        raise Refusal(
            "other_origin", "This must come from a page of this server; programs send a key instead."
        )


def _host(origin: str) -> str:
    return origin.partition("://")[2].lower()
