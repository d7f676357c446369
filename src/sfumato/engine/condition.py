"""Condition: everything a network may look at besides x and t, for one row.

Tokens, masks, pooled vectors, sizes, low-resolution pictures: named tensors without a batch axis.
"No prompt" is not a special case, it is just another Condition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Condition:
    """Named tensors of one row. Two conditions are equal when their `id` is.

    `id` hashes names, dtypes, shapes and bytes, so equal content has an equal id in every process:
    it serves as a cache key. The tensors must not be written to afterwards.
    """

    entries: Mapping[str, Tensor]
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", MappingProxyType(dict(self.entries)))
        object.__setattr__(self, "id", content_id(self.entries))

    def __getitem__(self, name: str) -> Tensor:
        if name not in self.entries:
            have = ", ".join(self.entries) or "none"
            raise KeyError(f"this condition has no entry {name!r}; it has {have}.")
        return self.entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Names and shapes, sorted: rows with equal shapes can share a forward pass without padding."""
        return tuple((name, tuple(self.entries[name].shape)) for name in sorted(self.entries))

    def replace(self, **entries: Tensor) -> Condition:
        """The same condition with some entries added or exchanged."""
        return Condition({**self.entries, **entries})

    def without(self, *names: str) -> Condition:
        """The same condition without some entries."""
        return Condition({name: tensor for name, tensor in self.entries.items() if name not in names})


def content_id(entries: Mapping[str, Tensor]) -> str:
    """SHA-256 over every entry in order of name: name, dtype, shape, bytes."""
    digest = hashlib.sha256()
    for name in sorted(entries):
        tensor = entries[name].detach().cpu().contiguous()
        digest.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
