"""The pictures of one command, wherever they are made: what a face has to know of them to show it.

These are plain values, so that a command that has its pictures made elsewhere needs no studio for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np


class Task(NamedTuple):
    """One job.

    plan   as Plan.to_json writes it
    notes  what the pictures will not show, and what was read in a special way
    opens  the model that has to be opened first, "" where none has to be
    """

    id: str
    plan: Mapping[str, Any]
    notes: Sequence[str]
    opens: str = ""


class Step(NamedTuple):
    """How far a job is; see sfumato.studio.Step."""

    done: int
    total: int
    seconds_left: float | None
    preview: Callable[[], np.ndarray | None]


class Work(Protocol):
    """The jobs of one command, and who makes them."""

    def __len__(self) -> int: ...

    def tasks(self) -> Iterator[Task]:
        """Each job, in order."""
        ...

    def work(self, task: Task) -> Iterator[Step | Path]:
        """Steps, then the file of each picture in order; where there are several, that of their grid last."""
        ...

    def stop(self) -> str:
        """End it before its end; what to tell who asked for that."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
