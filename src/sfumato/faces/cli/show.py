"""What a person is told while pictures form: lines, and on a terminal a drawing of them, see drawing.py.

What draws is imported for terminals alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sfumato.faces.cli import tongue
from sfumato.faces.extent import extent_of
from sfumato.faces.work import Step, Task


class Show(Protocol):
    """Speaks on standard error while pictures form; finished paths go to standard output, one a line."""

    def begin(self, task: Task, number: str) -> None: ...

    def step(self, step: Step) -> None: ...

    def end(self, paths: Sequence[Path], seconds: float) -> None: ...

    def close(self) -> None: ...


class Silent:
    """Says nothing."""

    def begin(self, task: Task, number: str) -> None: ...

    def step(self, step: Step) -> None: ...

    def end(self, paths: Sequence[Path], seconds: float) -> None: ...

    def close(self) -> None: ...


class Lines(Silent):
    """Says what is made and what was, a line each."""

    def begin(self, task: Task, number: str) -> None:
        for line, _ in said(task, number):
            print(line, file=sys.stderr, flush=True)

    def end(self, paths: Sequence[Path], seconds: float) -> None:
        print(count(paths, seconds), file=sys.stderr, flush=True)
        name(paths)


@contextmanager
def open_show(quiet: bool) -> Iterator[Show]:
    """A show that leaves the terminal as it was, however it ends."""
    show = Silent() if quiet else _drawing() if _is_seen() else Lines()
    try:
        yield show
    finally:
        show.close()


def said(task: Task, number: str) -> Iterator[tuple[str, str]]:
    """What is told of a job before it is made: lines, each with how it looks in colour."""
    plan, (width, height) = task.plan, extent_of(task.plan)
    about = f"{width} × {height}, seed {plan['seeds'][0]['number']}, {plan['family']}"
    yield f"{number}  {plan['prompt']}  ({about})", "bold"
    yield from ((f"note  {tongue.said(note)}", "yellow") for note in task.notes)
    if task.opens:
        yield f"opening {task.opens}", "dim"


def count(paths: Sequence[Path], seconds: float) -> str:
    """What was made, without the grid."""
    made = "1 picture" if len(paths) == 1 else f"{len(paths) - 1} pictures"
    return f"{made} in {seconds:.1f} s"


def name(paths: Sequence[Path]) -> None:
    """Print the paths, the grid's first."""
    print(paths[-1], *paths[:-1], sep="\n", flush=True)


def _drawing() -> Show:
    from sfumato.faces.cli.drawing import Drawing

    return Drawing()


def _is_seen() -> bool:
    """Whether a terminal shows what is drawn, or the environment wants it drawn anyway."""
    return sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR"))
