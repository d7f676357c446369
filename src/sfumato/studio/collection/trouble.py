"""Why a model cannot be added, found or removed: sentences that say what to do."""

from __future__ import annotations


class NotAdded(ValueError):
    """A model was not added; nothing is half there. The message says what to do."""


class DiskFull(NotAdded):
    """There is no room for a model's files."""

    def __init__(self, wanted: int, free: int) -> None:
        super().__init__(
            f"The disk has {size(free)} free and this model takes {size(wanted)}: make room, or set "
            "SFUMATO_MODELS to a folder on another disk."
        )


def size(count: int) -> str:
    """Bytes for people."""
    for power, unit in enumerate(("bytes", "KB", "MB")):
        if count < 1000 ** (power + 1):
            return f"{count / 1000**power:.0f} {unit}"
    return f"{count / 1000**3:.1f} GB"
