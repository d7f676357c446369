"""Shelf: the models that are open, each opened once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models.family import Family
from sfumato.studio.picture import made_by

if TYPE_CHECKING:
    from sfumato.engine import Batcher, Model


class Open(NamedTuple):
    """An open model.

    by       what makes pictures with it (see `made_by`)
    batcher  what drives it, and knows its passes and what it has read
    """

    model: Model
    by: Mapping[str, str]
    batcher: Batcher


@dataclass(frozen=True)
class Shelf:
    """Opens models on a device; None takes what this machine does best, measured once.

    deterministic  on an accelerator: no picture's bits depend on its company, at the price of passes that are
                   filled up and checked. A CPU always keeps this promise.
    """

    device: str | None = None
    dtype: str | None = None
    deterministic: bool = False
    _open: dict[Family, Open] = field(default_factory=dict, repr=False)

    def holds(self, family: Family) -> bool:
        """Whether the family's model is open."""
        return family in self._open

    def lease(self, family: Family) -> Open:
        """The family's model, opened where it is not."""
        if family not in self._open:
            from sfumato.engine import Batcher, Rows, Straight
            from sfumato.models.precision import choose_device, choose_dtype

            device = self.device or choose_device()
            dtype = self.dtype or choose_dtype(device)
            answering = Rows if device == "cpu" or self.deterministic else Straight
            self._open[family] = Open(
                family.open(device, dtype), made_by(device, dtype), Batcher(answering=answering)
            )
        return self._open[family]

    def close(self) -> None:
        """Give the memory of all models back."""
        for held in self._open.values():
            held.model.close()
        self._open.clear()
