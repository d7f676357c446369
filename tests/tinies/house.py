"""The house model comes with the package: no files are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType


def shipped(folder: Path) -> tuple[Path, ...]:
    return ()


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"house": shipped})
