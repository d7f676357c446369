"""Witnesses that can begin from a picture, pictures for them, and plans that edit these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from torch import Tensor

from sfumato.engine import NoisePath, Setting, from_start, noise
from sfumato.language import read
from sfumato.models.gauss import Gauss, words
from sfumato.plan import Asked, Defaults, Edit, Frame, Input, Plan, Source, StageDefaults

FLOW = NoisePath("flow", "flow")


@dataclass(frozen=True, eq=False)
class Begun:
    """A witness's stage that begins from the start picture where it does not begin in noise."""

    stage: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)  # type: ignore[arg-type]


def beginning(path: NoisePath = FLOW) -> Gauss:
    """The witness of words, whose stage can begin from a picture."""
    model = words(path)
    return replace(model, stages=tuple(Begun(stage) for stage in model.stages))


def drawn(name: str, width: int = 8, height: int = 8) -> Tensor:
    """A picture of noise, (3, height, width) in [-1, 1]; another for every name."""
    return noise(0, 0, name, 0, (3, height, width)).clamp(-1, 1)


def digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def reads(role: str, name: str, frame: Frame | None = None, weight: float = 1.0) -> Input:
    return Input(role=role, hash=digest(name), frame=frame, weight=weight)


def reading(plan: Plan, *inputs: Input, **changed: Any) -> Plan:
    """The plan with these inputs and fields, validated anew."""
    return Plan.from_json(plan.model_copy(update={"inputs": inputs, **changed}).to_json())


def defaults_of(*names: str, steps: int = 10, **knobs: Any) -> Defaults:
    """Pictures of at most 64 pixels in the first of these stages; each further one doubles the sides."""
    chosen = {"weights": "w", "sampler": "euler", "schedule": "linear", "steps": steps, **knobs}
    stages = tuple(StageDefaults(name=name, scale=1 + (name != names[0]), **chosen) for name in names)
    return Defaults(family="witness", stages=stages, pixels=64, multiple=1, maximum_aspect=4, pictures=2)


def edited(
    edit: Edit,
    *pictures: str,
    prompt: str = "red fox --seed 7",
    defaults: Defaults | None = None,
    size: tuple[int, int] = (8, 8),
) -> Plan:
    """The plan of an edit of these pictures, of (width, height) `size`."""
    (said,) = read(prompt)
    sources = [Source(digest(name), *size) for name in pictures]
    return edit.plan(Asked(said, defaults or defaults_of("base"), sources))
