"""The command line as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START = "import sys; from sfumato.faces.cli import main; sys.argv[0] = 'sfumato'; sys.exit(main())"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", START, *arguments]


def sfumato(
    *arguments: str, cwd: Path | None = None, told: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        input=told,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address; ended hard when a test fails."""
    server = subprocess.Popen(
        command("serve", "--port", "0", *options),
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        found = re.fullmatch(r"Sfumato listens on (http://\S+)\n", server.stdout.readline())
        assert found, server.stderr and server.stderr.read()
        yield server, found[1]
    finally:
        server.kill()
        server.communicate()
