"""Pictures that a JSON body names: by address, as data: or by the id of one that was made here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.kept import CALL, picture_of
from sfumato.faces.openai.seen import Raw, from_address
from sfumato.faces.web.server import Server
from sfumato.studio.store import NotThere, Person

MOST = 18  # sixteen pictures, a mask, markup
PICTURE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{1,2}", re.A)


def named_pictures(server: Server, me: Person, body: dict[str, Any], names: Sequence[str]) -> list[Raw]:
    """The pictures of these fields, in order; `images` is another name of `image`. Raises Wrong, Refusal."""
    said = [(name, own) for name in names for own in _listed(body, name)]
    if len(said) > MOST:
        raise Wrong("image", f"A request has at most {MOST} pictures.")
    return [_raw(server, me, name, own) for name, own in said]


def _listed(body: dict[str, Any], name: str) -> list[Any]:
    values = [body.get(name), body.get("images") if name == "image" else None]
    return [own for value in values if value for own in (value if isinstance(value, list) else [value])]


def _raw(server: Server, me: Person, field: str, own: Any) -> Raw:
    """One of `{"image_url": …}`, `{"file_id": …}`, or either text by itself."""
    name = own.get("file_id") if isinstance(own, dict) else own
    if isinstance(name, str) and (CALL.fullmatch(name) or PICTURE.fullmatch(name)):
        return _made_here(server, me, field, picture_of(name) if CALL.fullmatch(name) else name)
    address = own.get("image_url") if isinstance(own, dict) else own
    if isinstance(address, dict):
        address = address.get("url")
    if isinstance(address, str) and address:
        return from_address(address, field, server.fetch)
    raise Wrong(
        field,
        "Name a picture by image_url, a data: or http(s) address, or by file_id: the id of one that was made "
        "here, `ig_…` or `picture` of an answer. Files are not kept here: send them.",
    )


def _made_here(server: Server, me: Person, field: str, picture: str) -> Raw:
    try:
        row = server.store.pictures.get(picture, me.id)
    except NotThere:
        raise Wrong(field, f"There is no picture {picture}.", "not_found") from None
    path = server.store.gallery / row.path
    if row.trashed is not None or not path.is_file():
        raise Wrong(field, f"The file of the picture {picture} is not there any more.", "not_found")
    return Raw(field, path.read_bytes())
