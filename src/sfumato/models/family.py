"""What the floors to the right expect of a family, and the one place that lists the families."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

NAMES = ("house",)


class Family(Protocol):
    """One kind of model. Everything but `open` works without torch and without touching a weight."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str:
        """One line for lists."""
        ...

    def missing(self) -> tuple[Path, ...]:
        """The weight files that are not on this machine; empty when the family can be opened."""
        ...

    def defaults(self) -> Defaults:
        """What a prompt leaves open. Raises FileNotFoundError when weights are missing."""
        ...

    def check(self, plan: Plan) -> tuple[str, ...]:
        """Why this family cannot make this plan, as sentences; empty when it can."""
        ...

    def notes(self, plan: Plan) -> tuple[str, ...]:
        """What it will leave out of the picture, as sentences."""
        ...

    def open(self, device: str, dtype: str) -> Model:
        """The networks on a device, computing in "float32" or "bfloat16"."""
        ...


def family(name: str) -> Family:
    """The family of that name. Raises ValueError with the names there are."""
    if name not in NAMES:
        raise ValueError(f"There is no family {name!r}: choose one of {', '.join(NAMES)}.")
    return import_module(f"sfumato.models.{name}").FAMILY


def families() -> tuple[Family, ...]:
    """All families, the one used by default first."""
    return tuple(family(name) for name in NAMES)
