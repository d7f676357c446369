"""Which server a command talks to, if any."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfumato.faces.cli.making import Way
from sfumato.faces.client.address import read
from sfumato.faces.client.client import Client, NoAnswer
from sfumato.faces.places import data_folder

KEY = "SFUMATO_KEY"


def reach(way: Way) -> Client | None:
    """The server that was named, else the one that runs on this machine; None where the command works alone.

    Raises ValueError where a server was named and cannot do what is asked, NoAnswer where it is not there.
    """
    if way.alone:
        return None
    own = _own(way)
    if way.server:
        client = Client(way.server.rstrip("/"), os.environ.get(KEY, ""))
        if own:
            raise ValueError(f"{own} With --alone it is done here.")
        if not client.is_there():
            raise NoAnswer(f"No server answers at {client.url}: start it there, or correct --server.")
        return client
    client = found(data_folder())
    if client is not None and own:
        if not way.as_json:
            print(f"note  {own} So this is done here.", file=sys.stderr)
        return None
    return client


def found(folder: Path) -> Client | None:
    """The running server of a data folder; None also where it was killed and left its address."""
    address = read(folder)
    if address is None:
        return None
    client = Client(address.url, address.token)
    return client if client.is_there(address.instance) else None


def _own(way: Way) -> str:
    """Why only this process can do it; "" where a server can."""
    if len(way.models) > 1 or any(Path(name).exists() or os.sep in name for name in way.models):
        return "A server opens no models by path."
    if way.deterministic:
        return "A server is not told to be deterministic by one job."
    return ""


@contextmanager
def answering(way: Way) -> Iterator[Client]:
    """The server that runs, else one for this process alone. Raises as `reach`."""
    client = reach(way)
    if client is not None:
        yield client
        return
    from sfumato.faces.settings import load
    from sfumato.faces.web.serve import serving

    with serving(load()) as own:
        yield Client(own.url, own.token)
