"""Ids as people type them: a start that is unique, or `last`."""

from __future__ import annotations

from collections.abc import Sequence

from sfumato.studio.local import local_owner
from sfumato.studio.store import Store
from sfumato.studio.store.starts import jobs_starting, pictures_starting

LAST = "last"
SHORT = 8  # letters of a job's id that are shown


def short(picture: str) -> str:
    """The id of a picture as lists show it: the start of its job's, and its number."""
    job, _, index = picture.rpartition("-")
    return f"{job[:SHORT]}-{index}"


def picture_of(store: Store, said: str) -> str:
    """The id of a picture. Raises ValueError where there is none, or several."""
    found = pictures_starting(store.database, "" if said == LAST else said, local_owner(store).id)
    if said != LAST:
        found = [own for own in found if short(own) == said] or found
    return _one(found, said, "picture", [short(own) for own in found])


def job_of(store: Store, said: str) -> str:
    """The id of a job. Raises as `picture_of`."""
    found = jobs_starting(store.database, "" if said == LAST else said, local_owner(store).id)
    return _one(found, said, "job", found)


def _one(found: Sequence[str], said: str, kind: str, shown: Sequence[str]) -> str:
    if not found:
        raise ValueError(f"There is no {kind} {said!r}." if said != LAST else f"There is no {kind} yet.")
    if len(found) > 1 and said != LAST:
        raise ValueError(f"{said!r} begins the ids of several: {', '.join(shown)}. Write more of it.")
    return found[0]
