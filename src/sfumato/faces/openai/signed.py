"""Addresses of pictures that open without a key, for an hour: who has one may see that one picture."""

from __future__ import annotations

import json
import time

from fastapi import APIRouter, Request, Response

from sfumato.faces.openai.answers import Dress, made
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.sealed import sealed, unsealed
from sfumato.faces.web.server import Here, Server
from sfumato.studio.store import NotThere, PictureRow

router = APIRouter()

HOUR = 3600  # seconds that an address holds
PURPOSE = "openai"


def address_of(request: Request, server: Server, row: PictureRow, dress: Dress) -> str:
    """A picture's address, under the name by which this server was asked."""
    said = json.dumps([row.id, dress.size, dress.kind, dress.compression, int(time.time()) + HOUR]).encode()
    token = sealed(server, PURPOSE, said)
    return f"{request.base_url.scheme}://{request.base_url.netloc}/v1/images/files/{token}.{dress.kind}"


@router.get("/images/files/{name}")
def file(name: str, server: Here) -> Response:
    """The picture of such an address. For everybody who has it."""
    row, dress, until = _read(server, name.rpartition(".")[0])
    left = int(until - time.time())
    if left <= 0:
        raise Refusal("not_found", "This address has expired: ask for the picture again.")
    headers = {"Cache-Control": f"private, max-age={left}"}
    return Response(made(server, row, dress).data, media_type=f"image/{dress.kind}", headers=headers)


def _read(server: Server, token: str) -> tuple[PictureRow, Dress, int]:
    picture, size, kind, compression, until = json.loads(unsealed(server, PURPOSE, token))
    row = server.store.pictures.get(picture)
    if row.trashed is not None or row.gone:
        raise NotThere("There is no such picture any more.")
    return row, Dress(None if size is None else (size[0], size[1]), kind, compression), until
