"""A lock on a file that dies with its process, however that ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO


def take(file: IO[str]) -> None:
    """Hold the open file's lock until it is closed. Raises OSError when another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_taken(path: Path) -> bool:
    """Whether a living process holds the lock of this file."""
    if not path.exists():
        return False
    with path.open("a") as file:
        try:
            take(file)
        except OSError:
            return True
    return False
