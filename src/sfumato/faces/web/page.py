"""The web page: what `web/` was built into, served as it is."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse, HTMLResponse

from sfumato.faces.web.errors import Refusal

STATIC = Path(__file__).with_name("static")
SCREENS = ("/", "/library", "/boards", "/boards/{id}", "/models", "/settings", "/picture/{id}")
"""Addresses of the page's own: the page is sent, and shows what belongs there."""

HOW = "python hatch_build.py"
MISSING = f"The web page is not built: run `{HOW}` in the checkout, or install the package again."
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
FOREVER = "public, max-age=31536000, immutable"


def page_router() -> APIRouter:
    """The routes of the page, which are no part of the schema."""
    router = APIRouter(include_in_schema=False)
    for place in SCREENS:
        router.get(place)(screen)
    router.get("/assets/{name}")(asset)
    router.get("/favicon.svg")(icon)
    return router


def is_built() -> bool:
    """Whether there is a page to send."""
    return (STATIC / "index.html").is_file()


def screen() -> Response:
    """The page. For everybody: it holds nothing of anybody, and asks for what it shows."""
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if not is_built():
        return HTMLResponse(f"<!doctype html><title>Sfumato</title><p>{MISSING}", 503, headers)
    return FileResponse(STATIC / "index.html", media_type="text/html", headers=headers)


def asset(name: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
    """A part of the page, named by its content; packed for whoever can read that."""
    path = STATIC / "assets" / name
    packed = path.with_name(f"{path.name}.gz")
    if "gzip" not in accept_encoding or name.endswith(".gz") or not packed.is_file():
        return _file(path, FOREVER)
    answer = FileResponse(packed, media_type=guess_type(name)[0])
    answer.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": FOREVER})
    return answer


def icon() -> Response:
    """The mark in the browser's tab."""
    return _file(STATIC / "favicon.svg", "max-age=86400")


def _file(path: Path, keep: str) -> Response:
    # A name is one part of an address, so it leads out of no folder but by `..`.
    if path.name == ".." or not path.is_file():
        raise Refusal("not_found", "The page has no such part: load it again.")
    return FileResponse(path, headers={"Cache-Control": keep})
