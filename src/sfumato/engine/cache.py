"""The step cache: a look that would change little is answered with the answer before it.

Every picture decides for itself, by its own answers alone, and no network is looked into.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from sfumato.engine.ask import Answer
from sfumato.engine.guidance import NOTHING
from sfumato.engine.leg import Leg
from sfumato.engine.state import State

X0, VARIANCE, MOVED = "cache.x0", "cache.variance", "cache.moved"  # names in State.kept


def remembered(leg: Leg, state: State, answer: Answer) -> Mapping[str, Tensor]:
    """What is kept of an answer: all, and how far x0 is from the one before, as a share of its length."""
    if not leg.setting.stage.cache:
        return NOTHING
    own = {X0: answer.x0} if answer.variance is None else {X0: answer.x0, VARIANCE: answer.variance}
    before = state.kept.get(X0)
    if before is None:
        return {**own, MOVED: torch.tensor(torch.inf)}
    moved = (answer.x0 - before).norm() / answer.x0.norm().clamp(min=1e-12)
    return {**own, MOVED: moved.float()}


def recalled(leg: Leg, state: State) -> Answer | None:
    """The answer to the present look where it need not be asked.

    Never twice in a row, and never the last look of a stage, on which all detail hangs.
    """
    moved = state.kept.get(MOVED)
    if moved is None or not float(moved) < leg.setting.stage.cache:
        return None
    if state.step + 1 >= leg.sampler.asks(leg.ladder):
        return None
    return Answer(state.kept[X0], state.kept.get(VARIANCE), kept={MOVED: torch.tensor(torch.inf)})
