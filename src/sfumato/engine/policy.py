"""Policy: which picture goes first. A pure function of how pictures stand, asked anew before every pass.

Work is counted in numbers of x that were asked about, not in seconds, so that order never depends on a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """How one picture stands.

    priority   larger goes first, whatever the rest says
    left       work until the whole job that it belongs to is done
    waited     work that was done on anything since the job came
    overdrawn  work that its owner was given lately beyond an equal share
    """

    priority: int
    left: float
    waited: float
    overdrawn: float


Policy = Callable[[Standing], tuple[float, float]]

PATIENCE = 8.0


def shortest_first(standing: Standing) -> tuple[float, float]:
    """The shortest job first, fair between owners, and nothing starves; smaller comes first.

    A job's length shrinks with what it has waited in multiples of itself, so that the longest job is due in
    the end however many short ones come; what its owner had beyond an equal share counts as length.
    """
    length = standing.left + standing.overdrawn
    return -standing.priority, length / (1 + standing.waited / (PATIENCE * max(standing.left, 1.0)))


def first_come(standing: Standing) -> tuple[float, float]:
    """In the order of coming: the policy that others are compared with."""
    return -standing.priority, -standing.waited
