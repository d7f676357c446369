"""A job: one plan that was accepted, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from sfumato.plan import Plan
from sfumato.studio.given import Given

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


@dataclass(frozen=True)
class Job:
    """One accepted plan.

    notes  what the pictures will not show, and what was read in a special way
    given  the pictures that the plan's inputs name
    """

    plan: Plan
    notes: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def pixels(self) -> dict[str, Tensor]:
        """The given pictures (3, H, W) in [-1, 1], by their hash."""
        return {item.input.hash: item.pixels for item in self.given}


@dataclass(frozen=True, eq=False)
class Step:
    """How far a job is.

    done, total   looks taken and to take, all pictures together
    seconds_left  estimate from the pace so far; None before the first look
    preview       draws the grid as it is believed now, uint8 (H, W, 3); None while there is nothing to see
    """

    job: Job
    done: int
    total: int
    seconds_left: float | None
    preview: Callable[[], np.ndarray | None]
