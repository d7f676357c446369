"""What a family of models chooses where a prompt says nothing."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sfumato.plan.knobs import (
    Augment,
    Fraction,
    GuidanceScale,
    ImageGuidance,
    Interval,
    Momentum,
    Name,
    Parallel,
    Percentile,
    PullLimit,
    Rescale,
    SamplerName,
    ScheduleName,
    Shift,
    Steps,
    Threshold,
    Weights,
    ZeroInit,
    ZeroStar,
)
from sfumato.plan.stage import Adapter


class StageDefaults(BaseModel):
    """One stage of a family and its knobs where a prompt says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    weights: Weights
    scale: int = Field(
        default=1,
        ge=1,
        le=16,
        description="sides of this stage's picture over those of the stage before it; 1 keeps the size",
    )
    steps: Steps
    sampler: SamplerName
    schedule: ScheduleName
    shift: Shift = 1.0
    guidance: GuidanceScale = 1.0
    image_guidance: ImageGuidance = 1.0
    rescale: Rescale = 0.0
    interval: Interval = (0.0, 1.0)
    parallel: Parallel = 1.0
    momentum: Momentum = 0.0
    pull_limit: PullLimit = 0.0
    zero_star: ZeroStar = False
    zero_init: ZeroInit = 0
    threshold: Threshold = 0.0
    percentile: Percentile = 0.995
    augment: Augment = 0.0
    adapters: tuple[Adapter, ...] = ()
    start: Fraction = 0.0
    end: Fraction = 1.0


class Defaults(BaseModel):
    """A family's choices where a prompt says nothing.

    `pixels` and `multiple` are of the first stage's picture; every later stage multiplies its sides by
    `scale`. `draft` refuses a picture longer than `maximum_aspect`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Name
    stages: tuple[StageDefaults, ...] = Field(min_length=1)
    pixels: int = Field(ge=1, description="most pixels of the first stage's picture")
    multiple: int = Field(ge=1, description="the sides of the first stage's picture are multiples of this")
    pictures: int = Field(default=4, ge=1, le=64, description="pictures of one job")
    maximum_aspect: float = Field(
        default=3.0, ge=1, allow_inf_nan=False, description="longest side over shortest"
    )

    @model_validator(mode="after")
    def _widest_fits(self) -> Self:
        if self.pixels < self.multiple**2 * self.maximum_aspect:
            raise ValueError(
                f"{self.pixels} pixels do not hold a picture of {self.maximum_aspect:g}:1 "
                f"whose sides are multiples of {self.multiple}"
            )
        return self
