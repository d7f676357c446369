"""The Plan: everything about one job, in one value that does not change."""

from __future__ import annotations

import json
from hashlib import sha256
from math import fsum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sfumato.plan.errors import PlanError
from sfumato.plan.knobs import LONGEST_SIDE_PX, Interval, Name, Real, SidePx
from sfumato.plan.schema import SCHEMA, upgrade
from sfumato.plan.seed import Seed
from sfumato.plan.stage import StagePlan

KEEPING = frozenset({"keep", "extend"})  # finishing steps that put a start picture back

Sha256 = Field(pattern=r"^[0-9a-f]{64}$", description="sha256 of the content")


class Frame(BaseModel):
    """Where something lies on the finished picture, in its pixels from the upper left; it may stick out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: int = Field(ge=-LONGEST_SIDE_PX, le=LONGEST_SIDE_PX)
    top: int = Field(ge=-LONGEST_SIDE_PX, le=LONGEST_SIDE_PX)
    width: SidePx
    height: SidePx


class PlanPart(BaseModel):
    """A piece of text with its weight; what `--no` names has a negative one.

    `interval` says in which parts of the run it is heard, `region` where: it is the hash of an input.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str = Field(min_length=1)
    weight: Real = Field(default=1.0, description="its share in the guided sum, over the sum of all")
    interval: Interval = (0.0, 1.0)
    region: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", description="hash of a mask; empty: all")


class PlanReference(BaseModel):
    """A style reference: a code (as decimal digits, `random` already resolved) or an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str = Field(min_length=1)
    weight: Real = 1.0


class Input(BaseModel):
    """A picture that the job reads, by its content.

    A start picture with a frame fills that part of the finished picture; without one it fills the whole.
    See `Plan.keeps` for what becomes of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Name = Field(description="what it is to the job: start, mask, region, hint, reference")
    hash: str = Sha256
    weight: Real = 1.0
    frame: Frame | None = None


class PostStep(BaseModel):
    """A step of arithmetic on the finished picture: see engine/finish.py for their names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    amount: Real = 1.0
    frame: Frame | None = None


class Plan(BaseModel):
    """One job: what to paint, with which networks, from which noise. The same plan gives the same pictures.

    Every default is resolved: nothing but the plan and the weights it names decides a pixel. `hash` is its
    identity, and changes with any field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = Field(
        default=SCHEMA, alias="schema", ge=SCHEMA, le=SCHEMA, description="form of this record"
    )
    family: Name
    prompt: str = Field(description="the prompt in canonical form")
    parts: tuple[PlanPart, ...] = ()
    quoted: tuple[str, ...] = Field(default=(), description="strings to be drawn as letters")
    references: tuple[PlanReference, ...] = Field(default=(), description="style references")
    negative: str = Field(default="", description="what takes the place of no prompt in the guided sum")
    operation: Name = "imagine"
    inputs: tuple[Input, ...] = ()
    seeds: tuple[Seed, ...] = Field(min_length=1, description="one for each picture")
    width: SidePx
    height: SidePx
    stages: tuple[StagePlan, ...] = Field(min_length=1)
    post: tuple[PostStep, ...] = ()
    wrap: int = Field(
        default=0,
        ge=0,
        le=LONGEST_SIDE_PX // 4,
        description="so many pixels at every side repeat what lies across the picture, so that it tiles",
    )

    @property
    def hash(self) -> str:
        """sha256 of the canonical JSON, in hexadecimal: the plan's identity."""
        return sha256(self.to_json().encode()).hexdigest()

    @property
    def keeps(self) -> bool:
        """Whether a start picture is kept, but for what lies under masks, and painted around.

        Otherwise it is only begun from, and painted over everywhere.
        """
        masked = any(item.role == "mask" for item in self.inputs)
        return masked or any(step.name in KEEPING for step in self.post)

    def to_json(self) -> str:
        """Canonical JSON: every field, keys in order, no blanks, so that equal plans are equal texts."""
        record = self.model_dump(mode="json", by_alias=True)
        return json.dumps(record, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The plan that `to_json` wrote, in this form or an older one. Raises PlanError."""
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise PlanError(f"This is not a plan: it is not JSON ({error}).") from error
        try:
            return cls.model_validate(upgrade(record))
        except ValidationError as error:
            raise PlanError(f"This plan cannot be read: {faults(error)}.") from error

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        last = self.stages[-1]
        if (last.width, last.height) != (self.width, self.height):
            raise ValueError(
                f"the picture is {self.width}×{self.height}, its last stage {last.width}×{last.height}"
            )
        if self.parts:
            self._always_says_something()
        if 3 * self.wrap > min(self.width, self.height):
            size = f"{self.width}×{self.height}"
            raise ValueError(f"{self.wrap} pixels at every side repeat more than they leave of {size}")
        for item in self.inputs:
            if item.frame and not self._touches(item.frame):
                size = f"{self.width}×{self.height}"
                raise ValueError(f"the frame of the {item.role} picture lies beside the {size} pixels")
        masks = {item.hash for item in self.inputs if item.role == "region"}
        if lost := [part.content for part in self.parts if part.region and part.region not in masks]:
            raise ValueError(f"“{lost[0]}” has a region that no input of this role shows")
        return self

    def _touches(self, frame: Frame) -> bool:
        across = frame.left < self.width and frame.left + frame.width > 0
        return across and frame.top < self.height and frame.top + frame.height > 0

    def _always_says_something(self) -> None:
        """What is said of no region has a positive sum at every moment: elsewhere it is all there is."""
        said = [part for part in self.parts if not part.region or part.weight < 0]
        for moment in sorted({end for part in said for end in part.interval} | {0.0}):
            heard = (part.weight for part in said if part.interval[0] <= moment < part.interval[1])
            if moment < 1 and fsum(heard) <= 0:
                where = f" at {moment:g} of the run" if moment else ""
                raise ValueError(f"the sum of all weights must be positive{where}, --no counted as -0.5")


def faults(error: ValidationError) -> str:
    """What pydantic found, as words: `stages.0.steps: Input should be greater than or equal to 1; …`."""
    found = (
        (".".join(map(str, fault["loc"])), fault["msg"].removeprefix("Value error, "))
        for fault in error.errors()
    )
    return "; ".join(f"{place}: {message}" if place else message for place, message in found)
