"""Edits: what a person does with pictures, each as the plan that does it. One request type for every face."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil, floor, gcd, prod
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from sfumato.language import Prompt
from sfumato.plan.defaults import Defaults
from sfumato.plan.draft import Entropy, draft
from sfumato.plan.errors import PlanError
from sfumato.plan.knobs import LONGEST_SIDE_PX, Fraction
from sfumato.plan.plan import Frame, Input, Plan, PostStep
from sfumato.plan.seed import random_seed
from sfumato.plan.size import fit
from sfumato.plan.stage import StageDefaults, StagePlan
from sfumato.plan.wishes import keeping

SUBTLE, STRONG = 0.5, 0.8  # of a run, for a variation
REFINE, ADD = 0.3, 0.6  # of a run, for a larger picture
BLEND = 0.8
CORRECTIONS = 4
NEAR_DB = 36.0  # of the given picture, when one that was made larger is scaled back
JOIN = PostStep(name="join", amount=0.5)  # fades within half of the shorter side


class Source(NamedTuple):
    """A picture that is edited: its content's hash, and its size in pixels."""

    hash: str
    width: int
    height: int


class Asked(NamedTuple):
    """Everything an edit becomes a plan of.

    accepts  roles of pictures that the model's networks read by themselves
    """

    prompt: Prompt
    defaults: Defaults
    sources: Sequence[Source]
    accepts: frozenset[str] = frozenset()
    entropy: Entropy = random_seed

    @property
    def source(self) -> Source:
        """The one picture that is edited. Raises PlanError when there are more or none."""
        if len(self.sources) != 1:
            raise PlanError(f"This edit takes one picture, not {len(self.sources)}.")
        return self.sources[0]

    def draft(self, width: int, height: int, tiles: bool = True) -> Plan:
        """A plan in the aspect of the prompt, else in this one; with `tiles`, one that tiles if it is to."""
        said, common = self.prompt.parameters, gcd(width, height)
        aspect = said.aspect or (width // common, height // common)
        parameters = replace(said, aspect=aspect, tile=said.tile and tiles)
        return draft(replace(self.prompt, parameters=parameters), self.defaults, self.entropy)

    def square(self) -> Plan:
        """A plan of the family's own square, whatever shape the prompt asks for."""
        parameters = replace(self.prompt.parameters, aspect=None, tile=False)
        return draft(replace(self.prompt, parameters=parameters), self.defaults, self.entropy)

    def shaped(self, aspect: tuple[int, int] | None) -> Asked:
        """The same in another aspect; None leaves it to `draft`."""
        parameters = replace(self.prompt.parameters, aspect=aspect)
        return self._replace(prompt=replace(self.prompt, parameters=parameters))


class Request(BaseModel):
    """What all edits have in common: nothing beside their fields is allowed, and they do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Restyle(Request):
    """Paint a picture again after other words (image-to-image)."""

    kind: Literal["restyle"] = "restyle"
    strength: Fraction = Field(
        default=0.65, description="0 is the picture itself, 1 takes nothing from it but its shape"
    )

    def plan(self, asked: Asked) -> Plan:
        return begun(asked.draft(asked.source.width, asked.source.height), asked, self.strength)


class Vary(Request):
    """Pictures like this one; with other words a remix."""

    kind: Literal["vary"] = "vary"
    strong: bool = Field(default=False, description="changes the composition too, not only details")

    def plan(self, asked: Asked) -> Plan:
        strength = STRONG if self.strong else SUBTLE
        return begun(asked.draft(asked.source.width, asked.source.height), asked, strength)


class Region(Request):
    """Paint anew what the second picture, a mask, shows in white; the rest stays exactly as it is."""

    kind: Literal["region"] = "region"

    def plan(self, asked: Asked) -> Plan:
        if len(asked.sources) < 2:
            raise PlanError("To paint a region anew, give its mask too: a picture that is white there.")
        source = asked.sources[0]
        plan = asked.shaped(None).draft(source.width, source.height, tiles=False)
        inputs = (
            Input(role="start", hash=source.hash),
            *(Input(role="mask", hash=mask.hash) for mask in asked.sources[1:]),
        )
        return keeping(_checked(plan, inputs=inputs))


class Zoom(Request):
    """See more around a picture: it becomes smaller, and what surrounds it is painted."""

    kind: Literal["zoom"] = "zoom"
    factor: float = Field(
        default=2.0, ge=1, le=8, allow_inf_nan=False, description="the picture's sides become so much smaller"
    )

    def plan(self, asked: Asked) -> Plan:
        plan = asked.draft(asked.source.width, asked.source.height, tiles=False)
        return _outpainted(plan, asked.source, self.factor)


class Square(Request):
    """The whole picture in a square, with what lies above and below it, or beside it, painted."""

    kind: Literal["square"] = "square"

    def plan(self, asked: Asked) -> Plan:
        plan = asked.shaped((1, 1)).draft(1, 1, tiles=False)
        return _outpainted(plan, asked.source, 1.0)


class Pan(Request):
    """Go on painting beyond one side; the picture grows, and stays exactly as it is."""

    kind: Literal["pan"] = "pan"
    to: Literal["left", "right", "up", "down"] = "right"
    fraction: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        allow_inf_nan=False,
        description="how much of what the model paints at once is new",
    )

    def plan(self, asked: Asked) -> Plan:
        flat = self.to in ("left", "right")
        plan = _window(asked, self.to)
        frame = self._frame(asked.source, plan, flat)
        return _checked(
            plan,
            inputs=(Input(role="start", hash=asked.source.hash, frame=frame),),
            post=(JOIN, PostStep(name="extend")),
        )

    def _frame(self, source: Source, plan: Plan, flat: bool) -> Frame:
        """The picture, as large as the window across, drawn out of it by the part that is new."""
        scale = plan.height / source.height if flat else plan.width / source.width
        width, height = round(source.width * scale), round(source.height * scale)
        if flat:
            new = self._new(plan.width, width)
            left = new if self.to == "left" else plan.width - new - width
            return Frame(left=left, top=0, width=width, height=height)
        new = self._new(plan.height, height)
        top = new if self.to == "up" else plan.height - new - height
        return Frame(left=0, top=top, width=width, height=height)

    def _new(self, window: int, picture: int) -> int:
        """How much of the window is new: some and not all, and no less than the picture leaves."""
        return max(min(round(window * self.fraction), window - 1), window - picture, 1)


class Upscale(Request):
    """A larger picture: the same one, or one with more in it."""

    kind: Literal["upscale"] = "upscale"
    factor: float = Field(
        default=2.0, gt=1, le=16, allow_inf_nan=False, description="the picture's sides become so much longer"
    )
    creative: bool = Field(default=False, description="adds what is not in the picture; else only refines it")

    def plan(self, asked: Asked) -> Plan:
        """By the model's enlarger where it has one; else, and to add to the picture, the model's own
        painting, in windows of its own square, begun from the picture in its new size.

        A model that only makes pictures larger runs from noise, if that makes them no larger than is asked:
        it sees the picture as it is.
        """
        enlarger = asked.defaults.stages[0] if asked.defaults.at_once else asked.defaults.enlarger
        if enlarger and not self.creative:
            return self._at_once(asked, enlarger)
        return self._painted(asked)

    def _painted(self, asked: Asked) -> Plan:
        source = asked.source
        width, height = round(source.width * self.factor), round(source.height * self.factor)
        plan = asked.square()
        plan = plan.model_copy(update={"seeds": plan.seeds[:1]})
        stages = tuple(_enlarged(plan.stages, asked.defaults, width, height))
        last, frame = stages[-1], Frame(left=0, top=0, width=width, height=height)
        post = (PostStep(name="crop", frame=frame),)
        if not self.creative:
            post += (PostStep(name="agree", amount=CORRECTIONS),)
        grown = plan.model_copy(
            update={"stages": stages, "width": last.width, "height": last.height, "post": post}
        )
        begin = ADD if self.creative else REFINE
        if 1 < asked.defaults.enlarges <= self.factor:
            begin = 1.0
        only = (Input(role="start", hash=source.hash, frame=frame),)
        painting = _begun(grown, asked.defaults, begin, last_only=True)
        if asked.defaults.enlarger:
            painting = (self._by(asked.defaults.enlarger, last.width, last.height), *painting)
        return _checked(grown, inputs=only, stages=painting)

    def _at_once(self, asked: Asked, enlarger: StageDefaults) -> Plan:
        """By a network that only makes pictures larger: as large as it makes them, and fitted in the end."""
        plan, source = asked.square(), asked.source
        width, height = round(source.width * self.factor), round(source.height * self.factor)
        _require_possible(width, height)
        wanted = Frame(left=0, top=0, width=width, height=height)
        stage = self._by(enlarger, width, height)
        size = {"width": stage.width, "height": stage.height}
        larger = plan.model_copy(update={"stages": (stage,), "seeds": plan.seeds[:1], **size})
        whole, post = Frame(left=0, top=0, **size), ()
        if wanted != whole:
            post = (PostStep(name="fit", frame=wanted),)
        if asked.defaults.enlarger:
            post += (PostStep(name="near", amount=NEAR_DB),)
        return _checked(larger, inputs=(Input(role="start", hash=source.hash, frame=whole),), post=post)

    def _by(self, enlarger: StageDefaults, width: int, height: int) -> StagePlan:
        """The stage that makes all that is to be so large, or larger where that takes a picture as large
        as the source: of a smaller one, what is fine would be lost."""
        scale, sides = enlarger.scale, (width / self.factor, height / self.factor)
        factor = max(self.factor, min(scale, LONGEST_SIDE_PX / max(sides)))
        width, height = (max(round(side * factor / scale), 1) * scale for side in sides)
        knobs = enlarger.model_dump(exclude={"scale", "paints"})
        return StagePlan.model_validate({**knobs, "width": width, "height": height})


class Blend(Request):
    """One picture out of two to five, as the model understands them, else by their mean."""

    kind: Literal["blend"] = "blend"

    def plan(self, asked: Asked) -> Plan:
        if not 2 <= len(asked.sources) <= 5:
            raise PlanError(f"A blend takes 2 to 5 pictures, not {len(asked.sources)}.")
        plan = asked.draft(1, 1)
        if "reference" in asked.accepts:
            inputs = tuple(Input(role="reference", hash=own.hash) for own in asked.sources)
            return _checked(plan, inputs=inputs)
        in_order = sorted(asked.sources)  # the last bits of a sum depend on it, and nothing else
        return begun(plan, asked._replace(sources=in_order), BLEND)


Edit = Annotated[Restyle | Vary | Region | Zoom | Square | Pan | Upscale | Blend, Field(discriminator="kind")]


def begun(plan: Plan, asked: Asked, strength: float) -> Plan:
    """The plan begun from the sources in place of noise, so late that `strength` of its run is left."""
    inputs = tuple(Input(role="start", hash=own.hash) for own in asked.sources)
    return _checked(plan, inputs=inputs, stages=_begun(plan, asked.defaults, strength))


def _begun(plan: Plan, defaults: Defaults, strength: float, last_only: bool = False) -> tuple[StagePlan, ...]:
    """The stages with later starts. One that would have nothing left to do is left out where the next one
    goes on in its place, and else hands on the picture as it is; with `last_only` those do that too on which
    the last one builds."""
    paints = {stage.name for stage in defaults.stages if stage.paints}
    size = (plan.width, plan.height)
    stages = []
    for index, stage in enumerate(plan.stages):
        following = plan.stages[index + 1] if index + 1 < len(plan.stages) else None
        start = max(stage.start, 1.0 - strength)
        if stage.name not in paints or start == 0:
            stages.append(stage)
        elif last_only and (stage.width, stage.height) != size:
            stages.append(stage.model_copy(update={"start": 1.0, "end": 1.0}))
        elif _has_steps(stage, start):
            stages.append(stage.model_copy(update={"start": start}))
        elif following is None or following.start != stage.end:
            stages.append(stage.model_copy(update={"start": 1.0, "end": 1.0}))
    return tuple(stages)


def _has_steps(stage: StagePlan, start: float) -> bool:
    """Whether any of its steps are left from this part of its run on; of a run to the end one always is."""
    if stage.end == 1:
        return start < 1
    return floor(start * stage.steps + 0.5) < floor(stage.end * stage.steps + 0.5)


def _outpainted(plan: Plan, source: Source, factor: float) -> Plan:
    """The source in the middle, as large as fits over `factor`, and everything around it new."""
    scale = min(plan.width / source.width, plan.height / source.height) / factor
    width, height = max(1, round(source.width * scale)), max(1, round(source.height * scale))
    frame = Frame(left=(plan.width - width) // 2, top=(plan.height - height) // 2, width=width, height=height)
    inputs = (Input(role="start", hash=source.hash, frame=frame),)
    return _checked(plan, inputs=inputs, post=(JOIN, PostStep(name="keep", amount=0)))


def _window(asked: Asked, to: str) -> Plan:
    """A plan of what the model paints at once: as large across as the source where that can be, and as long
    along it as the model makes at that size, but no longer than the source."""
    source, defaults, flat = asked.source, asked.defaults, to in ("left", "right")
    along, across = (source.width, source.height) if flat else (source.height, source.width)
    ratio = defaults.maximum_aspect
    if across > along * ratio:
        size = f"{source.width} × {source.height} pixels"
        raise PlanError(
            f"A picture of {size} cannot be panned {to}: {defaults.family} paints at most {ratio:g} times as "
            "long as wide at once."
        )
    larger = prod(stage.scale for stage in defaults.stages)
    step, longest = defaults.multiple * larger, int(across * ratio)
    lengths = [length for length in range(step, min(along, longest) + 1, step) if length * ratio >= across]
    fits = [(length, across) for length in lengths if _made(defaults, length, across, larger)]
    long, short = fits[-1] if fits else (min(along, longest), across)
    return asked.shaped(None).draft(*((long, short) if flat else (short, long)), tiles=False)


def _made(defaults: Defaults, length: int, across: int, larger: int) -> bool:
    """Whether the family's picture of this shape has just this size."""
    made = fit((length, across), defaults.pixels, defaults.multiple)
    return (made[0] * larger, made[1] * larger) == (length, across)


def _enlarged(
    stages: Sequence[StagePlan], defaults: Defaults, width: int, height: int
) -> Iterator[StagePlan]:
    """The stages in the size of a larger picture, each looking through windows of its usual size."""
    paints = {stage.name for stage in defaults.stages if stage.paints}
    total = stages[-1].width // stages[0].width
    multiple = defaults.multiple * total
    width, height = (ceil(side / multiple) * multiple for side in (width, height))
    _require_possible(width, height)
    for stage in stages:
        part, side = stages[-1].width // stage.width, max(stage.width, stage.height)
        larger = {"width": width // part, "height": height // part, "window": side}
        yield stage.model_copy(update=larger if stage.name in paints else {})


def _require_possible(width: int, height: int) -> None:
    if max(width, height) > LONGEST_SIDE_PX:
        size = f"{width} × {height} pixels"
        raise PlanError(f"{size} are too many: no side may be longer than {LONGEST_SIDE_PX}.")


def _checked(plan: Plan, **changed: object) -> Plan:
    """The plan with these fields, as if it had been written so. Raises PlanError."""
    return Plan.from_json(plan.model_copy(update=changed).to_json())
