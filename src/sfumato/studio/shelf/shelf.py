"""Shelf: the models that are open, each opened once, within a bound of memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models.family import Family
from sfumato.models.opening import PLAIN, Opening, Tuning
from sfumato.models.placement import WORK, NoRoom, Way, bytes_of, needed, place
from sfumato.models.size import files_of, is_large, parts_of
from sfumato.studio.collection.card import licences
from sfumato.studio.picture import made_by
from sfumato.studio.shelf.standing import Standing

if TYPE_CHECKING:
    from torch import nn

    from sfumato.engine import Answering, Batcher, Model


class Open(NamedTuple):
    """An open model.

    by       what makes pictures with it (see `made_by`)
    batcher  what drives it, and knows its passes and what it has read
    """

    model: Model
    by: Mapping[str, str]
    batcher: Batcher


@dataclass
class Held:
    """An open model on the shelf.

    networks  its own and those it shares with others
    sizes     bytes of weights that it takes on the device, by the files they come from
    """

    open: Open
    networks: tuple[nn.Module, ...]
    sizes: Mapping[Path, int]

    @property
    def bytes(self) -> int:
        return sum(self.sizes.values())

    @property
    def busy(self) -> bool:
        """Whether pictures are being made with it."""
        return self.open.batcher.busy


@dataclass(frozen=True)
class Shelf:
    """Opens models on a device; None takes what this machine does best, measured once.

    deterministic  on an accelerator: no picture's bits depend on its company, at the price of passes that are
                   filled up and checked. A CPU always keeps this promise.
    memory         bytes that weights may take; None takes most of what there is. Models that nobody uses are
                   closed for others, those unused for longest first.
    tuning         what trades bits for speed or memory

    `lease` and `close` are for one thread, the rest for any.
    """

    device: str | None = None
    dtype: str | None = None
    deterministic: bool = False
    memory: int | None = None
    tuning: Tuning = PLAIN
    _held: dict[Family, Held] = field(default_factory=dict, repr=False)
    _opening: dict[Family, Standing] = field(default_factory=dict, repr=False)
    _shared: Opening = field(default_factory=Opening, repr=False)
    _chosen: list[tuple[str, str]] = field(default_factory=list, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def holds(self, family: Family) -> bool:
        """Whether the family's model is open."""
        return family in self._held

    def standing(self, family: Family) -> Standing:
        """Where the family's model stands."""
        with self._lock:
            if held := self._held.get(family):
                return Standing("open", held.bytes, held.bytes, held.busy)
            return self._opening.get(family, Standing("closed"))

    def has_room(self, family: Family) -> bool:
        """Whether `lease` would find room now; else wait until a picture lands.

        Where nothing is in use there is always room: what then does not fit never will, and `lease` says so.
        """
        busy = [held.sizes for held in self._held.values() if held.busy]
        if family in self._held or not busy:
            return True
        return sum(_union(*busy, self._sizes(family)).values()) <= self._budget(self._choose()[0])

    def lease(self, family: Family) -> Open:
        """The family's model, opened where it is not, and others closed for it. Raises NoRoom."""
        with self._lock:
            held = self._held.pop(family, None)
            if held is not None:
                self._held[family] = held  # at the end: used last
                return held.open
        return self._open(family).open

    def close(self) -> None:
        """Give the memory of all models back."""
        for family in tuple(self._held):
            self._evict(family)

    def _open(self, family: Family) -> Held:
        device, dtype = self._choose()
        sizes = self._sizes(family)
        self._make_room(family, sizes, self._budget(device))
        total = sum(sizes.values())

        def heard(count: int) -> None:
            with self._lock:
                self._opening[family] = Standing("opening", min(count, total), total)

        heard(0)
        try:
            way, own = self._way(family, device, dtype), self._shared
            around = Opening(way, self.tuning, own.seat, own.shared, heard)
            with around.around():
                model = family.open(device, dtype)
        finally:
            with self._lock:
                self._opening.pop(family, None)
        if not around.taken:  # it opens networks of its own, which nobody placed or tuned
            sizes = {path: bytes_of(parts_of([path]), dtype) for path in files_of(family)}
        tuning = self.tuning if around.taken else PLAIN
        driven = self._driven(model, family, made_by(device, dtype, licences(family)), tuning)
        held = Held(driven, tuple(around.taken), sizes)
        with self._lock:
            self._held[family] = held
        return held

    def _driven(self, model: Model, family: Family, told: dict[str, str], tuning: Tuning) -> Open:
        from sfumato.engine import Batcher

        if tuning != PLAIN:
            told |= {"tuning": str(tuning)}
        return Open(model, told, Batcher(answering=self._answering(family)))

    def _answering(self, family: Family) -> Callable[[], Answering]:
        """What keeps a picture's bits apart from its company; on an accelerator only where it was asked
        for."""
        from sfumato.engine import Rows, Straight, apart

        device, _ = self._choose()
        if device == "cpu" and is_large(parts_of(files_of(family))):
            return apart
        return Rows if device == "cpu" or self.deterministic else Straight

    def _choose(self) -> tuple[str, str]:
        from sfumato.models.precision import choose_device, choose_dtype

        if not self._chosen:
            device = self.device or choose_device()
            self._chosen.append((device, self.dtype or choose_dtype(device)))
        return self._chosen[0]

    def _stored(self, dtype: str) -> str:
        """The number format of weights, where those of linear layers, nearly all, are kept in 8 bits."""
        return "int8" if self.tuning.quantize else dtype

    def _budget(self, device: str) -> int:
        from sfumato.models.memory import budget

        return self.memory if self.memory is not None else budget(device)

    def _way(self, family: Family, device: str, dtype: str) -> Way:
        """Raises NoRoom."""
        from sfumato.models.memory import budget

        host, parts = None if device == "cpu" else budget("cpu"), parts_of(files_of(family))
        return place(parts, self._stored(dtype), self._budget(device), host, work=0 if host is None else WORK)

    def _sizes(self, family: Family) -> Mapping[Path, int]:
        """Bytes on the device by file or folder; what networks take in turn is told of the first."""
        device, dtype = self._choose()
        stored, way, files = self._stored(dtype), self._way(family, device, dtype), files_of(family)
        if way == "whole":
            return {path: bytes_of(parts_of([path]), stored) for path in files}
        return {path: needed(parts_of(files), stored, way) for path in files[:1]}

    def _make_room(self, family: Family, sizes: Mapping[Path, int], room: int) -> None:
        """Close what nobody uses until there is room: first what shares nothing, the longest unused first."""
        while sum(_union(sizes, *(held.sizes for held in self._held.values())).values()) > room:
            idle = [own for own, held in self._held.items() if not held.busy]
            if not idle:
                raise NoRoom("Other models are at work and leave no room for this one: try again later.")
            self._evict(min(idle, key=lambda own: len(sizes.keys() & self._held[own].sizes.keys())))

    def _evict(self, family: Family) -> None:
        """Close a model. Networks that another one has, too, stay."""
        with self._lock:
            held = self._held.pop(family)
        others = {id(network) for own in self._held.values() for network in own.networks}
        held.open.batcher.forget(held.open.model)
        if not any(id(network) in others for network in held.networks):
            held.open.model.close()


def _union(*sizes: Mapping[Path, int]) -> dict[Path, int]:
    """Bytes by file, each counted once."""
    return {path: count for own in sizes for path, count in own.items()}
