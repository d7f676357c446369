"""The command line: `sfumato imagine`, the edits, `resume | parse | info | verify | models | bench`."""

from __future__ import annotations

import atexit
import gc

STOPPED = 130  # the shell's code for Ctrl-C
SEARCH = 50_000  # new objects between two searches for garbage


def main() -> int:
    """The console script. Exit codes: 0 done, 1 differs, 2 not understood or not possible here, 130 stopped.

    What a person can mend is a sentence; anything else is ours to mend and keeps its trace.
    """
    # A command is short: its garbage is not worth searching a library's million objects for, half a second.
    gc.set_threshold(SEARCH)
    atexit.register(gc.freeze)
    from sfumato.faces.cli.app import run

    return run()
