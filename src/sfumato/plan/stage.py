"""One stage of a plan: which network, how large, and how it is sampled."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sfumato.plan.knobs import (
    Augment,
    Cache,
    Candidates,
    ClipSkip,
    Fraction,
    GuidanceScale,
    ImageGuidance,
    Interval,
    Momentum,
    Name,
    OneZero,
    Parallel,
    Percentile,
    PullLimit,
    Rescale,
    SamplerName,
    ScheduleName,
    Shift,
    SidePx,
    SkipGuidance,
    SkipInterval,
    SkipLayers,
    Steps,
    Threshold,
    Weights,
    Window,
    ZeroInit,
    ZeroStar,
)


class Adapter(BaseModel):
    """What is added to a network while a stage runs: LoRA, ControlNet, IP-Adapter. At scale 0 it is nothing.

    The n-th ControlNet of a stage reads the n-th picture with the role hint.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Weights
    scale: Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False), OneZero] = 1.0
    interval: Interval = (0.0, 1.0)


class Knobs(BaseModel):
    """Which network a stage runs, and how: each knob is declared here and nowhere else.

    `start` and `end` are parts of the run: 0 is pure noise, 1 the finished picture. A stage that ends at .4
    takes the first 40 % of its `steps` (at least one) and hands on what it would paint from there. A stage
    that starts at 1 takes none and hands on the given picture.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    weights: Weights
    adapters: tuple[Adapter, ...] = ()
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
    cache: Cache = 0.0
    window: Window = 0
    clip_skip: ClipSkip = 0
    candidates: Candidates = 1
    skip_layers: SkipLayers = ()
    skip_guidance: SkipGuidance = 2.8
    skip_interval: SkipInterval = (0.01, 0.2)
    start: Fraction = Field(
        default=0.0, description="where the run begins; above 0 it begins from a given picture"
    )
    end: Fraction = Field(default=1.0, description="where the run stops; --stop lowers it")

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start >= self.end and not self.start == self.end == 1:
            raise ValueError(
                f"stage {self.name} would begin at {self.start} and end at {self.end}: nothing is left to do"
            )
        return self


class StagePlan(Knobs):
    """Everything about one stage of one job: a prior, a base, a super-resolution, a refiner, a decoder …"""

    width: SidePx
    height: SidePx

    @property
    def seen(self) -> tuple[int, int]:
        """(width, height) of what the network looks at in one piece, in pixels."""
        side = self.window or max(self.width, self.height)
        return min(side, self.width), min(side, self.height)


class StageDefaults(Knobs):
    """One stage of a family, and its knobs where a prompt says nothing."""

    scale: int = Field(
        default=1,
        ge=1,
        le=16,
        description="sides of this stage's picture over those of the stage before it; 1 keeps the size",
    )
    paints: bool = Field(
        default=True,
        description="whether its x is the picture, not an embedding that a later stage reads",
    )
