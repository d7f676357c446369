"""What a .safetensors file says of itself before its first tensor: names, shapes, metadata. No torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

HEADER_LIMIT = 100_000_000  # bytes; as the format's own readers have it


class Header(NamedTuple):
    """The names and shapes of a .safetensors file's tensors, and its metadata."""

    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str]


def header(path: Path) -> Header:
    """What the file holds; nothing where it is no .safetensors file."""
    if not path.is_file() or path.suffix != ".safetensors":
        return Header({}, {})
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if length <= HEADER_LIMIT else b""
    try:
        told = json.loads(text)
        metadata = told.pop("__metadata__", None) or {}
        return Header({name: tuple(entry["shape"]) for name, entry in told.items()}, metadata)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Header({}, {})
