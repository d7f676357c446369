"""The knobs of a stage, each declared once: its type, its range and what it does.

`StageDefaults` says what a family chooses for them, `StagePlan` what one job uses. Faces read the
descriptions from here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

LONGEST_SIDE_PX = 16384


def _in_order(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(
            f"an interval runs from its smaller end to its larger one, not from {pair[0]} to {pair[1]}"
        )
    return pair


def _without_sign_of_zero(number: float) -> float:
    return number + 0.0


# -0.0 equals 0.0 but is written otherwise, and equal plans must be equal texts.
OneZero = AfterValidator(_without_sign_of_zero)

Real = Annotated[float, Field(allow_inf_nan=False), OneZero]

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), OneZero]

Name = Annotated[str, Field(min_length=1, max_length=100)]

Weights = Annotated[str, Field(min_length=1, description="sha256 of the weights' file; what the network is")]

SidePx = Annotated[
    int, Field(ge=1, le=LONGEST_SIDE_PX, description="in pixels of the picture, also where x is a latent")
]

Steps = Annotated[
    int, Field(ge=1, le=1000, description="how many steps the sampler takes from noise to picture")
]

SamplerName = Annotated[Name, Field(description="the sampler that walks the steps")]

ScheduleName = Annotated[Name, Field(description="how the noise times are spread over the steps")]

Shift = Annotated[
    float,
    Field(
        gt=0, le=100, allow_inf_nan=False, description="above 1, more of the steps are spent at high noise"
    ),
]

GuidanceScale = Annotated[
    float,
    Field(
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="s in D∅ + s·(D − D∅): how far the prompt pulls; 1 asks the conditional network only",
    ),
    OneZero,
]

ImageGuidance = Annotated[
    float,
    Field(
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="how far reference pictures pull, where a model guides by them apart from the words",
    ),
    OneZero,
]

Rescale = Annotated[
    Fraction,
    Field(description="how much of the guided answer's contrast is brought back to the unguided one's"),
]

Augment = Annotated[
    Fraction,
    Field(description="noise put on the smaller picture that a stage makes larger: 0 none, 1 nothing else"),
]

Interval = Annotated[
    tuple[Fraction, Fraction],
    AfterValidator(_in_order),
    Field(description="it acts only between these parts of the run: 0 is noise, 1 the finished picture"),
]
