"""The knobs of a stage, each declared once: its type, its range and what it does.

`Knobs` lists them: `StageDefaults` says what a family chooses, `StagePlan` what one job uses. Faces read the
descriptions from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

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

SAMPLER_HELP: Mapping[str, str] = MappingProxyType(
    {
        "euler": "first order, no noise: plain and safe; with 1 to 4 steps for distilled flow models",
        "ddim": "euler under the name it has for models with a table of noise",
        "ddpm": "fresh noise at every step, as much as the model says where it does: wants many steps",
        "heun": "second order, no noise, asks the model twice a step",
        "dpm++2m": "second order, no noise, asks once a step: it remembers the answer before",
        "euler-ancestral": "euler with fresh noise at every step: more steps give another picture",
        "dpm++sde": "dpm++2m with fresh noise at every step, which forgets early errors",
        "unipc": "dpm++2m that corrects each step by the answer after it, at no cost: third order",
        "lcm": "to the picture and back into fresh noise: 1 to 8 steps, for consistency models only",
    }
)
"""Every sampler, in a line."""

SCHEDULE_HELP: Mapping[str, str] = MappingProxyType(
    {
        "linear": "even times",
        "trailing": "even times, rounded to entries of a table of noise, from the last one",
        "leading": "whole strides through a table of noise, from its first entry",
        "leading+1": "whole strides through a table of noise, from its second entry",
        "linspace": "even times from the largest to the smallest that was trained at",
        "linspace-whole": "linspace, rounded to entries of a table of noise",
        "linspace-open": "even entries of a table of noise down to its first, which is left out",
        "karras": "even in the seventh root of the noise level: most steps at little noise",
        "exponential": "even in the logarithm of the noise level: even more steps at little noise",
        "beta": "even times, drawn towards both ends of the run",
        "lcm": "out of 50 even times, as consistency models are distilled",
        "ays-sd1": "align your steps: levels found for Stable Diffusion 1 in ten steps",
        "ays-sdxl": "align your steps: levels found for Stable Diffusion XL in ten steps",
        "ays-if": "align your steps: levels found for DeepFloyd IF's first stage in ten steps",
        "ays-svd": "align your steps: levels found for Stable Video Diffusion in ten steps",
    }
)
"""Every schedule, in a line."""


def _one_of(kind: str, known: Mapping[str, str]) -> Callable[[str], str]:
    def known_name(name: str) -> str:
        if name not in known:
            raise ValueError(f"there is no {kind} {name!r}: choose one of {', '.join(known)}")
        return name

    return known_name


SamplerName = Annotated[
    Name,
    AfterValidator(_one_of("sampler", SAMPLER_HELP)),
    Field(description="the sampler that walks the steps"),
]

ScheduleName = Annotated[
    Name,
    AfterValidator(_one_of("schedule", SCHEDULE_HELP)),
    Field(description="how the noise times are spread over the steps"),
]

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

Parallel = Annotated[
    Fraction,
    Field(
        description="how much of guidance's pull along the picture itself is kept: below 1 colours stay "
        "natural at a large scale; 0 is projected guidance (APG)"
    ),
]

Momentum = Annotated[
    float,
    Field(
        ge=-1,
        le=1,
        allow_inf_nan=False,
        description="how much of the last step's pull is added to guidance's; below 0 steps do not repeat it",
    ),
    OneZero,
]

PullLimit = Annotated[
    float,
    Field(
        ge=0,
        le=1e6,
        allow_inf_nan=False,
        description="longest pull of guidance, as Euclidean length over the whole picture or latent; 0: any",
    ),
    OneZero,
]

ZeroStar = Annotated[
    bool,
    Field(description="scales the answer without a prompt to fit that with it before guiding (CFG-Zero*)"),
]

ZeroInit = Annotated[
    int,
    Field(
        ge=0,
        le=1000,
        description="this many first steps take the network's output to be 0: on flow models they wait",
    ),
]

Threshold = Annotated[
    float,
    Field(
        ge=0,
        le=1e6,
        allow_inf_nan=False,
        description="values of the clean picture beyond this are brought back at every step: 1 in pixels, "
        "more in latents; 0: none",
    ),
    OneZero,
]

Percentile = Annotated[
    Fraction,
    Field(description="the share of values that a threshold may shrink to fit; the rest is clipped"),
]

Augment = Annotated[
    Fraction,
    Field(description="noise put on the smaller picture that a stage makes larger: 0 none, 1 nothing else"),
]

Interval = Annotated[
    tuple[Fraction, Fraction],
    AfterValidator(_in_order),
    Field(description="acts only between these parts of the run: 0 is noise, 1 the picture"),
]

Cache = Annotated[
    Fraction,
    Field(
        description="a look is left out, and the answer before it used again, where the last two answers "
        "differ by less than this share of their length; 0: none"
    ),
]

Window = Annotated[
    int,
    Field(
        ge=0,
        le=LONGEST_SIDE_PX,
        description="the network looks at squares of so many pixels, which overlap, in place of the whole "
        "picture; 0: the whole",
    ),
]

ClipSkip = Annotated[
    int,
    Field(
        ge=0,
        le=100,
        description="so many of the text encoder's last layers are left out, beside those that the model was "
        "made without: 1 on SD 1 is what others call clip skip 2",
    ),
]

Candidates = Annotated[
    int,
    Field(
        ge=1,
        le=64,
        description="so many image embeddings are drawn for each text by a prior, and the one nearest to the "
        "text is painted (best of n)",
    ),
]


def _several(typed: object) -> object:
    """One number where a list of them is meant; nothing typed is an empty list."""
    if typed == "":
        return ()
    return (typed,) if isinstance(typed, str | int) else typed


SkipLayers = Annotated[
    tuple[Annotated[int, Field(ge=0, le=1000)], ...],
    BeforeValidator(_several),
    Field(
        description="layers that the network leaves out in one more look, away from which it is guided "
        "(skip-layer guidance), as 7,8,9, which suits Stable Diffusion 3.5 medium"
    ),
]

SkipGuidance = Annotated[
    float,
    Field(
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="k in D + k·(D_prompt − D_skip): how far skip_layers push",
    ),
    OneZero,
]

SkipInterval = Annotated[
    tuple[Fraction, Fraction],
    AfterValidator(_in_order),
    Field(description="the parts of the run between which skip_layers act"),
]
