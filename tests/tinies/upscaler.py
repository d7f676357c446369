"""Upscalers at tiny size, as people have them: one .safetensors file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tinies.parts import redraw


def network(architecture: str, module: str, name: str, **config: Any) -> Any:
    """One of spandrel's networks, drawn from a seed."""
    if find_spec("spandrel") is None:
        pytest.skip("spandrel is not installed: pip install --no-deps spandrel einops")
    from sfumato.models.upscaler.library import _without_vision

    with _without_vision():
        found = import_module(f"spandrel.architectures.{architecture}.__arch.{module}")
    return redraw(getattr(found, name)(**config), 1)


def esrgan(**config: Any) -> Any:
    return network("ESRGAN", "RRDB", "RRDBNet", num_filters=16, num_blocks=1, **config)


def compact(upscale: int = 4) -> Any:
    """Real-ESRGAN's small one: what it is given with larger pixels, and a little more."""
    made = network("Compact", "SRVGG", "SRVGGNetCompact", num_feat=32, num_conv=2, upscale=upscale)
    with torch.no_grad():
        for tensor in (made.body[-1].weight, made.body[-1].bias):
            tensor.mul_(0.01)
    return made


def swinir() -> Any:
    common = {"img_size": 16, "window_size": 8, "embed_dim": 12, "depths": [2], "num_heads": [2]}
    return network("SwinIR", "SwinIR", "SwinIR", upscale=2, upsampler="pixelshuffle", **common)


def dat() -> Any:
    common = {"img_size": 16, "embed_dim": 32, "split_size": [4, 4], "depth": [2], "num_heads": [2]}
    return network("DAT", "DAT", "DAT", upscale=4, upsampler="pixelshuffledirect", **common)


def write(folder: Path, made: Any, prefix: str = "") -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    state = {f"{prefix}{name}": tensor.contiguous().clone() for name, tensor in made.state_dict().items()}
    save_file(state, folder / "larger.safetensors")
    return (folder / "larger.safetensors",)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"compact": lambda folder: write(folder, compact())}
)
