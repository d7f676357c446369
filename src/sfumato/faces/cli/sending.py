"""What was typed, as requests to a server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sfumato.faces.cli.making import Edits, Imagine, Way
from sfumato.faces.cli.wishes import Shown, there, typed
from sfumato.faces.client.client import Client, Declined

UNFIT = frozenset({"too_large", "too_many_pixels", "not_a_picture"})  # for a server; read here they may be


class Accepted(NamedTuple):
    """The jobs of a request, and the number of the last change before them."""

    ids: Sequence[str]
    since: int


def send(client: Client, asked: Imagine | Edits, way: Way) -> Accepted:
    """Have it accepted, its pictures sent before. Raises Declined, NoAnswer, FileNotFoundError."""
    path, body = _imagine(client, asked, way) if isinstance(asked, Imagine) else _edit(client, asked, way)
    return accepted(client.post(path, body))


def accepted(told: dict[str, Any]) -> Accepted:
    """What the server says of a request."""
    return Accepted([job["id"] for job in told["jobs"]], told["rev"])


def _imagine(client: Client, asked: Imagine, way: Way) -> tuple[str, dict[str, Any]]:
    said = typed(asked.pictures, way.negative, way.knobs, asked.then, asked.regions)
    body = {
        **_terms(way),
        "prompt": asked.prompt,
        "knobs": dict(said.knobs),
        "pictures": [{**_given(client, own), "role": own.role} for own in said.pictures],
        "then": [{"at": moment, "text": text} for moment, text in said.then],
        "regions": [{**_given(client, own), "text": own.text} for own in said.regions],
    }
    return "/api/jobs", body


def _edit(client: Client, asked: Edits, way: Way) -> tuple[str, dict[str, Any]]:
    said = typed((), way.negative, way.knobs)
    paths = [there(path) for path in asked.pictures]
    sources = [{"upload": upload(client, path)} for path in paths]
    body = {**_terms(way), "edit": asked.edit, "sources": sources, "words": asked.words}
    return "/api/edits", {**body, "knobs": dict(said.knobs)}


def _terms(way: Way) -> dict[str, Any]:
    return {"model": way.models[0] if way.models else None, "negative": way.negative}


def _given(client: Client, shown: Shown) -> dict[str, Any]:
    return {"upload": upload(client, shown.path), "weight": shown.weight}


def upload(client: Client, path: Path) -> str:
    """Send a picture's file; its content hash. Raises Declined."""
    try:
        return client.upload(path.read_bytes())
    except Declined as error:
        if error.code not in UNFIT:
            raise
        raise Declined(f"{path}: {error} With --alone it may be read here.", error.code) from None
