"""spandrel, which knows the networks of upscalers by the names and shapes of their tensors. Needs torch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from math import prod
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch
from safetensors import safe_open
from torch import Tensor, nn

from sfumato.models._parts.header import header

VISION = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
NAMES = ("InterpolationMode", "normalize", "rotate")  # of the last of these, what is imported
SMALL = 1 << 14  # numbers of a tensor that tells what the network is; of larger ones the shape does
KEPT_UNDER = ("params_ema.", "params-ema.", "params.", "model_state_dict.", "state_dict.")
DAMAGED = (RuntimeError, KeyError, ValueError, AssertionError, IndexError)


class Facts(NamedTuple):
    """architecture  as spandrel calls it
    scale    sides of what it makes over those of what it is given
    purpose  "SR", "FaceSR", "Restoration" or "Inpainting"
    colours  channels of what it is given, and of what it makes
    halves   whether it computes in bfloat16
    """

    architecture: str
    scale: int
    purpose: str
    colours: tuple[int, int]
    halves: bool


class Enlarger(nn.Module):
    """A network as spandrel calls it: pictures (1, 3, h, w) in [0, 1] of any size, `scale` times as large."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found, self.network = found, found.model

    def forward(self, picture: Tensor) -> Tensor:
        return self.found(picture)


def facts(path: Path) -> Facts | None:
    """What the file is, from the names, shapes and smallest tensors in it; None where nobody knows it.

    Raises ValueError where it is only a part of what it looks like.
    """
    return _facts(path, path.stat().st_mtime_ns)


def load(path: Path) -> Enlarger:
    """The file's network on the CPU, in float32."""
    found = _library().MAIN_REGISTRY.load(_tensors(path, lambda shape: False))
    return Enlarger(found).eval().requires_grad_(False)


@lru_cache(maxsize=64)
def _facts(path: Path, changed_ns: int) -> Facts | None:
    library = _library()
    try:
        found = library.MAIN_REGISTRY.load(_tensors(path, lambda shape: prod(shape) > SMALL))
    except library.UnsupportedModelError:
        return None
    except DAMAGED as error:
        raise ValueError(f"{path.name} is not whole: {str(error).splitlines()[0]}") from error
    return Facts(
        architecture=found.architecture.name,
        scale=found.scale,
        purpose=found.purpose,
        colours=(found.input_channels, found.output_channels),
        halves=found.supports_bfloat16,
    )


def _tensors(path: Path, is_blank: Callable[[tuple[int, ...]], bool]) -> dict[str, Tensor]:
    """The file's tensors by their own names; those of a blank shape are zeros that take no memory."""
    shapes = header(path).shapes
    with safe_open(path, framework="pt") as file:
        return {
            own: torch.zeros(()).expand(shapes[name]) if is_blank(shapes[name]) else file.get_tensor(name)
            for name, own in own_names(shapes).items()
        }


def own_names(names: Iterable[str]) -> dict[str, str]:
    """The tensors that are the network's, and what they are called there: files of training hold two."""
    for prefix in KEPT_UNDER:
        if own := {name: name.removeprefix(prefix) for name in names if name.startswith(prefix)}:
            return own
    return {name: name for name in names}


def _library() -> Any:
    with _without_vision():
        return import_module("spandrel")


@contextmanager
def _without_vision() -> Iterator[None]:
    """While it lasts, torchvision can be imported where it is not there.

    important: two networks that are not opened here import three names of it, and where torch has been built
    for the CPU, the torchvision of the package index does not load and takes transformers down with it.
    """
    if VISION[0] in sys.modules:
        yield
        return
    for name in VISION:
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__spec__ = ModuleSpec(name, None)
    vars(sys.modules[VISION[-1]]).update(dict.fromkeys(NAMES))
    try:
        yield
    finally:
        for name in VISION:
            del sys.modules[name]
