"""Memo: what was once read from a text or a picture is not read again, as long as there is room for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from torch import Tensor

ROOM = 256 * 2**20

T = TypeVar("T")


@dataclass
class Memo:
    """What a model read, by what it read it from; what was longest not asked for goes first.

    room  bytes of tensors that are kept; a single value larger than this is not
    """

    room: int = ROOM
    _values: OrderedDict[Hashable, tuple[Any, int]] = field(default_factory=OrderedDict, repr=False)
    _held: int = 0

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value under this key, made where it is not kept.

        key  says everything the value depends on beside the model
        make gives a tensor or a mapping of such values; nobody may write to it afterwards
        """
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key][0]
        value = make()
        size = size_of(value)
        if size <= self.room:
            self._values[key] = value, size
            self._held += size
            while self._held > self.room:
                self._held -= self._values.popitem(last=False)[1][1]
        return value

    def __len__(self) -> int:
        return len(self._values)

    @property
    def held(self) -> int:
        """Bytes of tensors kept."""
        return self._held


def size_of(value: object) -> int:
    """Bytes of all tensors in a value."""
    if isinstance(value, Tensor):
        return value.numel() * value.element_size()
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values()))
    return 0
