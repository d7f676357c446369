"""A lock on a file that dies with its process, however that ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO


def take(file: IO[str]) -> None:
    """Hold the open file's lock until it is closed. Raises BlockingIOError when another process holds it."""
    try:
        _lock(file.fileno())
    except OSError as error:
        raise BlockingIOError(
            f"Another process is at work on {Path(file.name).parent}: wait for it."
        ) from error


def _lock(number: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_taken(path: Path) -> bool:
    """Whether a living process holds the lock of this file."""
    try:
        with path.open("r+") as file:
            take(file)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
