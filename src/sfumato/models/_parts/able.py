"""What a family can do, as data, and the sentences that refuse the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from math import fsum
from types import MappingProxyType

from sfumato.plan import Plan, StagePlan

SKIPPING = MappingProxyType(
    {knob: StagePlan.model_fields[knob].default for knob in ("skip_layers", "skip_guidance", "skip_interval")}
)
"""The knobs of skip-layer guidance, where they do nothing."""


@dataclass(frozen=True)
class Able:
    """name      as the sentences call the model
    weights     fingerprints of every stage's weights and of every adapter that is here
    stages      names of its stages
    roles       the roles of pictures it reads
    needs       the roles it cannot do without
    operations  as in Plan.operation
    negative    whether something can be guided away from: a negative prompt, `--no`
    packages    what has to be installed to open it
    starts      the stages that may begin from a picture with the role start; with them it also takes a mask,
                which the engine sees to where its networks do not
    continues   the stages that may begin from the finished result of the stage before
    blends      whether parts of the prompt are blended look by look: then they may come, go, have regions
    skippable   how many of its text encoder's last layers a stage may leave out
    ranks       the stages that may make several candidates, of which a later stage takes the best
    layers      how many layers its network has, of which some may be left out in a look of their own
    multiples   of a stage that can look through windows, what their sides are multiples of, in pixels
    """

    name: str
    weights: frozenset[str]
    stages: frozenset[str]
    roles: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset({"imagine"})
    negative: bool = True
    packages: tuple[str, ...] = ("diffusers", "transformers")
    starts: frozenset[str] = frozenset()
    continues: frozenset[str] = frozenset()
    blends: bool = True
    skippable: int = 0
    ranks: frozenset[str] = frozenset()
    layers: int = 0
    multiples: Mapping[str, int] = field(default_factory=dict)

    @property
    def takes(self) -> tuple[str, ...]:
        """All roles of pictures that may be given: those it reads, start first, then what the engine adds."""
        own = sorted(self.roles, key=lambda role: (role != "start", role))
        return (*own, "mask") if self.starts and "mask" not in self.roles else tuple(own)


def refusals(plan: Plan, able: Able) -> tuple[str, ...]:
    """Why this plan cannot be made by a family that is able to do this much; empty when it can."""
    return tuple(
        dict.fromkeys(
            (
                *_of_packages(able),
                *_of_weights(plan, able),
                *_of_pictures(plan, able),
                *_of_guidance(plan, able),
                *_of_parts(plan, able),
                *_of_windows(plan, able),
                *_of_skipping(plan, able),
                *_of_candidates(plan, able),
                *_of_layers(plan, able),
            )
        )
    )


def starts_from_nothing(plan: Plan) -> bool:
    """Whether a start picture is given of which nothing will be seen: no stage begins from it or keeps it."""
    given = any(item.role == "start" for item in plan.inputs)
    return given and not plan.keeps and not any(stage.start for stage in plan.stages)


def _of_packages(able: Able) -> Iterator[str]:
    absent = [name for name in able.packages if find_spec(name) is None]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        yield (
            f"{able.name} needs {' and '.join(absent)}, which {verb} not installed: "
            "pip install 'sfumato[models]' (in a checkout: pip install -e '.[models]')."
        )


def _of_weights(plan: Plan, able: Able) -> Iterator[str]:
    for stage in plan.stages:
        if stage.name not in able.stages:
            yield f"{able.name} has no stage {stage.name!r}: it has {', '.join(sorted(able.stages))}."
        elif stage.weights not in able.weights:
            yield f"This plan needs other {stage.name} weights ({stage.weights[:12]}…) than those here."
        for adapter in stage.adapters:
            if adapter.weights not in able.weights:
                missing = adapter.weights[:12]
                yield f"This plan needs an adapter ({missing}…) that is not here: name its file too."


def _of_pictures(plan: Plan, able: Able) -> Iterator[str]:
    given = {item.role for item in plan.inputs}
    if plan.keeps and any(item.frame for item in plan.inputs if item.role == "start"):
        given |= {"mask"}  # what lies outside is as if under one
    if plan.operation not in able.operations:
        yield f"{able.name} cannot {plan.operation}: it can {', '.join(sorted(able.operations))}."
    for role in sorted(given - {*able.takes, "region"}):  # regions come with their text: see `_of_parts`
        takes = f"it takes {', '.join(able.takes)}" if able.takes else "it draws from words alone"
        yield f"{able.name} cannot take a picture as {role}: {takes}."
    for role in sorted(able.needs - given):
        yield f"{able.name} needs a picture as {role}: give one."
    if "mask" in given and "start" not in given:
        yield "A mask says which part of a picture is painted anew: give the picture as start too."
    weights = [item.weight for item in plan.inputs if item.role == "start"]
    if weights and fsum(weights) <= 0:
        yield f"The weights of the start pictures add up to {fsum(weights):g}: make their sum positive."
    for before, stage in zip((None, *plan.stages), plan.stages, strict=False):
        handed_on = before and (before.end == stage.start < 1 or stage.name in able.continues)
        if stage.start == 0 or handed_on:
            continue
        if stage.name not in able.starts:
            yield f"{able.name} cannot begin stage {stage.name} from a picture: start it at 0 of its run."
        elif "start" not in given:
            yield f"Stage {stage.name} begins at {stage.start:g} of its run: give it a start picture."


def _of_guidance(plan: Plan, able: Able) -> Iterator[str]:
    if able.negative:
        return
    reason = f"{able.name} takes its guidance as a number, so nothing can be guided away from"
    if plan.negative:
        yield f"{reason}: leave out the negative prompt."
    if any(part.weight < 0 for part in plan.parts):
        yield f"{reason}: leave out `--no` and negative weights."


def _of_parts(plan: Plan, able: Able) -> Iterator[str]:
    regions = {item.hash for item in plan.inputs if item.role == "region"}
    if regions - {part.region for part in plan.parts}:
        yield "A region says where a text is to be seen: give it together with its text."
    if able.blends:
        return
    reason = f"{able.name} makes one thing of all words before it paints"
    if any(part.interval != (0, 1) for part in plan.parts):
        yield f"{reason}: its prompt cannot change on the way."
    if any(part.region for part in plan.parts):
        yield f"{reason}: they cannot have regions of their own."


def _of_windows(plan: Plan, able: Able) -> Iterator[str]:
    for stage in plan.stages:
        multiple = able.multiples.get(stage.name, 1)
        if stage.window % multiple:
            yield (
                f"The windows of stage {stage.name} are {stage.window} pixels wide: make them a multiple of "
                f"{multiple}."
            )


def _of_skipping(plan: Plan, able: Able) -> Iterator[str]:
    most = max(stage.clip_skip for stage in plan.stages)
    if most <= able.skippable:
        return
    if able.skippable:
        yield f"The text encoder of {able.name} has {able.skippable} layers that can be left out, not {most}."
    else:
        yield "This model reads its texts through every layer of what encodes them: set clip_skip to 0."


def _of_candidates(plan: Plan, able: Able) -> Iterator[str]:
    many = {stage.name for stage in plan.stages if stage.candidates > 1}
    if many and not many & able.ranks:
        yield f"{able.name} has nothing that the knob candidates could act on: leave it out."


def _of_layers(plan: Plan, able: Able) -> Iterator[str]:
    if not able.layers:
        turned = (getattr(stage, knob) != idle for stage in plan.stages for knob, idle in SKIPPING.items())
        if any(turned):
            yield f"{able.name} is not asked without some of its layers: leave out {', '.join(SKIPPING)}."
        return
    for stage in plan.stages:
        if beyond := [layer for layer in stage.skip_layers if layer >= able.layers]:
            said = ", ".join(map(str, beyond))
            last = able.layers - 1
            yield f"The layers of {able.name} are numbered 0 to {last}: skip_layers cannot name {said}."
        elif len(set(stage.skip_layers)) == able.layers:
            yield f"Without any of its layers {able.name} sees nothing: name fewer in skip_layers."
