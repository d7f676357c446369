"""What the engine expects of a model: Stage and Model, and the Setting a stage is asked in."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from torch import Tensor

from sfumato.engine.ask import Answer, Ask
from sfumato.engine.condition import Condition
from sfumato.engine.guidance import Bound, ClassifierFree, Guidance, Pull, part
from sfumato.engine.ladder import Ladder
from sfumato.engine.memo import Memo
from sfumato.engine.noise import Draw
from sfumato.engine.path import NoisePath
from sfumato.engine.post import fitted

if TYPE_CHECKING:
    from sfumato.plan import Plan, StagePlan

T = TypeVar("T")


class Given(NamedTuple):
    """A picture (3, H, W) in [-1, 1] that a plan reads, and the weight it has there."""

    picture: Tensor
    weight: float


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a stage may know about one picture before its first step.

    plan     the whole plan
    stage    this stage's part of it
    ladder   all times of the stage's run, whatever part of it start and end leave
    results  what earlier stages left, by name, in those stages' own space (see State)
    draw     this picture's noise, apart from every other stage's
    given    the pictures that the plan's inputs name, by their hash: (3, H, W) in [-1, 1], of any size
    memo     what the model has read so far, for all its pictures
    """

    plan: Plan
    stage: StagePlan
    ladder: Ladder
    results: Mapping[str, Tensor]
    draw: Draw
    given: Mapping[str, Tensor] = field(default_factory=dict)
    memo: Memo = field(default_factory=Memo)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, once for all pictures with an equal key: a text read, a picture encoded."""
        return self.memo.once(key, make)

    def pictures(self, role: str) -> tuple[Given, ...]:
        """The pictures of this role in the plan's order. Raises ValueError when one is not given."""
        wanted = [item for item in self.plan.inputs if item.role == role]
        for item in wanted:
            if item.hash not in self.given:
                raise ValueError(f"the plan reads a {role} picture {item.hash[:12]}…, which was not given.")
        return tuple(Given(self.given[item.hash], item.weight) for item in wanted)

    def picture(self, role: str) -> Tensor | None:
        """The first picture of this role in the stage's size, (3, height, width), None when there is none."""
        for picture, _ in self.pictures(role):
            return fitted(picture, self.stage.width, self.stage.height)
        return None


class Stage(Protocol):
    """One diffusion process of a model: a prior, a base, a super-resolution, a refiner, a decoder."""

    @property
    def name(self) -> str:
        """As in StagePlan.name."""
        ...

    @property
    def path(self) -> NoisePath: ...

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        """Shape of x without a batch axis: (C, H, W); (D,) or (N, D) for embeddings, which show nothing."""
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
        """The clean x to begin from when the stage starts after part 0 of its run; None when it has none.

        `from_start` is the usual one.
        """
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


def from_start(stage: Stage, setting: Setting) -> Tensor | None:
    """The picture with the role start, in the stage's own space."""
    picture = setting.picture("start")
    return None if picture is None else stage.encode(picture)


def classifier_free(setting: Setting, network: str, nets: Mapping[str, str] | None = None) -> ClassifierFree:
    """Guidance as the plan says: roles part(0), part(1) ... with the parts' weights, and "null".

    The plan's interval counts parts of the run, its `zero_init` steps; here both become times.
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
        pull=Pull(stage.parallel, stage.momentum, stage.pull_limit, stage.zero_star),
        silent=ladder.times[min(stage.zero_init, ladder.steps)],
        bound=Bound(stage.threshold, stage.percentile),
    )
