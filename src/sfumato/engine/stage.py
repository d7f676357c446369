"""What the engine expects of a model: Stage and Model, and the Setting a stage is asked in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from sfumato.engine.ask import Answer, Ask
from sfumato.engine.condition import Condition
from sfumato.engine.guidance import ClassifierFree, Guidance, part
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.path import NoisePath

if TYPE_CHECKING:
    from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a stage may know about one picture before its first step.

    plan     the whole plan
    stage    this stage's part of it
    ladder   all times of the stage's run, whatever part of it start and end leave
    results  what earlier stages left, by name, in those stages' own space (see State)
    draw     this picture's noise, apart from every other stage's
    """

    plan: Plan
    stage: StagePlan
    ladder: Ladder
    results: Mapping[str, Tensor]
    draw: Draw


class Stage(Protocol):
    """One diffusion process of a model: a prior, a base, a super-resolution, a refiner, a decoder."""

    @property
    def name(self) -> str:
        """As in StagePlan.name."""
        ...

    @property
    def path(self) -> NoisePath: ...

    def shape(self, plan: StagePlan) -> tuple[int, ...]:
        """Shape of x without a batch axis: (C, H, W), or (D,) for an embedding, which has no preview."""
        ...

    def encode(self, picture: Tensor) -> Tensor:
        """A picture (3, H, W) in [-1, 1] as a clean x of this stage."""
        ...

    def decode(self, x: Tensor) -> Tensor:
        """A clean x as a picture (3, H, W) in about [-1, 1]: for previews and the last stage's result."""
        ...

    def limit(self, x0: Tensor) -> Tensor:
        """x0 within what is possible here (clamping, dynamic thresholding); where all is, x0 itself."""
        ...

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """The condition of every role that `guidance` may name. Called once for each picture and stage."""
        ...

    def guidance(self, setting: Setting) -> Guidance:
        """How this stage's roles are joined; `classifier_free` is the usual one."""
        ...

    def begin(self, setting: Setting) -> Tensor | None:
        """The clean x to begin from when the stage starts after part 0 of its run; None when it has none."""
        ...


class Model(Protocol):
    """The networks of one family, opened on one device.

    `answer` must not depend on what else is in the batch, and must leave the asks as they are.
    """

    @property
    def stages(self) -> tuple[Stage, ...]: ...

    @property
    def accepts(self) -> frozenset[str]:
        """What its conditions can take beside text: "start", "mask", "hint", "reference" ..."""
        ...

    def key(self, ask: Ask) -> Hashable:
        """Asks with equal keys can share a forward pass: same network, shapes and adapters."""
        ...

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """One answer for each ask, in order; all asks have one key."""
        ...

    def close(self) -> None:
        """Gives the memory back; the model is not used afterwards."""
        ...


def classifier_free(setting: Setting, network: str, nets: Mapping[str, str] | None = None) -> ClassifierFree:
    """Guidance as the plan says: roles part(0), part(1) ... with the parts' weights, and "null".

    The plan's interval counts parts of the run; here it becomes times.
    """
    stage, ladder, parts = setting.stage, setting.ladder, setting.plan.parts
    first, last = stage.interval
    return ClassifierFree(
        network=network,
        scale=stage.guidance,
        weights={part(index): piece.weight for index, piece in enumerate(parts)} or {part(0): 1.0},
        rescale=stage.rescale,
        interval=(ladder.at(last), ladder.at(first)),
        nets=nets or {},
    )
