"""An upscaler behind the engine's protocols: one look, in windows that see a little around them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from sfumato.engine import Answer, Ask, Condition, Setting, part
from sfumato.engine.placing import Box, placed, read
from sfumato.models._parts.whole import WholeStage
from sfumato.models.offload import working_device
from sfumato.models.opening import opening
from sfumato.models.upscaler.family import STAGE
from sfumato.models.upscaler.library import Enlarger, Facts, load
from sfumato.plan import Input

AROUND = 32  # pixels of what it is given, beyond a window


@dataclass(frozen=True, eq=False, kw_only=True)
class UpscalerStage(WholeStage):
    """scale: sides of the picture over those of what it is made of"""

    scale: int

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """low (3, h, w): what the window shows, and what is around it; corner: (2,) of the window therein,
        from the top and from the left, in pixels of the picture."""
        stage = setting.stage
        box, whole = setting.window or (Box(0, 0, stage.width, stage.height), (stage.height, stage.width))
        size = (whole[0] // self.scale, whole[1] // self.scale)
        start = self._start(setting)
        key = ("low", start.hash, start.frame, setting.plan.width, setting.plan.height, size)
        low = setting.once(key, partial(_placed, setting, start, size))
        around = surroundings(box, self.scale, size)
        corner = (box.top - around.top * self.scale, box.left - around.left * self.scale)
        return {part(0): Condition({"low": around.cut(low), "corner": torch.tensor(corner)})}

    def _start(self, setting: Setting) -> Input:
        for start in setting.inputs("start"):
            return start
        raise ValueError("there is no picture to be made larger: give one as start.")


@dataclass(frozen=True, eq=False)
class UpscalerModel:
    """one_by_one: rows never share a pass, as their surroundings are not equally large"""

    stage: UpscalerStage
    network: Enlarger
    accepts: frozenset[str] = frozenset({"start"})
    one_by_one: bool = True

    @property
    def stages(self) -> tuple[UpscalerStage, ...]:
        return (self.stage,)

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return [Answer(self._larger(ask)) for ask in asks]

    def close(self) -> None:
        self.network.to("meta")

    def _larger(self, ask: Ask) -> Tensor:
        """(3, H, W) in [-1, 1]"""
        like, (height, width) = next(self.network.parameters()), ask.x.shape[-2:]
        low = (ask.condition["low"][None] + 1) / 2
        made = self.network(low.to(working_device(self.network), like.dtype))[0].float().cpu()
        top, left = ask.condition["corner"].tolist()
        return Box(left, top, width, height).cut(made) * 2 - 1


def surroundings(box: Box, scale: int, size: tuple[int, int]) -> Box:
    """What of a picture of `size` (height, width) is looked at to make what lies in the box, `scale` times as
    large: all that is in it, and AROUND pixels more at every side where there are so many."""
    top, left = (max(start // scale - AROUND, 0) for start in (box.top, box.left))
    bottom = min(-(-(box.top + box.height) // scale) + AROUND, size[0])
    right = min(-(-(box.left + box.width) // scale) + AROUND, size[1])
    return Box(left, top, right - left, bottom - top)


def open_upscaler(path: Path, facts: Facts, device: str, dtype: str) -> UpscalerModel:
    """The model over a file. It computes in float32 where the network knows nothing else."""
    kind = getattr(torch, dtype if facts.halves else "float32")
    key = (str(path), path.stat().st_mtime_ns, kind)
    network = opening().network(key, device, lambda place: load(path).to(place, kind))
    assert isinstance(network, Enlarger)
    return UpscalerModel(UpscalerStage(STAGE, scale=facts.scale), network)


def _placed(setting: Setting, start: Input, size: tuple[int, int]) -> Tensor:
    return placed(read(start, setting.given), setting.plan, start.frame, size)
