"""The ×4 upscaler by itself at tiny size; behind Stable Diffusion it is a variant of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tinies import deepfloyd


def alone(folder: Path) -> tuple[Path, ...]:
    return (deepfloyd.upscaler(folder / "x4"),)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"x4": alone})
