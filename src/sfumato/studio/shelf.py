"""Shelf: the models that are open, each opened once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sfumato.models.family import Family
from sfumato.studio.picture import made_by

if TYPE_CHECKING:
    from sfumato.engine import Model


@dataclass(frozen=True)
class Shelf:
    """Opens models on a device; None takes what this machine does best, measured once."""

    device: str | None = None
    dtype: str | None = None
    _open: dict[Family, tuple[Model, Mapping[str, str]]] = field(default_factory=dict, repr=False)

    def holds(self, family: Family) -> bool:
        """Whether the family's model is open."""
        return family in self._open

    def lease(self, family: Family) -> tuple[Model, Mapping[str, str]]:
        """The open model of a family, and what makes pictures with it (see `made_by`)."""
        if family not in self._open:
            from sfumato.models.precision import choose_device, choose_dtype

            device = self.device or choose_device()
            dtype = self.dtype or choose_dtype(device)
            self._open[family] = (family.open(device, dtype), made_by(device, dtype))
        return self._open[family]

    def close(self) -> None:
        """Give the memory of all models back."""
        for model, _ in self._open.values():
            model.close()
        self._open.clear()
