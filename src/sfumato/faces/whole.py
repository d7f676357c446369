"""Files that are written completely or not at all."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from uuid import uuid4

PRIVATE = 0o600  # this user alone may read it
COMMON = 0o666  # whoever the umask lets


def write(path: Path, data: bytes, mode: int) -> None:
    """Put a file in its place, on the disk when this returns; it replaces what was there. Raises OSError.

    mode  who may read and write it, before the umask
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid4().hex}.partial")
    try:
        with open(part, "xb", opener=partial(os.open, mode=mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
