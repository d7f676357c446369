"""What is run as a whole, from noise to the picture in one look: the knobs it has no use for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sfumato.plan import Plan, StagePlan

# What acts between two looks of ours, and the values that do nothing.
OWN = (
    ("sampler", "euler"),
    ("schedule", "linear"),
    ("shift", 1.0),
    ("image_guidance", 1.0),
    ("rescale", 0.0),
    ("interval", (0.0, 1.0)),
    ("parallel", 1.0),
    ("momentum", 0.0),
    ("pull_limit", 0.0),
    ("zero_star", False),
    ("zero_init", 0),
    ("threshold", 0.0),
    ("augment", 0.0),
    ("cache", 0.0),
)


def refused(title: str, plan: Plan, idle: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Why a plan cannot be run so, as sentences. `idle` are knobs, and their values that do nothing."""
    if plan.wrap:
        yield f"{title} cannot be told that a picture has no borders: leave out `--tile`."
    for stage in plan.stages:
        yield from _of_stage(title, stage, idle)


def _of_stage(title: str, stage: StagePlan, idle: Iterable[tuple[str, Any]]) -> Iterator[str]:
    if stage.end < 1:
        yield f"{title} is run as a whole and cannot stop half way: leave out `--stop`."
    fixed = [name.replace("_", " ") for name, value in idle if getattr(stage, name) != value]
    if fixed:
        yield f"{title} walks in its own way and is not asked step by step: leave out {', '.join(fixed)}."
