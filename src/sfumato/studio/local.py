"""The store of this machine, and its owner."""

from __future__ import annotations

from pathlib import Path

from sfumato.studio.store import Conflict, NotThere, Person, Store

LOCAL = "me"  # the owner of a server that nobody has a key to


def open_store(data: Path, url: str | None) -> Store:
    """The store in a folder, in SQLite unless a database is named. Raises as Store.open."""
    return Store.open(url or f"sqlite:///{data / 'store.sqlite'}", data)


def local_owner(store: Store) -> Person:
    """Whom a server without keys serves, and whose the commands' jobs are; made when first needed."""
    try:
        return store.people.named(LOCAL)
    except NotThere:
        try:
            return store.people.add(LOCAL, "admin")
        except Conflict:  # another process was quicker
            return store.people.named(LOCAL)
