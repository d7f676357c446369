"""What a plan says to the ControlNets that are here: the n-th reads the n-th hint. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sfumato.models._parts.adapter_file import CONTROL, fingerprint_of, is_encoder, kind_of
from sfumato.plan import Plan

HINT = "hint"


def hint_refusals(plan: Plan, paths: Sequence[Path], stage: str, own: int = 0) -> Iterator[str]:
    """Why these adapters, opened for the network of this stage, cannot follow the plan's hints.

    own  how many hints that network reads itself
    """
    given, nets = _given(plan, own), used(plan, paths, stage, CONTROL)
    if given and not nets:
        yield f"A picture is given as {HINT}, but the plan uses no ControlNet: name one, or leave it out."
    elif given > nets:
        yield (
            f"{given} pictures are given as hint, but each of the plan's ControlNets reads one, "
            f"and it uses {nets}."
        )


def hint_notes(plan: Plan, paths: Sequence[Path], stage: str, own: int = 0) -> Iterator[str]:
    """How many of the plan's ControlNets have no picture to read, and so do nothing."""
    idle = used(plan, paths, stage, CONTROL) - _given(plan, own)
    if idle > 0:
        yield f"Without a picture with the role hint, {idle} of this plan's ControlNets will have no effect."


def used(plan: Plan, paths: Sequence[Path], stage: str, kind: str) -> int:
    """How many adapters of this kind the stage uses."""
    here = {fingerprint_of(path) for path in paths if kind_of(path) == kind and not is_encoder(path)}
    own = (adapter for other in plan.stages if other.name == stage for adapter in other.adapters)
    return sum(adapter.weights in here for adapter in own)


def _given(plan: Plan, own: int) -> int:
    return max(sum(item.role == HINT for item in plan.inputs) - own, 0)
