"""Where a server of this machine answers: written into its data folder while it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from sfumato.faces.whole import PRIVATE, write

NAME = "server.json"
ANY = frozenset({"0.0.0.0", "::"})  # every address: this machine is one of them


class Address(NamedTuple):
    """A running server.

    url       http://host:port, as this machine reaches it
    token     the key of the machine's owner
    instance  what GET /api/health must say for it to be this one
    pid       of its process
    """

    url: str
    token: str
    instance: str
    pid: int


def url_of(host: str, port: int) -> str:
    """How this machine reaches a server that listens there."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}[host] if host in ANY else host
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def announce(folder: Path, address: Address) -> None:
    """Write the file, readable by this user alone: whole, in place of one that a killed server left."""
    write(folder / NAME, json.dumps(address._asdict()).encode(), PRIVATE)


def withdraw(folder: Path, instance: str) -> None:
    """Remove the file, unless another server has written it since."""
    written = read(folder)
    if written is not None and written.instance == instance:
        (folder / NAME).unlink(missing_ok=True)


def read(folder: Path) -> Address | None:
    """What the file says, which may be of a server that was killed; None where there is none to be read."""
    try:
        return Address(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
