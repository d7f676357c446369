"""The enlarger: the decoder's picture in four times its sides, in few steps and without words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import (
    NULL,
    Answer,
    Ask,
    Condition,
    Guidance,
    NoisePath,
    Setting,
    classifier_free,
    from_start,
    part,
)
from sfumato.models._parts.cascade import low_picture
from sfumato.models._parts.limits import Limits
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class EnlargerStage:
    """x is the picture.

    first, last  the network of all steps but the last, and that of the last one, trained to leave no noise
    factor       sides of its picture over those of the one it is given
    """

    name: str
    first: Any
    last: Any
    factor: int
    path: NoisePath
    limits: Limits

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (self.first.config.in_channels // 2, stage.height, stage.width)

    def encode(self, picture: Tensor) -> Tensor:
        return picture

    def decode(self, x: Tensor) -> Tensor:
        return x

    def limit(self, x0: Tensor) -> Tensor:
        return self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """low (3, H, W): the small picture in the size of x; the same in every role."""
        low = low_picture(setting, self.factor).clamp(-1, 1)
        seen = Condition({"low": enlarged(low, self.shape(setting.plan, setting.stage))})
        return {part(0): seen, NULL: seen}

    def guidance(self, setting: Setting) -> Guidance:
        """It was trained without any."""
        return replace(classifier_free(setting, self.name), weights={part(0): 1.0}, scale=1.0)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Asks of one shape, all of a last step or none."""
        network = self.last if ends(asks[0]) else self.first
        rows = torch.stack([torch.cat([ask.x, ask.condition["low"]]) for ask in asks])  # (B, 6, H, W)
        times = torch.tensor([self.path.net_time(ask.t) for ask in asks], device=network.device)
        out = network(rows.to(network.device, network.dtype), times).sample.float().cpu()
        return [Answer(self.path.x0(ask.x, row, ask.t)) for ask, row in zip(asks, out, strict=True)]


def ends(ask: Ask) -> bool:
    """Whether this look leads to the picture."""
    return ask.to == 0


def enlarged(low: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A picture (3, h, w) in the sides of `shape`: bicubic, as in training."""
    size = list(shape[-2:])
    return torch.nn.functional.interpolate(
        low[None], size, mode="bicubic", align_corners=False, antialias=True
    )[0]
