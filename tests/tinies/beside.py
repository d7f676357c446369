"""Ours and the released pipeline over the same tiny folder, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from sfumato.engine import Ask, Commission, Source, board
from sfumato.language import read
from sfumato.models.family import Family, recognise
from sfumato.plan import Plan, draft
from tinies.flights import Tamper, entries, fly, gap

STEPS = 4
FOX, CATS = "a red fox in the snow", "two cats and a lighthouse"


@dataclass(frozen=True)
class Beside:
    """plans  two prompts at 3:2, a picture each
    paint  makes theirs of a plan: its last latent (C, h, w)
    given  the pictures that the plans read, by their hash
    """

    family: Family
    model: Any
    pipe: Any
    plans: tuple[Plan, Plan]
    paint: Callable[..., Tensor]
    given: Mapping[str, Tensor] = field(default_factory=dict)

    def theirs(self, number: int, **more: Any) -> Tensor:
        return self.paint(self.pipe, self.plans[number], **more)

    def apart(self, theirs: Tensor, tamper: Tamper | None = None, **knobs: Any) -> float:
        """How far ours of the first plan, tampered with, is from theirs."""
        return gap(fly(self.model, [staged(self.plans[0], **knobs)], self.given, tamper).x[0], theirs)

    def with_stage(self, **changes: Any) -> Beside:
        """Ours with another stage: a trap undone."""
        return replace(self, model=replace(self.model, stage=replace(self.model.stage, **changes)))

    def with_path(self, **changes: Any) -> Beside:
        return self.with_stage(path=replace(self.model.stage.path, **changes))

    @property
    def entries(self) -> tuple[str, ...]:
        """Every name in the conditions of the plans."""
        legs = [board(Commission(plan, self.model, self.given), 0).leg for plan in self.plans]
        return entries(found for leg in legs if leg for found in leg.panes[0].conditions.values())


def open_beside(
    paths: Sequence[Path],
    pipeline: type,
    paint: Callable[..., Tensor],
    texts: tuple[str, str] = (FOX, CATS),
    **parts: Any,
) -> Beside:
    """Both over the first path, theirs with these parts in place of its own."""
    family = recognise(paths)
    pipe = pipeline.from_pretrained(paths[0], **parts)  # type: ignore[attr-defined]
    pipe.set_progress_bar_config(disable=True)
    first, second = (planned(family, text, seed) for text, seed in zip(texts, (7, 8), strict=True))
    return Beside(family, family.open("cpu", "float32"), pipe, (first, second), paint)


def planned(family: Family, text: str, seed: int, **knobs: Any) -> Plan:
    plan = draft(read(f"{text} --ar 3:2")[0], family.defaults(), entropy=lambda: seed)
    return staged(plan, **{"steps": STEPS, **knobs})


def staged(plan: Plan, **knobs: Any) -> Plan:
    return plan.model_copy(update={"stages": (plan.stages[0].model_copy(update=knobs),)})


def draw_of(plan: Plan) -> Source:
    """The noise of the plan's first picture."""
    seed = plan.seeds[0]
    return Source(seed.number, seed.slice, place=plan.stages[0].name)


def start_noise(plan: Plan, channels: int, factor: int) -> Tensor:
    """(1, C, h, w)"""
    stage = plan.stages[0]
    return draw_of(plan)("start", 0, (channels, stage.height // factor, stage.width // factor))[None]


def changed(**changes: Callable[[Tensor], Tensor]) -> Tamper:
    """Entries of every condition as these make them."""

    def tamper(ask: Ask) -> Ask:
        new = {name: change(ask.condition[name]) for name, change in changes.items()}
        return replace(ask, condition=ask.condition.replace(**new))

    return tamper
