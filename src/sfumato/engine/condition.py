"""Condition: everything a network may look at besides x and t, for one row.

Tokens, masks, pooled vectors, sizes, low-resolution pictures: named tensors without a batch axis.
"No prompt" is not a special case, it is just another Condition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple
from weakref import ref

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Condition:
    """Named tensors of one row. Two conditions are equal when their `id` is.

    The tensors must not be written to afterwards.
    """

    entries: Mapping[str, Tensor]
    _led: dict[Hashable, Led] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", MappingProxyType(dict(self.entries)))

    @cached_property
    def id(self) -> str:
        """A hash of names, dtypes, shapes and bytes: equal content has an equal id in every process, so
        that it serves as a cache key. For the words of a large encoder it takes milliseconds."""
        return content_id(self.entries)

    def __getitem__(self, name: str) -> Tensor:
        if name not in self.entries:
            have = ", ".join(self.entries) or "none"
            raise KeyError(f"this condition has no entry {name!r}; it has {have}.")
        return self.entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Condition) and self.id == other.id)

    def __hash__(self) -> int:
        return hash(self.id)

    @cached_property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Names and shapes, sorted: rows with equal shapes can share a forward pass without padding."""
        return tuple((name, tuple(self.entries[name].shape)) for name in sorted(self.entries))

    def replace(self, **entries: Tensor) -> Condition:
        """The same condition with some entries added or exchanged."""
        return Condition({**self.entries, **entries})

    def without(self, *names: str) -> Condition:
        """The same condition without some entries."""
        return Condition({name: tensor for name, tensor in self.entries.items() if name not in names})


class Led(NamedTuple):
    """The rows of a pass, and what was stacked of them. Weak, as the first row keeps this itself."""

    rows: tuple[ref[Condition], ...]
    whole: Tensor

    def of(self, rows: Sequence[Condition]) -> bool:
        """Whether it was made of these very rows."""
        return len(rows) == len(self.rows) and all(
            one() is row for one, row in zip(self.rows, rows, strict=True)
        )


def stacked(rows: Sequence[Condition], entry: str, like: Tensor | None = None) -> Tensor:
    """One entry of several rows, (B, ...); where `like` is given, on its device and in its number format.

    The first row remembers the last pass that it led: at their next step the same rows are not stacked
    again. Nobody may write to what is returned.
    """
    key = entry, None if like is None else (like.device, like.dtype)
    led = rows[0]._led.get(key)
    if led is None or not led.of(rows):
        whole = torch.stack([row[entry] for row in rows])
        led = Led(tuple(map(ref, rows)), whole if like is None else whole.to(like))
        rows[0]._led[key] = led
    return led.whole


def content_id(entries: Mapping[str, Tensor]) -> str:
    """SHA-256 over every entry in order of name: name, dtype, shape, bytes."""
    digest = hashlib.sha256()
    for name in sorted(entries):
        tensor = entries[name].detach().cpu().contiguous()
        digest.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
