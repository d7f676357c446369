"""Where the networks of a model are while it works: a decision over numbers, made before anything opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sfumato.models.size import BYTES, Part

Way = Literal["whole", "parts", "layers"]
"""whole: all networks are on the device. parts: one network at a time, the others wait in the machine's
memory. layers: one block of a network at a time."""

WORK = 2**30  # bytes that passes need beside the weights


class NoRoom(ValueError):
    """A model does not fit; the message says what it needs, what there is and what to do."""


def bytes_of(parts: Sequence[Part], dtype: str) -> int:
    """What all networks take in this number format."""
    return round(sum(part.parameters for part in parts) * BYTES[dtype])


def needed(parts: Sequence[Part], dtype: str, way: Way) -> int:
    """The most bytes of weights that are on the device at a time."""
    if way == "whole":
        return bytes_of(parts, dtype)
    if way == "parts":
        return max((bytes_of([part], dtype) for part in parts), default=0)
    # What is in no block stays: it is used before and after all blocks.
    return round(BYTES[dtype] * (sum(p.rest for p in parts) + max((p.layer for p in parts), default=0)))


def place(parts: Sequence[Part], dtype: str, room: int, host: int | None = None, work: int = WORK) -> Way:
    """The first of whole, parts and layers that fits, which is also the order of their speed.

    room  bytes for weights and passes on the device
    host  bytes for weights in the machine's memory; None where the device computes in that memory itself,
          so that nothing is gained by moving

    Raises NoRoom.
    """
    ways: tuple[Way, ...] = ("whole",) if host is None else ("whole", "parts", "layers")
    for way in ways:
        held = way == "whole" or host is None or bytes_of(parts, dtype) <= host
        if held and needed(parts, dtype, way) + work <= room:
            return way
    least = needed(parts, dtype, ways[-1]) + work
    more = "" if host is None else f" and {_size(bytes_of(parts, dtype))} of the machine's memory"
    raise NoRoom(
        f"This model needs at least {_size(least)}{more} in {dtype}; there are {_size(room)}"
        f"{'' if host is None else f' and {_size(host)}'}: take a smaller model, or weights in int8."
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
