"""Leg: one stage of one picture, with everything the plan leaves open resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torch import Tensor

from sfumato.engine.condition import Condition
from sfumato.engine.guidance import Guidance
from sfumato.engine.ladder import Ladder
from sfumato.engine.memo import Memo
from sfumato.engine.noise import Source
from sfumato.engine.samplers import Sampler, sampler
from sfumato.engine.stage import Model, Setting, Stage

if TYPE_CHECKING:
    from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class Commission:
    """A plan, the model that makes it, and the pictures (3, H, W) in [-1, 1] that it reads, by their hash.

    memo  what the model has read so far; commissions of one model may share it
    """

    plan: Plan
    model: Model
    given: Mapping[str, Tensor] = field(default_factory=dict)
    memo: Memo = field(default_factory=Memo)


@dataclass(frozen=True, eq=False)
class Leg:
    """`ladder` is the part of the setting's ladder that the plan's start and end leave."""

    stage: Stage
    setting: Setting
    ladder: Ladder
    sampler: Sampler
    guidance: Guidance
    conditions: Mapping[str, Condition]

    def condition(self, role: str) -> Condition:
        if role in self.conditions:
            return self.conditions[role]
        have = ", ".join(self.conditions) or "none"
        raise ValueError(
            f"stage {self.stage.name!r} gives no condition for the role {role!r}; it gives {have}."
        )


def open_leg(commission: Commission, picture: int, number: int, results: Mapping[str, Tensor]) -> Leg:
    """Stage `number` of picture `picture`; encodes its conditions."""
    plan, staged, seed = commission.plan, commission.plan.stages[number], commission.plan.seeds[picture]
    stage = stage_of(commission.model, staged)
    draw = Source(seed.number, seed.slice, place=stage.name)
    ladder = ladder_of(stage, plan, staged)
    setting = Setting(plan, staged, ladder, results, draw, commission.given, commission.memo)
    return Leg(
        stage=stage,
        setting=setting,
        ladder=setting.ladder.between(staged.start, staged.end),
        sampler=sampler(staged.sampler),
        guidance=stage.guidance(setting),
        conditions=stage.conditions(setting),
    )


def first_x(leg: Leg, number: int) -> Tensor:
    """Where stage `number` begins.

    - At the start of its run: pure noise.
    - Where the stage before it stopped: that stage's noisy x goes on, as from a base to its refiner.
    - Elsewhere: the clean x that the stage begins from, with noise.
    """
    plan, staged, path, t = leg.setting.plan, leg.setting.stage, leg.ladder.path, leg.ladder.times[0]
    if staged.start == 0:
        return path.prior(t) * _first_noise(leg)
    before = plan.stages[number - 1] if number else None
    if before is not None and before.end == staged.start:
        return leg.setting.results[noisy(before.name)]
    clean = leg.stage.begin(leg.setting)
    if clean is None:
        raise ValueError(
            f"stage {staged.name!r} is to start at {staged.start:g} of its run, but has no picture to start "
            "from: start it at 0, or give one."
        )
    return path.mix(clean, _first_noise(leg), t)


def noisy(stage: str) -> str:
    """The name under which results keep the noisy x of a stage that stopped early."""
    return f"{stage}.x"


def stage_of(model: Model, staged: StagePlan) -> Stage:
    """The model's stage that this stage of a plan names."""
    for stage in model.stages:
        if stage.name == staged.name:
            return stage
    have = ", ".join(stage.name for stage in model.stages)
    raise ValueError(f"the plan asks for stage {staged.name!r}, but this model has {have}.")


def ladder_of(stage: Stage, plan: Plan, staged: StagePlan) -> Ladder:
    """All times of the stage's run."""
    times = stage.path.times(staged.steps, staged.schedule, staged.shift, stage.shape(plan, staged))
    return Ladder(stage.path, times)


def _first_noise(leg: Leg) -> Tensor:
    return leg.setting.draw("start", 0, leg.stage.shape(leg.setting.plan, leg.setting.stage))
