"""Cascade: a stage that makes the picture of the stage before it larger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from sfumato.plan import StagePlan

if TYPE_CHECKING:
    from torch import Tensor

    from sfumato.engine import Setting


def low_picture(setting: Setting, factor: int, show: Callable[[Tensor], Tensor] | None = None) -> Tensor:
    """What is to be made larger, (3, h, w): what the stage before left, in a plan that begins here the start
    picture in sides smaller by `factor`. Raises ValueError when there is neither.

    show  makes pixels of what the stage before left, where these are none
    """
    from sfumato.engine import mean

    stages, own = setting.plan.stages, setting.stage
    place = next(index for index, stage in enumerate(stages) if stage.name == own.name)
    if place:
        left = setting.results[stages[place - 1].name]
        return left if show is None else show(left)
    given = setting.inputs("start")
    if not given:
        raise ValueError(f"stage {own.name!r} makes a picture larger, but there is none: give one as start.")
    return mean(given, partial(setting.placed, smaller=factor))


def pair_refusals(before: StagePlan, stage: StagePlan, factor: int) -> Iterator[str]:
    """Why a stage cannot make the picture of the one before larger by this factor."""
    wanted = (before.width * factor, before.height * factor)
    if (stage.width, stage.height) != wanted:
        yield (
            f"Stage {stage.name} makes a picture {factor} times as wide and high: after {before.name} "
            f"{wanted[0]}×{wanted[1]} pixels, not {stage.width}×{stage.height}. Change one of the two."
        )
    if 0 < stage.start == before.end < 1:
        yield (
            f"Stage {stage.name} cannot go on where {before.name} stops, as its picture is larger: start it "
            f"at 0, or at another part of its run than {stage.start:g}."
        )


def size_refusals(stage: StagePlan, multiple: int) -> Iterator[str]:
    """Why a stage cannot make a picture of its size."""
    if stage.width % multiple or stage.height % multiple:
        yield (
            f"Stage {stage.name} cannot make {stage.width}×{stage.height} pixels: give sides that are "
            f"multiples of {multiple}."
        )
