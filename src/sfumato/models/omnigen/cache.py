"""What is worth remembering between steps, within a limit of bytes: what was used longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


class Past(NamedTuple):
    """Keys and values of a condition's tokens in every layer, each (1, heads, L, D)."""

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]

    @property
    def size_bytes(self) -> int:
        return sum(tensor.numel() * tensor.element_size() for tensor in (*self.keys, *self.values))


class Kept:
    """The pasts of the conditions used last, by the conditions' ids; together at most `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._pasts: OrderedDict[str, Past] = OrderedDict()

    def past(self, name: str, read: Callable[[], Past]) -> Past:
        """The past of this name; `read` makes it where it is not here. One above the limit is not kept."""
        past = self._pasts.pop(name, None) or read()
        if past.size_bytes <= self.limit_bytes:
            self._pasts[name] = past
        while self.size_bytes > self.limit_bytes:
            self._pasts.popitem(last=False)
        return past

    @property
    def size_bytes(self) -> int:
        return sum(past.size_bytes for past in self._pasts.values())

    def __contains__(self, name: object) -> bool:
        return name in self._pasts

    def __len__(self) -> int:
        return len(self._pasts)

    def clear(self) -> None:
        self._pasts.clear()
