"""How large a model is: its parts and their parameters, from configs and headers alone. No torch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sfumato.models._parts.header import header
from sfumato.models._parts.repository import Repository
from sfumato.models.weights import SCALE

BYTES: Mapping[str, float] = MappingProxyType({"float32": 4, "bfloat16": 2, "float16": 2, "int8": 1.05})
"""Of one parameter in each number format; int8 with its scales."""

LARGE = 2**28  # parameters

_BLOCK = re.compile(r"(.*?\.\d+)\.")


class Part(NamedTuple):
    """One network, in parameters.

    layer  of its largest block, as `transformer_blocks.3` is one
    rest   of what is in no block
    """

    name: str
    parameters: int
    layer: int
    rest: int


def parts_of(paths: Iterable[Path]) -> tuple[Part, ...]:
    """The networks in these folders and .safetensors files; what no weights are here for is left out."""
    return tuple(part for path in dict.fromkeys(paths) for part in _parts(path))


def is_large(parts: Iterable[Part]) -> bool:
    """Whether a processor gains little where several pictures share a pass of one of these networks."""
    return any(part.parameters > LARGE for part in parts)


def files_of(value: object) -> tuple[Path, ...]:
    """The paths that a family is made over, wherever in its fields they stand."""
    return tuple(dict.fromkeys(_paths(value)))


def weight_files(path: Path) -> tuple[Path, ...]:
    """The weights in a folder, of one variant for each component, or the file itself."""
    return tuple(file for _, files in _components(path) for file in files)


def _paths(value: Any) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from _paths(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _paths(getattr(value, field.name))


def _parts(path: Path) -> Iterator[Part]:
    for name, files in _components(path):
        yield _part(name, files)


def _components(path: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    if path.is_file():
        if path.suffix == ".safetensors":
            yield path.stem, (path,)
        return
    folders = sorted({file.parent for file in path.glob("*/*.safetensors")})
    if not folders and any(path.glob("*.safetensors")):
        yield path.name, Repository(path).files("")
    for folder in folders:
        yield folder.name, Repository(path).files(folder.name)


def _part(name: str, files: tuple[Path, ...]) -> Part:
    blocks: Counter[str] = Counter()
    for file in files:
        for tensor, shape in header(file).shapes.items():
            if not tensor.endswith(SCALE):
                found = _BLOCK.match(tensor)
                blocks[found[1] if found else ""] += prod(shape)
    rest = blocks.pop("", 0)
    return Part(name, rest + blocks.total(), max(blocks.values(), default=0), rest)
