"""How the networks of a model are opened: shared with other open models, placed, tuned, and told of.

A family opens its networks itself; what belongs to the machine and not to the family stands around that:

    with Opening(way="parts").around():
        model = family.open("cuda", "bfloat16")
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from sfumato.models.placement import Way
from sfumato.models.seat import Seat, is_gone

if TYPE_CHECKING:
    from torch import nn

_AROUND: ContextVar[Opening | None] = ContextVar("opening", default=None)


@dataclass(frozen=True)
class Tuning:
    """What trades bits or time of opening for speed or memory; all off by default.

    quantize  "int8": weights of linear layers as whole numbers of 8 bits with one scale for each output,
              computed in the model's number format; "fp8": the same as floats of 8 bits; "" leaves them
    compile   networks are compiled by torch at their first pass
    """

    quantize: str = ""
    compile: bool = False

    def __post_init__(self) -> None:
        if self.quantize not in ("", "int8", "fp8"):
            raise ValueError(f"There is no number format {self.quantize!r} for weights: choose int8 or fp8.")

    def __str__(self) -> str:
        return " ".join(
            (*([self.quantize] if self.quantize else []), *(["compiled"] if self.compile else []))
        )


PLAIN = Tuning()


@dataclass
class Opening:
    """way    where networks are while they work
    tuning  see there
    seat    what networks take in turn; one for all that use a device
    shared  networks that are open, by all that decides them; others are added
    heard   gets the bytes of weights opened so far
    taken   the networks of this opening
    """

    way: Way = "whole"
    tuning: Tuning = PLAIN
    seat: Seat = field(default_factory=Seat)
    shared: MutableMapping[Hashable, Any] = field(default_factory=WeakValueDictionary)
    heard: Callable[[int], None] = lambda count: None
    taken: list[nn.Module] = field(default_factory=list)
    _count: int = 0

    @contextmanager
    def around(self) -> Iterator[None]:
        """Networks that are opened inside, in this thread, are opened this way."""
        before = _AROUND.set(self)
        try:
            yield
        finally:
            _AROUND.reset(before)

    def network(self, key: Hashable, device: str, load: Callable[[str], nn.Module]) -> nn.Module:
        """The network that `load` opens on a device it is given, or the same one where it is open."""
        from sfumato.models.offload import put, weight_bytes
        from sfumato.models.tuning import tuned

        place = (key, device, self.way, self.tuning)
        network = self.shared.get(place)
        if network is None or is_gone(network):
            network = tuned(load(device if self.way == "whole" else "cpu"), self.tuning)
            put(network, device, self.way, self.seat)
            self.shared[place] = network
        self.taken.append(network)
        self._count += weight_bytes(network)
        self.heard(self._count)
        return network


def opening() -> Opening:
    """The one around, or one that shares nothing."""
    return _AROUND.get() or Opening()
