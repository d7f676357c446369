"""Whether weights are whole and safe, from their names, headers and lengths. No torch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sfumato.models.family import PICKLES
from sfumato.studio.collection.trouble import NotAdded

HEADER_LIMIT = 100_000_000  # bytes; as the format's own readers have it
BITS: Mapping[str, int] = MappingProxyType(
    {"BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16}
    | {"BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "F4": 4, "C64": 64}
)
PICKLED = (
    "is a pickle, which can run any program when it is read: get this model's .safetensors files, or have "
    "its maker convert it (safetensors.torch.save_file)"
)


def require_whole(path: Path) -> None:
    """Raises NotAdded for the first weight file in a folder, or the file itself, that is a pickle, is not
    what its name says, or was cut off."""
    if path.is_file():
        _require_file(path)
        return
    files = sorted(path.rglob("*.safetensors"))
    for file in files:
        _require_file(file)
    for index in sorted(path.rglob("*.safetensors.index*.json")):
        _require_shards(index)
    for folder in _networks(path):
        pickles = sorted(own for own in folder.iterdir() if own.suffix in PICKLES)
        if pickles and not any(folder.glob("*.safetensors")):
            raise NotAdded(f"{pickles[0].relative_to(path)} {PICKLED}.")
    if not files:
        raise NotAdded(
            f"{path} has no .safetensors file in it: name the folder or file of a model's weights."
        )


def _networks(path: Path) -> Iterator[Path]:
    """The folders that must have weights: those with a config, or the whole where there is none."""
    found = sorted(config.parent for config in path.glob("*/config.json"))
    yield from found or [path]


def _require_file(file: Path) -> None:
    if file.suffix in PICKLES:
        raise NotAdded(f"{file.name} {PICKLED}.")
    if file.suffix != ".safetensors":
        raise NotAdded(
            f"{file.name} is no .safetensors file: name a model's folder or its .safetensors file."
        )
    if wrong := fault(file):
        raise NotAdded(f"{file.name} {wrong}: get it again.")


def fault(file: Path) -> str:
    """What is wrong with a .safetensors file, "" where nothing is."""
    length = file.stat().st_size
    with file.open("rb") as opened:
        size = int.from_bytes(opened.read(8), "little")
        if length < 8 or size > HEADER_LIMIT:
            return "is not what its name says"
        text = opened.read(size)
    if text[:1] != b"{":
        return "is not what its name says"
    if len(text) < size:
        return f"was cut off: it ends inside its header, after {length} bytes"
    try:
        tensors = {name: entry for name, entry in json.loads(text).items() if name != "__metadata__"}
        ends = list(_ends(tensors))
    except (ValueError, TypeError, KeyError, AttributeError):
        return "is not what its name says"
    wanted = 8 + size + max(ends, default=0)
    if length < wanted:
        return f"was cut off: it has {length} of {wanted} bytes"
    return "" if length == wanted else f"is damaged: it has {length} bytes in place of {wanted}"


def _ends(tensors: Mapping[str, Any]) -> Iterator[int]:
    """Where tensors end. Raises ValueError where one is not as long as its shape."""
    for entry in tensors.values():
        first, last = entry["data_offsets"]
        if entry["dtype"] in BITS and (last - first) * 8 != prod(entry["shape"]) * BITS[entry["dtype"]]:
            raise ValueError
        yield last


def _require_shards(index: Path) -> None:
    shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    lost = sorted(name for name in shards if not (index.parent / name).exists())
    if lost:
        raise NotAdded(f"{lost[0]} is missing ({len(lost)} of {len(shards)} files of {index.parent.name}).")
