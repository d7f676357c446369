"""The form of a written plan, and how older forms become the present one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sfumato.plan.errors import PlanError

SCHEMA = 5

Record = dict[str, Any]
Step = Callable[[Record], Record]

# From each older form to the one after it. A change of the Plan's fields raises SCHEMA, adds the step here
# and keeps a plan of the older form in tests/golden. Form 3 added frames, regions and intervals of parts,
# `wrap`, `cache` and `window`, form 4 `clip_skip`, form 5 `candidates`, `skip_layers`, `skip_guidance` and
# `skip_interval`: older plans do not have them.
STEPS: Mapping[int, Step] = MappingProxyType(
    {
        1: lambda record: _with_augment(record),
        2: lambda record: record,
        3: lambda record: record,
        4: lambda record: record,
    }
)


def _with_augment(record: Record) -> Record:
    """Form 2: `negative`, `augment` and `image_guidance` of stages, `interval` of adapters.

    Only `augment` had a value before it had a name: form 1 knew one cascade, whose larger stages took .1.
    """
    stages = record.get("stages") or []
    pairs = zip([None, *stages], stages, strict=False)
    grown = [
        {**now, "augment": 0.1} if before and now["width"] > before["width"] else now for before, now in pairs
    ]
    return {**record, "stages": grown} if stages else record


def upgrade(record: object, newest: int = SCHEMA, steps: Mapping[int, Step] = STEPS) -> Record:
    """The record of a plan in the newest form. Raises PlanError for no plan and for a form of the future."""
    if not isinstance(record, dict) or type(record.get("schema")) is not int:
        raise PlanError('This is not a plan: a plan is a JSON object with a whole number under "schema".')
    while (form := record["schema"]) != newest:
        if form > newest:
            raise PlanError(
                f"This plan is written in form {form}; this version of Sfumato reads forms up to {newest}. "
                "Update Sfumato to read it."
            )
        if form not in steps:
            raise PlanError(f"This plan is written in form {form}, which never existed.")
        record = {**steps[form](record), "schema": form + 1}
    return record
