"""How a pipeline tells its steps, and the engine's time along them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from sfumato.engine import NoisePath
from sfumato.models.other.pipelines import Call

STEP_END = "callback_on_step_end"
OLDER = "callback"
PRIOR, PRIOR_STEPS = "prior_callback_on_step_end", "prior_num_inference_steps"

Tell = Callable[[Any], None]


@dataclass(frozen=True)
class Steps(NoisePath):
    """From noise to the picture in equal parts, one for each step of the pipeline's own loop.

    told   whether the pipeline tells its steps; else there is one look
    ahead  steps of a prior, which the plan does not count
    """

    told: bool = True
    ahead: int = 0

    def times(self, n: int, *args: Any, **named: Any) -> tuple[float, ...]:
        looks = n + self.ahead if self.told else 1
        return tuple((looks - look) / looks for look in range(looks + 1))


def steps_of(call: Call) -> Steps:
    """The steps that a pipeline tells."""
    ahead = int(call.numbers.get(PRIOR_STEPS, 0)) if PRIOR in call.given else 0
    return Steps("flow", "x0", told=bool(call.given & {STEP_END, OLDER}), ahead=ahead)


def taken(t: float, looks: int) -> int:
    """How many of so many looks lie before time t."""
    return round((1 - t) * looks)


def telling(call: Call, tell: Tell) -> dict[str, Any]:
    """Arguments with which a pipeline calls `tell` after each step, with its latents; None for those of a
    prior."""

    def ended(pipe: Any, step: int, time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        tell(kept.get("latents"))
        return kept

    def ended_ahead(pipe: Any, step: int, time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        tell(None)
        return kept

    def older(step: int, time: Any, latents: Tensor) -> None:
        tell(latents)

    if STEP_END in call.given:
        return {STEP_END: ended, **({PRIOR: ended_ahead} if PRIOR in call.given else {})}
    return {OLDER: older} if OLDER in call.given else {}
