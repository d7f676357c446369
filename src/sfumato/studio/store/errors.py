"""What a store refuses, and when it cannot work; every message is a sentence for the person who asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError as OfDatabase
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

# What the databases say, and what a person can do about it; the first that is found is told.
ADVICE = (
    ("disk is full", "The disk is full: free some space and try again"),
    ("no space left", "The disk is full: free some space and try again"),
    ("database is locked", "Another program holds the database: wait for it, or end it, and try again"),
    ("lock timeout", "Another program holds the database: wait for it, or end it, and try again"),
    ("deadlock", "Two writers stood in each other's way: try again"),
    ("readonly", "The database may not be written to: give its file and its folder to this user"),
    ("read-only", "The database may not be written to: give its file and its folder to this user"),
    ("unable to open", "The database cannot be opened: see that its folder is there and may be written to"),
    ("malformed", "The database is damaged: restore a backup"),
    ("not a database", "This file is not a database of Sfumato: name another"),
    ("connection", "The database server does not answer: start it, or correct its address, and try again"),
)


class StoreError(Exception):
    """All that a store raises by itself."""


class Unavailable(StoreError):
    """The disk or the database cannot take or give it now; nothing was half-written."""


class NewerVersion(StoreError):
    """The database was made by a newer version of Sfumato."""


class NotThere(StoreError, LookupError):
    """There is no such thing, or it is another person's."""


class Conflict(StoreError):
    """What is asked contradicts what is kept: a key that names another plan, a name that is taken."""


class OverQuota(StoreError):
    """A person would have more than they may: `kind` is "jobs", that wait, or "pictures", a day."""

    def __init__(self, kind: str, most: int, wanted: int) -> None:
        said = "have {most} jobs waiting" if kind == "jobs" else "make {most} pictures a day"
        super().__init__(f"You may {said.format(most=most)}; with this it would be {wanted}.")
        self.kind = kind


class IllegalMove(StoreError):
    """A job in this state cannot do that."""


class LeaseLost(StoreError):
    """The job is no longer this worker's: stop working on it. Nothing of what was reported is written."""


@contextmanager
def told() -> Iterator[None]:
    """Turns what databases and disks raise into Unavailable, with what to do about it."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(_sentence(error)) from error
    except NoneFree as error:
        raise Unavailable("Too many are at the database at once: wait a moment and try again.") from error
    except OfDatabase as error:
        if type(error) is not OfDatabase:  # of a wrong statement or value: a defect of ours
            raise
        raise Unavailable(_sentence(error)) from error
    except OSError as error:
        what = error.strerror or str(error)
        raise Unavailable(
            f"{error.filename or 'A file'} cannot be read or written ({what}): see to its disk and try again."
        ) from error


def _sentence(error: DBAPIError) -> str:
    said = str(error.orig).strip()
    advice = next((advice for word, advice in ADVICE if word in said.lower()), None)
    return f"{advice or 'The database does not work: see to it and try again'} ({said})."
