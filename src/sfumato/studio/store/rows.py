"""What a store gives out: frozen records of its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from sfumato.plan import Plan
from sfumato.studio.store.states import Status

if TYPE_CHECKING:
    import numpy as np


class _Read:
    @classmethod
    def read(cls, row: Any) -> Self:
        """From a row of the database; columns that the record does not name are left out."""
        known = {own.name for own in fields(cls) if own.init}  # type: ignore[arg-type]
        found = {name: value for name, value in row._mapping.items() if name in known}
        lists = {name: tuple(json.loads(found[name])) for name in ("notes", "tags") if name in found}
        if "details" in found:
            found["details"] = json.loads(found["details"])
        return cls(**{**found, **lists})


@dataclass(frozen=True)
class JobRow(_Read):
    """A job as it stands. `plan` raises PlanError where the job is forgotten.

    key           what its owner named it by, so that it is accepted once
    attempt       counts retries from 1
    takes         how often this attempt was taken up and not given back, since it was resumed
    done, total   looks taken and to take
    preview       an encoded picture of how far it is
    board         the one of its owner that its pictures go onto
    lease         the right to report; only `claim` gives it out
    """

    id: str
    owner: str
    private: bool
    plan_json: str = field(repr=False)
    plan_hash: str
    notes: tuple[str, ...]
    priority: int
    batch: str
    key: str | None
    status: Status
    reason: str
    attempt: int
    takes: int
    worker: str
    done: int
    total: int
    preview: bytes | None = field(repr=False)
    created: float
    queued: float
    started: float | None
    ended: float | None
    gone: bool
    rev: int
    lease: str | None = field(default=None, repr=False)
    lease_until: float | None = None
    board: str | None = None

    @cached_property
    def plan(self) -> Plan:
        """What is to be made."""
        return Plan.from_json(self.plan_json)


@dataclass(frozen=True)
class PictureRow(_Read):
    """A picture of the gallery. `path` is relative to it, `embedding` float16 (n,) or None.

    hidden  the number of the change by which it became private for those who had seen it
    details  what another program wrote into its file (see `imports.Found.details`); empty for our own
    """

    id: str
    owner: str
    private: bool
    job: str
    index: int
    path: str
    sha256: str
    content: str
    width: int
    height: int
    aspect: float
    prompt: str
    operation: str
    model: str
    seed: int
    tags: tuple[str, ...]
    liked: bool
    rating: int
    created: float
    trashed: float | None
    gone: bool
    rev: int
    details: Mapping[str, Any] = field(default_factory=dict)
    blob: bytes | None = field(default=None, repr=False)
    hidden: int | None = None

    @property
    def embedding(self) -> np.ndarray | None:
        """What `similar` compares."""
        if self.blob is None:
            return None
        import numpy as np

        return np.frombuffer(self.blob, np.float16)


def hidden_from_others(row: PictureRow) -> PictureRow:
    """What those are told who saw a picture before it became private: that it is gone."""
    nothing = dict.fromkeys(("path", "sha256", "content", "prompt", "operation", "model"), "")
    zero = dict.fromkeys(("width", "height", "seed", "rating"), 0)
    left = {"aspect": 1.0, "tags": (), "liked": False, "created": 0.0, "trashed": None, "blob": None}
    return replace(row, **nothing, **zero, **left, gone=True)


@dataclass(frozen=True)
class Board(_Read):
    """An ordered choice of pictures."""

    id: str
    owner: str
    private: bool
    name: str
    description: str
    created: float


@dataclass(frozen=True)
class Person(_Read):
    """Who owns jobs and pictures. The quotas are numbers for the server to hold people to; None is no bound.

    most_jobs      that may wait or run at a time
    most_pictures  that may be made in a day
    most_bytes     that their pictures may take
    """

    id: str
    name: str
    role: str
    most_jobs: int | None
    most_pictures: int | None
    most_bytes: int | None
    created: float


@dataclass(frozen=True)
class Change:
    """What a job or a picture has become. Of one that is gone only the id and the owner mean anything."""

    rev: int
    row: JobRow | PictureRow
