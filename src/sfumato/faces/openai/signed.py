"""Addresses of pictures that open without a key, for an hour: who has one may see that one picture."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from fastapi import APIRouter, Request, Response

from sfumato.faces.openai.answers import Dress, made
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Here, Server
from sfumato.studio.store import NotThere, PictureRow

router = APIRouter()

HOUR = 3600  # seconds that an address holds
SECRET = "addresses.key"
SHORT = 128  # bits of the signature that are kept, in bytes 16


def address_of(request: Request, server: Server, row: PictureRow, dress: Dress) -> str:
    """A picture's address, under the name by which this server was asked."""
    said = json.dumps([row.id, dress.size, dress.kind, dress.compression, int(time.time()) + HOUR]).encode()
    token = urlsafe_b64encode(_signature(server, said) + said).decode().rstrip("=")
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
    try:
        whole = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        whole = b""
    signature, said = whole[: SHORT // 8], whole[SHORT // 8 :]
    if not hmac.compare_digest(signature, _signature(server, said)):
        raise Refusal("not_found", "There is no such address.")
    picture, size, kind, compression, until = json.loads(said)
    row = server.store.pictures.get(picture)
    if row.trashed is not None or row.gone:
        raise NotThere("There is no such picture any more.")
    return row, Dress(None if size is None else (size[0], size[1]), kind, compression), until


def _signature(server: Server, said: bytes) -> bytes:
    return hmac.digest(_secret(server.store.gallery.with_name(SECRET)), said, sha256)[: SHORT // 8]


def _secret(path: Path) -> bytes:
    """The store's own secret, made when it is first needed; two processes that make it have the same."""
    if not path.exists():
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as part:  # only the owner reads it
            part.write(secrets.token_bytes(32))
        try:
            os.link(part.name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(part.name)
    return path.read_bytes()
