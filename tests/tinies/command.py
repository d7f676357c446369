"""The command line as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = "import sys; from sfumato.faces.cli import main; sys.argv[0] = 'sfumato'; sys.exit(main())"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", START, *arguments]


def sfumato(
    *arguments: str, cwd: Path | None = None, told: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=cwd, input=told, capture_output=True, text=True, timeout=600, check=False
    )
