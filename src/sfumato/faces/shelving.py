"""How models are kept, by the settings: the same for a server and for a command that works alone."""

from __future__ import annotations

from sfumato.faces.settings import Settings
from sfumato.models.memory import read_bytes
from sfumato.models.opening import Tuning
from sfumato.studio import Shelf


def shelf_of(settings: Settings, deterministic: bool = False) -> Shelf:
    """Nothing is opened yet. Raises ValueError for an amount of memory that cannot be read."""
    room = None if settings.memory is None else read_bytes(settings.memory)
    tuning = Tuning(settings.quantize or "", settings.compile)
    return Shelf(settings.device, settings.dtype, deterministic, room, tuning)
