"""Leg: one stage of one picture, with everything the plan leaves open resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from torch import Tensor

from sfumato.engine.amend import Amend, TorusDraw, amends
from sfumato.engine.ladder import Ladder
from sfumato.engine.memo import Memo
from sfumato.engine.noise import Draw, Source
from sfumato.engine.panes import Pane, panes_of
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
    _ladders: dict[int, Ladder] = field(default_factory=dict, init=False, repr=False)

    def ladder(self, number: int) -> Ladder:
        """All times of stage `number`'s run, found once for all pictures of the plan."""
        if number not in self._ladders:
            staged = self.plan.stages[number]
            self._ladders[number] = ladder_of(stage_of(self.model, staged), self.plan, staged)
        return self._ladders[number]


def with_memo(commission: Commission, memo: Memo) -> Commission:
    """The same commission with this memo; itself where it has it."""
    return commission if commission.memo is memo else replace(commission, memo=memo)


@dataclass(frozen=True, eq=False)
class Leg:
    """`ladder` is the part of the setting's ladder that the plan's start and end leave.

    panes   what the network sees of x: all of it, or windows
    amends  what is done to each answer, in order, after the stage's own limit
    """

    stage: Stage
    setting: Setting
    ladder: Ladder
    sampler: Sampler
    panes: tuple[Pane, ...]
    amends: tuple[Amend, ...]


def setting_of(commission: Commission, picture: int, number: int, results: Mapping[str, Tensor]) -> Setting:
    """What stage `number` of picture `picture` may know."""
    plan, staged = commission.plan, commission.plan.stages[number]
    draw: Draw = source_of(commission, picture, number)
    if plan.wrap:
        margin = plan.wrap * staged.width // plan.width
        draw = TorusDraw(draw, staged.height, staged.width, margin)
    ladder = commission.ladder(number)
    return Setting(plan, staged, ladder, results, draw, commission.given, commission.memo)


def source_of(commission: Commission, picture: int, number: int) -> Source:
    """The noise of one picture in one stage."""
    seed = commission.plan.seeds[picture]
    return Source(seed.number, seed.slice, place=commission.plan.stages[number].name)


def open_leg(commission: Commission, picture: int, number: int, results: Mapping[str, Tensor]) -> Leg:
    """Stage `number` of picture `picture`; encodes its conditions."""
    plan, staged = commission.plan, commission.plan.stages[number]
    stage, setting = (
        stage_of(commission.model, staged),
        setting_of(commission, picture, number, results),
    )
    shape = stage.shape(plan, staged)
    return Leg(
        stage=stage,
        setting=setting,
        ladder=setting.ladder.between(staged.start, staged.end),
        sampler=sampler(staged.sampler),
        panes=panes_of(stage, setting, shape, source_of(commission, picture, number)),
        amends=tuple(amends(stage, setting, shape, commission.model.accepts)),
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
    return path.mix(clean_x(leg.stage, leg.setting), _first_noise(leg), t)


def clean_x(stage: Stage, setting: Setting) -> Tensor:
    """What a stage begins from that does not begin in noise. Raises ValueError when there is nothing."""
    clean = stage.begin(setting)
    if clean is None:
        raise ValueError(
            f"stage {stage.name!r} is to start at {setting.stage.start:g} of its run, but has no picture to "
            "start from: start it at 0, or give one."
        )
    return clean


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
    """All times of the stage's run. Where they depend on the size, it is that of what the network sees."""
    width, height = staged.seen
    whole = (width, height) == (staged.width, staged.height)
    seen = staged if whole else staged.model_copy(update={"width": width, "height": height})
    times = stage.path.times(staged.steps, staged.schedule, staged.shift, stage.shape(plan, seen))
    return Ladder(stage.path, times)


def _first_noise(leg: Leg) -> Tensor:
    return leg.setting.draw("start", 0, leg.stage.shape(leg.setting.plan, leg.setting.stage))
