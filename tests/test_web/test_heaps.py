"""Threads of a server share their heaps."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

THREADS = """
import ctypes, sys
from threading import Barrier, Thread
from sfumato.faces.web.heaps import share_heaps

def hold(barrier):
    own = [bytes(1000) for _ in range(1000)]
    barrier.wait()
    del own

if sys.argv[2] == "shared":
    share_heaps()
barrier = Barrier(12)
threads = [Thread(target=hold, args=(barrier,)) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has several heaps")
def test_threads_share_two_heaps(tmp_path: Path) -> None:
    counts = {}
    for way in ("shared", "alone"):
        told = tmp_path / f"{way}.xml"
        subprocess.run([sys.executable, "-c", THREADS, str(told), way], check=True, timeout=60)
        counts[way] = told.read_text().count("<heap nr=")
    assert counts["shared"] == 2 < counts["alone"]
