"""Addresses that only this server can have made: what they say stands in them, beside a signature of it."""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Server

SECRET = "addresses.key"
SHORT = 16  # bytes of the signature that are kept


def sealed(server: Server, purpose: str, said: bytes) -> str:
    """What is said, as a part of an address. It holds for the same purpose only."""
    return urlsafe_b64encode(_signature(server, purpose, said) + said).decode().rstrip("=")


def unsealed(server: Server, purpose: str, token: str) -> bytes:
    """What was said. Raises Refusal where this server did not say so."""
    try:
        whole = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        whole = b""
    signature, said = whole[:SHORT], whole[SHORT:]
    if not hmac.compare_digest(signature, _signature(server, purpose, said)):
        raise Refusal("not_found", "There is no such address.")
    return said


def _signature(server: Server, purpose: str, said: bytes) -> bytes:
    secret = _secret(server.store.gallery.with_name(SECRET))
    return hmac.digest(secret, purpose.encode() + b"\0" + said, sha256)[:SHORT]


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
