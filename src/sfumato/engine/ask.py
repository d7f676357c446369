"""Ask and Answer: the only words the engine and a network exchange, one row at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from torch import Tensor

from sfumato.engine.condition import Condition


@dataclass(frozen=True, eq=False)
class Ask:
    """One row for one network: "at time t you see x; what is the clean picture?"

    net        which network of the model; guidance may ask two different ones
    x          (C, H, W) picture or latent, or (D,) embedding; float32, no batch axis
    t          time on the stage's noise path
    to         the time the sampler goes to next, for networks that jump or know the step's variance; t itself
               where no step hangs on this answer alone, as in Heun's second look
    condition  what else the network may look at
    """

    net: str
    x: Tensor
    t: float
    to: float
    condition: Condition


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network saw.

    x0        the clean picture it believes in: float32, shape and device of the ask's x
    variance  None, or where the variance of the step from t to `to` lies between its two bounds, like x0:
              0 is the posterior variance, 1 that of the forward step, with the logarithm in between
              (Nichol & Dhariwal 2021, Equation 15). A network trained with outputs in [-1, 1] gives
              (output + 1) / 2.
    kept      what guidance leaves for the next look of the same stage (State.kept); networks leave nothing
    """

    x0: Tensor
    variance: Tensor | None = None
    kept: Mapping[str, Tensor] = field(default_factory=dict)


class Look(NamedTuple):
    """Where a sampler wants to look next: x at time t, on its way to time `to`."""

    x: Tensor
    t: float
    to: float
