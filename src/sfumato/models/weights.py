"""Shipped weights: where they are, what identifies them, and their packed form.

Matrices and kernels are stored as int8 with one scale for each output channel (largest magnitude / 127);
vectors as float16. The file's metadata says the rest, each value as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_PACKAGE = Path(__file__).resolve().parents[1]
SCALE = "!scale"  # suffix of a packed tensor's scales


def weights_path(name: str) -> Path:
    """Where a shipped file is: inside the installed package, or beside `src` in a checkout."""
    installed = _PACKAGE / "weights" / name
    return installed if installed.exists() else _PACKAGE.parents[1] / "weights" / name


@lru_cache(maxsize=64)
def _digest(path: str, size: int, changed_ns: int) -> str:
    with Path(path).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def fingerprint(path: Path) -> str:
    """sha256 of the file, which plans name it by. Raises FileNotFoundError with what to do."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"The weights {path.name} are not on this machine: install Sfumato again, "
            "or train them with the file in recipes/ that names them."
        ) from None
    return _digest(str(path), status.st_size, status.st_mtime_ns)


def about(path: Path) -> dict[str, Any]:
    """The metadata of a weights file; reads only its header."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {key: json.loads(value) for key, value in header.get("__metadata__", {}).items()}


def pack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors in the stored form."""
    import torch

    packed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if tensor.ndim < 2:
            packed[name] = tensor.half()
            continue
        rows = tensor.float().flatten(1)
        scale = rows.abs().amax(1).clamp(min=1e-8) / 127
        packed[name] = (rows / scale[:, None]).round().to(torch.int8).reshape(tensor.shape)
        packed[name + SCALE] = scale
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """float32 tensors out of the stored form."""
    plain = {name: tensor.float() for name, tensor in packed.items() if not name.endswith(SCALE)}
    for name in (key.removesuffix(SCALE) for key in packed if key.endswith(SCALE)):
        scale = packed[name + SCALE]
        plain[name] = plain[name] * scale.reshape(-1, *[1] * (plain[name].ndim - 1))
    return plain


def load_packed(path: Path) -> dict[str, Tensor]:
    """The tensors of a weights file, unpacked."""
    from safetensors.torch import load_file

    return unpack(load_file(path))
