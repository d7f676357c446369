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
from sfumato.engine.parts import blend, shares
from sfumato.engine.path import NoisePath
from sfumato.engine.placing import Box, coarser, continued, painted_anew, placed, read
from sfumato.engine.post import fitted

if TYPE_CHECKING:
    from sfumato.plan import Input, Plan, StagePlan

T = TypeVar("T")

ALL = (0.0, 1.0)
"""Of the run."""


class Given(NamedTuple):
    """A picture (3, H, W) in [-1, 1] that a plan reads, and the weight it has there."""

    picture: Tensor
    weight: float


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a stage may know about one picture before its first step.

    plan     the whole plan
    stage    this stage's part of it; where the network looks through windows, in the size of one
    ladder   all times of the stage's run, whatever part of it start and end leave
    results  what earlier stages left, by name, in those stages' own space (see State)
    draw     this picture's noise, apart from every other stage's
    given    the pictures that the plan's inputs name, by their hash: (3, H, W) in [-1, 1], of any size
    memo     what the model has read so far, for all its pictures
    window   what the network sees of the stage's picture, and that picture's (height, width); None is all
    """

    plan: Plan
    stage: StagePlan
    ladder: Ladder
    results: Mapping[str, Tensor]
    draw: Draw
    given: Mapping[str, Tensor] = field(default_factory=dict)
    memo: Memo = field(default_factory=Memo)
    window: tuple[Box, tuple[int, int]] | None = None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, once for all pictures with an equal key: a text read, a picture encoded."""
        return self.memo.once(key, make)

    def pictures(self, role: str) -> tuple[Given, ...]:
        """The pictures of this role in the plan's order. Raises ValueError when one is not given."""
        return tuple(Given(self._given(item), item.weight) for item in self.inputs(role))

    def inputs(self, role: str) -> tuple[Input, ...]:
        return tuple(item for item in self.plan.inputs if item.role == role)

    def picture(self, role: str) -> Tensor | None:
        """The first picture of this role as the stage sees it, (3, height, width), None when there is none.

        That of the role mask is `anew`, white where it is 1.
        """
        if role == "mask":
            anew = self.anew()
            return None if anew is None else anew.expand(3, -1, -1) * 2 - 1
        return next((self.placed(item) for item in self.inputs(role)), None)

    def placed(self, item: Input, smaller: int = 1) -> Tensor:
        """An input of the plan where it lies in what the stage sees, (3, height, width) over `smaller`."""
        size = self._whole[0] // smaller, self._whole[1] // smaller
        key = ("placed", item.hash, item.frame, self.view[:2], size)
        whole = self.once(key, lambda: placed(self._given(item), self.plan, item.frame, size))
        return self.window[0].scaled(self._whole, size).cut(whole) if self.window else whole

    def anew(self) -> Tensor | None:
        """(1, height, width): 1 where the start picture is painted over; None where there is nothing to keep.

        That is under the masks, and where the start picture does not lie. A pixel of a smaller stage is
        painted over as soon as any part of it is.
        """
        anew = self._painted_anew()
        return None if anew is None else self._seen(coarser(anew, self._whole))

    def known(self) -> Tensor:
        """The start picture, (3, height, width), of which nothing shows that is painted anew."""
        start, size = self.inputs("start")[0], (self.plan.height, self.plan.width)
        picture, anew = placed(self._given(start), self.plan, start.frame, size), self._painted_anew()
        own = picture if anew is None else continued(picture, anew)
        return self._seen(fitted(own, self._whole[1], self._whole[0]))

    def region(self, item: Input) -> Tensor:
        """An input of the role region as the stage sees it, but in the plan's pixels, (1, H, W)."""
        whole = painted_anew([(self._given(item), item.frame)], None, self.plan)
        size = (self.plan.height, self.plan.width)
        return self.window[0].scaled(self._whole, size).cut(whole) if self.window else whole

    def _seen(self, whole: Tensor) -> Tensor:
        return self.window[0].cut(whole) if self.window else whole

    def _painted_anew(self) -> Tensor | None:
        """As `anew`, of the whole picture in the plan's pixels."""
        starts, masks = self.inputs("start"), self.inputs("mask")
        if not starts or not self.plan.keeps:
            return None
        over = [(self._given(item), item.frame) for item in masks]
        return painted_anew(over, starts[0].frame, self.plan)

    @property
    def view(self) -> tuple[Hashable, ...]:
        """What the look of a placed picture depends on, beside that picture and its frame."""
        plan = self.plan
        return (plan.width, plan.height), plan.wrap, self._whole, self.window

    @property
    def _whole(self) -> tuple[int, int]:
        """(height, width) of the stage's picture, in pixels."""
        return self.window[1] if self.window else (self.stage.height, self.stage.width)

    def _given(self, item: Input) -> Tensor:
        return read(item, self.given)


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
    """The picture with the role start in the stage's own space; of several the mean, by their weights."""
    starts = setting.inputs("start")
    if not starts:
        return None
    return mean(starts, lambda item: encoded_input(stage, setting, item))


def mean(inputs: Sequence[Input], see: Callable[[Input], Tensor]) -> Tensor:
    """What is seen of several inputs of a plan, as one by their weights, whose sum is above 0."""
    own = shares({str(index): item.weight for index, item in enumerate(inputs)})
    return blend([see(inputs[int(index)]) for index in own], tuple(own.values()))


def encoded_input(stage: Stage, setting: Setting, item: Input) -> Tensor:
    """A picture that the plan reads, where it lies, in the stage's own space."""
    key = ("encoded", stage.name, item.hash, item.frame, setting.view)
    return setting.once(key, lambda: stage.encode(setting.placed(item)))


def encoded_known(stage: Stage, setting: Setting) -> Tensor:
    """What is kept of the start picture in the stage's own space; nothing else of it shows there."""
    read_from = tuple((item.hash, item.frame) for role in ("start", "mask") for item in setting.inputs(role))
    key = ("known", stage.name, read_from, setting.view)
    return setting.once(key, lambda: stage.encode(setting.known()))


def classifier_free(setting: Setting, network: str, nets: Mapping[str, str] | None = None) -> ClassifierFree:
    """Guidance as the plan says: roles part(0), part(1) ... with the parts' weights, and "null".

    The plan's intervals count parts of the run, its `zero_init` steps; here all become times.
    """
    stage, ladder = setting.stage, setting.ladder
    parts = {part(index): piece for index, piece in enumerate(setting.plan.parts)}
    regions = {item.hash: item for item in setting.inputs("region")}
    return ClassifierFree(
        network=network,
        scale=stage.guidance,
        weights={role: piece.weight for role, piece in parts.items()} or {part(0): 1.0},
        rescale=stage.rescale,
        interval=_times(ladder, stage.interval),
        nets=nets or {},
        pull=Pull(stage.parallel, stage.momentum, stage.pull_limit, stage.zero_star),
        silent=ladder.times[min(stage.zero_init, ladder.steps)],
        bound=Bound(stage.threshold, stage.percentile),
        spans={role: _times(ladder, p.interval) for role, p in parts.items() if p.interval != ALL},
        regions={role: setting.region(regions[p.region]) for role, p in parts.items() if p.region},
    )


def _times(ladder: Ladder, interval: tuple[float, float]) -> tuple[float, float]:
    first, last = interval
    return ladder.at(last), ladder.at(first)
