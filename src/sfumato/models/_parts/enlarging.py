"""A stage that makes the start picture larger in one look, in windows that see a little around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from sfumato.engine import Ask, Condition, Guidance, Setting, part
from sfumato.engine.placing import Box, placed, read
from sfumato.models._parts.whole import WholeStage
from sfumato.plan import Input


@dataclass(frozen=True, eq=False, kw_only=True)
class EnlargingStage(WholeStage):
    """scale   sides of the picture over those of what it is made of
    around  pixels of what it is made of that are seen beyond a window, at every side
    """

    scale: int
    around: int

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """low (3, h, w): what the window shows, and what is around it; corner: (2,) of the window therein,
        from the top and from the left, in pixels of the picture."""
        stage = setting.stage
        box, whole = setting.window or (Box(0, 0, stage.width, stage.height), (stage.height, stage.width))
        size = (whole[0] // self.scale, whole[1] // self.scale)
        start = self._start(setting)
        key = ("low", start.hash, start.frame, setting.plan.width, setting.plan.height, size)
        low = setting.once(key, partial(_placed, setting, start, size))
        around = self._surroundings(box, size)
        corner = (box.top - around.top * self.scale, box.left - around.left * self.scale)
        return {part(0): Condition({"low": around.cut(low), "corner": torch.tensor(corner)})}

    def guidance(self, setting: Setting) -> Guidance:
        """It reads no words: whatever the plan says, there is one role."""
        plan = setting.plan.model_copy(update={"parts": ()})
        return super().guidance(replace(setting, plan=plan))

    def _start(self, setting: Setting) -> Input:
        for start in setting.inputs("start"):
            return start
        raise ValueError("there is no picture to be made larger: give one as start.")

    def _surroundings(self, box: Box, size: tuple[int, int]) -> Box:
        """What of a picture of `size` (height, width) is looked at to make what lies in the box, `scale`
        times as large: all that is in it, and what is around it where there is so much."""
        scale, around = self.scale, self.around
        top, left = (max(start // scale - around, 0) for start in (box.top, box.left))
        bottom = min(-(-(box.top + box.height) // scale) + around, size[0])
        right = min(-(-(box.left + box.width) // scale) + around, size[1])
        return Box(left, top, right - left, bottom - top)


def enlarged(ask: Ask, enlarge: Callable[[Tensor], Tensor]) -> Tensor:
    """The ask's window, (3, H, W) in about [-1, 1].

    enlarge  from pictures (1, 3, h, w) in [-1, 1] to larger ones, (1, 3, h · scale, w · scale)
    """
    made = enlarge(ask.condition["low"][None])[0].float().cpu()
    top, left = ask.condition["corner"].tolist()
    return Box(left, top, ask.x.shape[-1], ask.x.shape[-2]).cut(made)


def _placed(setting: Setting, start: Input, size: tuple[int, int]) -> Tensor:
    return placed(read(start, setting.given), setting.plan, start.frame, size)
