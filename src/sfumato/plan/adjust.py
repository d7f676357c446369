"""Knobs turned by hand: single fields of a plan's stages set to what a person typed."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from sfumato.plan.errors import PlanError
from sfumato.plan.plan import Plan, faults
from sfumato.plan.stage import StagePlan

NOT_KNOBS = frozenset({"name", "weights", "adapters", "width", "height"})
KNOBS = tuple(name for name in StagePlan.model_fields if name not in NOT_KNOBS)
"""The fields of a stage that a person may set, in order."""


def adjust(plan: Plan, knobs: Mapping[str, str]) -> Plan:
    """The plan with these knobs set: `guidance` in every stage, `base.guidance` in the stage named base.

    An interval is written as two numbers, `0.1,0.9`. Raises PlanError, which lists what there is.
    """
    for name, value in knobs.items():
        plan = _set(plan, name, value)
    return plan


def _set(plan: Plan, name: str, value: str) -> Plan:
    stage, _, knob = name.rpartition(".")
    if knob not in KNOBS:
        raise PlanError(f"There is no knob {knob!r}: choose one of {', '.join(KNOBS)}.")
    here = [own.name for own in plan.stages]
    if stage and stage not in here:
        raise PlanError(f"This plan has no stage {stage!r}: it has {', '.join(here)}.")
    typed = value.split(",") if "," in value else value
    stages = [own.model_dump() | ({knob: typed} if stage in ("", own.name) else {}) for own in plan.stages]
    try:
        return plan.model_copy(update={"stages": tuple(StagePlan.model_validate(own) for own in stages)})
    except ValidationError as error:
        raise PlanError(f"`{name}={value}` cannot be: {faults(error)}.") from None
