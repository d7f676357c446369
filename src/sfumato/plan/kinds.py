"""What a plan does, by name: an edit leaves its form in the plan and nothing else, so the form is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfumato.plan.edits import STRONG, SUBTLE

IMAGINE = "imagine"


def kind_of(plan: Mapping[str, Any]) -> str:
    """The kind of the edit that gives such a plan, as in Edit, of a plan as JSON has it; else its operation.

    Two edits that give the same plan have one name: a restyle as strong as a variation is one.
    """
    operation = plan.get("operation", "")
    given = [own for own in plan.get("inputs", ()) if own["role"] == "start"]
    if operation != IMAGINE or not given:
        return operation
    if len(given) > 1:
        return "blend"
    if any(own["role"] == "mask" for own in plan["inputs"]):
        return "region"
    steps = {own["name"] for own in plan.get("post", ())}
    if "extend" in steps:
        return "pan"
    if frame := given[0].get("frame"):
        return _framed(plan, frame, steps)
    return "vary" if _strength(plan["stages"]) in (SUBTLE, STRONG) else "restyle"


def _framed(plan: Mapping[str, Any], frame: Mapping[str, int], steps: set[str]) -> str:
    if "keep" not in steps:
        return "upscale"
    size = (plan["width"], plan["height"])
    fills = frame["width"] == size[0] or frame["height"] == size[1]
    return "square" if fills and size[0] == size[1] else "zoom"


def _strength(stages: Sequence[Mapping[str, Any]]) -> float:
    """How much of a run is left: of the stage that begins from the picture, as others build on it."""
    starts = [own["start"] for own in stages if 0 < own["start"] < 1]
    return round(1 - min(starts), 6) if starts else 0.0
