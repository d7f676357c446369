"""How large a plan's finished picture is: cutting, fitting and joining change the size that was painted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

START = "start"


def extent_of(plan: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height in pixels, of a plan as JSON has it; (0, 0) where there is none."""
    size = (plan.get("width", 0), plan.get("height", 0))
    for step in plan.get("post", ()):
        if step["name"] == "extend":
            frame = next((own.get("frame") for own in plan["inputs"] if own["role"] == START), None)
            size = _joined(size, frame) if frame else size
        elif frame := step.get("frame"):
            size = (frame["width"], frame["height"])
    return size


def _joined(size: tuple[int, int], frame: Mapping[str, int]) -> tuple[int, int]:
    """Of what holds both the painted picture and the given one, which lies in the frame."""
    spans = ((frame["left"], frame["width"], size[0]), (frame["top"], frame["height"], size[1]))
    width, height = (max(begin + side, own) - min(begin, 0) for begin, side, own in spans)
    return width, height
