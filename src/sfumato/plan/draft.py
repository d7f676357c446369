"""From a prompt to a plan: every default is resolved here, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from pydantic import ValidationError

from sfumato.language import Part, Prompt, Reference
from sfumato.plan.defaults import Defaults
from sfumato.plan.errors import PlanError
from sfumato.plan.plan import Frame, Plan, PlanPart, PlanReference, PostStep, faults
from sfumato.plan.seed import Seed, grid_seeds, random_seed
from sfumato.plan.size import fit
from sfumato.plan.stage import StageDefaults, StagePlan

NO_WEIGHT = -0.5
MARGIN = 8  # of a tile's shorter side, at least one in so many pixels
SQUARE = (1, 1)

Entropy = Callable[[], int]


def draft(prompt: Prompt, defaults: Defaults, entropy: Entropy = random_seed) -> Plan:
    """The plan of one job of `defaults.pictures` pictures.

    `entropy` gives whole numbers from 0 to 2³² − 1; it is asked for a seed where none is said, then for one
    code for each `--sref random`. The plan's prompt shows these codes, and leaves out `--repeat`: a plan is
    one job (see `drafts`).

    Raises PlanError when the family cannot paint the aspect ratio or the weights do not sum to more than 0.
    """
    seeds = _seeds(prompt, defaults.pictures, entropy)
    prompt = _resolve(prompt, entropy)
    stages = tuple(_stages(prompt, defaults))
    try:
        return Plan(
            family=defaults.family,
            prompt=str(prompt),
            parts=tuple(PlanPart(content=part.content, weight=part.weight) for part in _parts(prompt)),
            quoted=tuple(prompt.quoted),
            references=tuple(
                PlanReference(content=item.content, weight=item.weight) for item in prompt.parameters.sref
            ),
            seeds=seeds,
            width=stages[-1].width,
            height=stages[-1].height,
            stages=stages,
            **_tiling(prompt, defaults, stages),
        )
    except ValidationError as error:
        raise PlanError(f"“{prompt}” makes no plan: {faults(error)}.") from error


def drafts(prompt: Prompt, defaults: Defaults, entropy: Entropy = random_seed) -> tuple[Plan, ...]:
    """One plan for each of `--repeat`, each with its own seed unless one is said. Raises as `draft` does."""
    return tuple(draft(prompt, defaults, entropy) for _ in range(prompt.parameters.repeat or 1))


def _seeds(prompt: Prompt, pictures: int, entropy: Entropy) -> tuple[Seed, ...]:
    same, said = prompt.parameters.sameseed, prompt.parameters.seed
    if same is not None:
        return grid_seeds(pictures, same, same=True)
    return grid_seeds(pictures, entropy() if said is None else said, same=False)


def _resolve(prompt: Prompt, entropy: Entropy) -> Prompt:
    """The prompt of exactly one job: no repetition, and a code in place of each `--sref random`."""
    codes = tuple(_code(item, entropy) for item in prompt.parameters.sref)
    return replace(prompt, parameters=replace(prompt.parameters, repeat=None, sref=codes))


def _code(item: Reference, entropy: Entropy) -> Reference:
    return replace(item, content=str(entropy())) if item.content.lower() == "random" else item


def _parts(prompt: Prompt) -> Iterator[Part]:
    """The text, then what `--no` names: together −.5, so that a long list cannot outweigh the text."""
    unwanted = prompt.parameters.no
    yield from prompt.parts
    yield from (Part(content, NO_WEIGHT / len(unwanted)) for content in unwanted)


def _stages(prompt: Prompt, defaults: Defaults) -> Iterator[StagePlan]:
    """Sizes follow from the first stage's, and `--stop` cuts the run in which the picture comes into being.

    That run is the last stage that keeps the size, with those before it that hand on to it in mid-run, as
    a base does to its refiner. What it hands on early is unfinished; the stages that only make it larger then
    run to their end, so that the size never depends on `--stop`.
    """
    width, height = _size(prompt.parameters.aspect or SQUARE, defaults)
    if prompt.parameters.tile:
        margin = _margin(width, height, defaults)
        width, height = width + 2 * margin, height + 2 * margin
    stop = 1.0 if prompt.parameters.stop is None else prompt.parameters.stop / 100
    painting = _painting(defaults.stages)
    for index, stage in enumerate(defaults.stages):
        width, height = width * stage.scale, height * stage.scale
        end = min(stage.end, stop) if index in painting else stage.end
        if stage.start >= end:
            continue  # the stage before it is where the run was stopped
        yield StagePlan(
            **stage.model_dump(exclude={"scale", "paints", "steps", "end"}),
            width=width,
            height=height,
            steps=_steps(stage, prompt.parameters.quality),
            end=end,
        )


def _margin(width: int, height: int, defaults: Defaults) -> int:
    """Pixels of the first stage, at every side, in which a picture that tiles sees what lies across."""
    return ceil(min(width, height) / MARGIN / defaults.multiple) * defaults.multiple


def _tiling(prompt: Prompt, defaults: Defaults, stages: Sequence[StagePlan]) -> dict[str, Any]:
    """The margins of a picture that tiles, and the steps that cut them off where it is calm."""
    if not prompt.parameters.tile:
        return {}
    width, height = _size(prompt.parameters.aspect or SQUARE, defaults)
    last = stages[-1]
    margin = (last.width - last.width * width // (width + 2 * _margin(width, height, defaults))) // 2
    frame = Frame(left=margin, top=margin, width=last.width - 2 * margin, height=last.height - 2 * margin)
    return {"wrap": margin, "post": (PostStep(name="crop", frame=frame), PostStep(name="turn"))}


def _painting(stages: Sequence[StageDefaults]) -> range:
    """The stages of the run that `--stop` cuts."""
    last = max((i for i, stage in enumerate(stages) if stage.scale == 1), default=0)
    first = last
    while first and 0 < stages[first].start == stages[first - 1].end:
        first -= 1
    return range(first, last + 1)


def _steps(stage: StageDefaults, quality: float | None) -> int:
    """steps × q to the nearest whole number (halves up), at least 1."""
    return stage.steps if quality is None else max(1, int(stage.steps * quality + 0.5))


def _size(aspect: tuple[int, int], defaults: Defaults) -> tuple[int, int]:
    width, height = aspect
    if max(aspect) > defaults.maximum_aspect * min(aspect):
        limit = f"{defaults.maximum_aspect:g}"
        raise PlanError(
            f"`--ar {width}:{height}` is longer than {defaults.family} can paint: "
            f"it goes from 1:{limit} to {limit}:1. Choose a ratio between these."
        )
    return fit(aspect, defaults.pixels, defaults.multiple)
