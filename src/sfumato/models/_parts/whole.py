"""A stage whose picture is made in one look: x is the picture itself, or noise of its shape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from sfumato.engine import Guidance, NoisePath, Setting, classifier_free
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True)
class OneLook(NoisePath):
    """From pure noise to the clean picture at once."""

    def times(self, n: int, *args: Any, **named: Any) -> tuple[float, ...]:
        return (1.0, 0.0)


@dataclass(frozen=True, eq=False)
class WholeStage:
    """x is (3, height, width) in [-1, 1]."""

    name: str
    path: NoisePath = OneLook("flow", "x0")

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (3, stage.height, stage.width)

    def encode(self, picture: Tensor) -> Tensor:
        return picture

    def decode(self, x: Tensor) -> Tensor:
        return x

    def limit(self, x0: Tensor) -> Tensor:
        return x0

    def begin(self, setting: Setting) -> Tensor | None:
        return None

    def guidance(self, setting: Setting) -> Guidance:
        """Nothing is guided here."""
        return replace(classifier_free(setting, self.name), scale=1.0)
