"""Rung: one stage of a cascade behind the engine's protocol, with what its schedulers say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sfumato.engine import (
    NULL,
    Condition,
    Draw,
    Guidance,
    NoisePath,
    Setting,
    classifier_free,
    from_start,
    part,
)
from sfumato.models._parts.cascade import low_picture
from sfumato.models._parts.latent import Space
from sfumato.models._parts.rungs.release import FACTOR
from sfumato.models._parts.rungs.words import Words
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True)
class Pixels:
    """x is the picture."""

    factor: int = 1
    channels: int = 3

    def encode(self, picture: Tensor) -> Tensor:
        return picture

    def decode(self, x: Tensor) -> Tensor:
        return x


@dataclass(frozen=True)
class Limit:
    """What a scheduler's config allows x0 to be.

    ratio    dynamic thresholding (Saharia et al. 2022, Section 2.3): s is this quantile of |x0|
    largest  s is kept between 1 and this; then x0 is cut to [-s, s] and divided by s
    clip     without thresholding, x0 is cut to [-clip, clip]; None leaves it as it is
    """

    ratio: float | None = None
    largest: float = 1.0
    clip: float | None = None

    def __call__(self, x0: Tensor) -> Tensor:
        if self.ratio is not None:
            s = self.threshold(x0)
            return x0.clamp(-s, s) / s
        return x0 if self.clip is None else x0.clamp(-self.clip, self.clip)

    def threshold(self, x0: Tensor) -> float:
        """s of this x0. By numpy, as torch takes no quantile of more than 16 million numbers."""
        if self.ratio is None or self.largest <= 1:
            return 1.0
        return float(np.clip(np.quantile(x0.abs().numpy(), self.ratio), 1.0, self.largest))


def limit_of(scheduler: Mapping[str, Any]) -> Limit:
    """What this scheduler's config says, with the defaults of its class where it is silent."""
    if scheduler.get("thresholding"):
        ratio = scheduler.get("dynamic_thresholding_ratio", 0.995)
        return Limit(ratio=ratio, largest=scheduler.get("sample_max_value", 1.0))
    return Limit(clip=scheduler.get("clip_sample_range", 1.0) if scheduler.get("clip_sample", True) else None)


def as_it_is(picture: Tensor) -> Tensor:
    """Where x is the picture already."""
    return picture


@dataclass(frozen=True)
class Rung:
    """A stage. With `noising`, the noise path of the low picture, it makes that picture larger.

    The low picture is what the stage before left, in a plan that begins here the one with the role start.

    show  what the stage before left, as a picture (3, h, w)
    """

    name: str
    path: NoisePath
    words: Words
    space: Space
    limits: Limit
    noising: NoisePath | None = None
    show: Callable[[Tensor], Tensor] = as_it_is

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (self.space.channels, stage.height // self.space.factor, stage.width // self.space.factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.space.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.space.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        return self.limits(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """Entries: text (77, D) and, in the stages that enlarge, low (3, H, W) in the size of x and level ().

        The noised low picture is one and the same in every role.
        """
        plan = setting.plan
        texts = {part(i): piece.content for i, piece in enumerate(plan.parts)} or {part(0): ""}
        seen = self._seen(setting)
        return {
            role: Condition({"text": self._read(setting, text), **seen})
            for role, text in {**texts, NULL: plan.negative}.items()
        }

    def _read(self, setting: Setting, text: str) -> Tensor:
        return setting.once((self.words, text), partial(self.words.read, text))

    def guidance(self, setting: Setting) -> Guidance:
        return classifier_free(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def _seen(self, setting: Setting) -> dict[str, Tensor]:
        if self.noising is None:
            return {}
        low = enlarged(low_picture(setting, FACTOR, self.show), self.shape(setting.plan, setting.stage))
        picture, level = augmented(low, setting.stage.augment, self.noising, setting.draw)
        return {"low": picture, "level": torch.tensor(level)}


def enlarged(low: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A picture (3, h, w) in the sides of `shape`: bilinear, corners on corners, as in training."""
    size = list(shape[-2:])
    return torch.nn.functional.interpolate(low[None], size, mode="bilinear", align_corners=True)[0]


def augmented(low: Tensor, part: float, path: NoisePath, draw: Draw) -> tuple[Tensor, int]:
    """Noise-conditioning augmentation (Ho et al. 2021): the noised picture, and the level that is told.

    The level is an entry of the path's table, from 0 to its last; at part 0 nothing is added.
    """
    level = min(round(part * path.count), path.count - 1)
    if level == 0:
        return low, 0
    return path.mix(low, draw("augment", 0, tuple(low.shape)), level + 1.0), level
