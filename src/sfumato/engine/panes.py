"""Panes: what the network sees of a picture that is larger than it looks at in one piece.

Every look is cut into overlapping windows, each is asked about as a picture of its own, and the answers are
joined by weights that fall towards a window's edge (MultiDiffusion, Bar-Tal et al. 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, gcd
from typing import NamedTuple

import torch
from torch import Tensor

from sfumato.engine.ask import Answer
from sfumato.engine.condition import Condition
from sfumato.engine.guidance import Guidance
from sfumato.engine.noise import Source
from sfumato.engine.placing import Box
from sfumato.engine.stage import Setting, Stage

OVERLAP = 4  # a window shares one in so many of its pixels with the next, at least
GRAIN = 64  # pixels: windows begin at multiples of this, or of what else divides the picture


@dataclass(frozen=True, eq=False)
class Pane:
    """One window and how it is asked about. `box` is in places of x; None is all of it."""

    guidance: Guidance
    conditions: Mapping[str, Condition]
    box: Box | None = None

    def cut(self, x: Tensor) -> Tensor:
        return self.box.cut(x) if self.box else x

    def condition(self, role: str, stage: str) -> Condition:
        if role in self.conditions:
            return self.conditions[role]
        have = ", ".join(self.conditions) or "none"
        raise ValueError(f"stage {stage!r} gives no condition for the role {role!r}; it gives {have}.")


class Size(NamedTuple):
    height: int
    width: int


def panes_of(stage: Stage, setting: Setting, shape: Sequence[int], source: Source) -> tuple[Pane, ...]:
    """The panes of a stage whose x has this shape; a single one, of all, where its window is 0 or enough.

    source  the picture's noise in this stage; every window has noise of its own in its conditions
    """
    whole = Size(setting.stage.height, setting.stage.width)
    boxes = windows(whole, setting.stage.window)
    if len(boxes) == 1 or len(shape) != 3:
        return (Pane(stage.guidance(setting), stage.conditions(setting)),)
    settings = [
        seen(setting, box, whole, replace(source, place=f"{source.place}/{index}"))
        for index, box in enumerate(boxes)
    ]
    return tuple(
        Pane(stage.guidance(own), stage.conditions(own), box.scaled(whole, (shape[-2], shape[-1])))
        for own, box in zip(settings, boxes, strict=True)
    )


def windows(whole: Size, side: int) -> tuple[Box, ...]:
    """Squares of this side, in pixels, that cover a picture and overlap; 0 is the whole in one."""
    rows, columns = (_starts(length, side or length) for length in whole)
    height, width = (min(side or length, length) for length in whole)
    return tuple(Box(left, top, width, height) for top in rows for left in columns)


def _starts(length: int, side: int) -> tuple[int, ...]:
    """Where windows of this side begin along a length: evenly, the first at 0, the last ending with it."""
    if side >= length:
        return (0,)
    grain = gcd(length - side, side, GRAIN)
    if grain == side:  # beginning at its multiples, windows would not overlap
        grain = max(1, side // 2)
    way, step = (length - side) // grain, (side - side // OVERLAP) // grain
    count = ceil(way / step)
    return tuple(index * way // count * grain for index in range(count + 1))


def seen(setting: Setting, box: Box, whole: Size, draw: Source) -> Setting:
    """A setting in which there is nothing but what a window shows."""
    return replace(
        setting,
        stage=setting.stage.model_copy(update={"width": box.width, "height": box.height}),
        results={name: _seen(result, box, whole) for name, result in setting.results.items()},
        window=(box, whole),
        draw=draw,
    )


def _seen(result: Tensor, box: Box, whole: Size) -> Tensor:
    if result.dim() != 3:
        return result
    return box.scaled(whole, (result.shape[-2], result.shape[-1])).cut(result)


def merged(panes: Sequence[Pane], answers: Sequence[Answer], like: Tensor) -> Answer:
    """One answer about x, which is shaped like `like`, out of one from each pane."""
    if panes[0].box is None:
        return answers[0]
    boxes = [pane.box for pane in panes if pane.box]
    x0 = joined(boxes, [answer.x0 for answer in answers], like)
    variances = [answer.variance for answer in answers if answer.variance is not None]
    return Answer(x0, joined(boxes, variances, like) if variances else None)


def joined(boxes: Sequence[Box], pictures: Sequence[Tensor], like: Tensor) -> Tensor:
    """Overlapping windows of a picture shaped like `like`, by weights that fall towards their edges."""
    total, weights = torch.zeros_like(like), torch.zeros_like(like[:1])
    for box, picture in zip(boxes, pictures, strict=True):
        weight = _ramp(box.height)[:, None] * _ramp(box.width)[None, :]
        box.cut(total).add_(weight * picture)
        box.cut(weights).add_(weight)
    return total / weights


def _ramp(length: int) -> Tensor:
    """Rises from either end for as long as windows overlap at least, and is 1 between."""
    rise = max(1, length // OVERLAP)
    inwards = torch.minimum(torch.arange(length), torch.arange(length - 1, -1, -1))
    return ((inwards + 1) / rise).clamp(max=1.0)
