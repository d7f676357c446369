"""OmniGen as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals, starts_from_nothing
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import steps
from sfumato.models.omnigen.sentence import absent, named
from sfumato.plan import Defaults, Plan, StageDefaults, StagePlan

if TYPE_CHECKING:
    from sfumato.engine import Model

STAGE = "base"
NETWORKS = ("transformer", "vae")
MULTIPLE = 16  # pixels of a token's side
STEPS, GUIDANCE, IMAGE_GUIDANCE = 50, 2.5, 1.6  # of the released pipeline
PICTURES = 3  # what it was trained with
SIDE_PX = 1024
VP_SCHEDULES = frozenset({"leading", "leading+1"})
# Knobs of guidance by words alone.
UNHEARD = ("parallel", "momentum", "pull_limit", "zero_star", "zero_init", "threshold", "percentile")


@dataclass(frozen=True)
class OmniGen:
    """The family over one released folder."""

    folder: Path
    accepts: frozenset[str] = frozenset({"reference", "start"})
    name: str = "omnigen"
    summary: str = "OmniGen v1: one transformer that reads words and up to three pictures in one sentence"

    @property
    def repository(self) -> Repository:
        return Repository(self.folder)

    @property
    def side_px(self) -> int:
        """The side of a square picture, and the longest one of a reference picture."""
        return self.repository.config("vae").get("sample_size", SIDE_PX)

    def missing(self) -> tuple[Path, ...]:
        return self.repository.missing(*NETWORKS)

    def defaults(self) -> Defaults:
        scheduler = self.repository.config("scheduler")
        walk = steps(scheduler)
        stage = StageDefaults(
            name=STAGE,
            weights=self._weights(),
            steps=STEPS,
            sampler=walk.sampler,
            schedule=walk.schedule,
            shift=scheduler.get("shift", 1.0),
            guidance=GUIDANCE,
            image_guidance=IMAGE_GUIDANCE,
        )
        return Defaults(family=self.name, stages=(stage,), pixels=self.side_px**2, multiple=MULTIPLE)

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            name="OmniGen",
            weights=frozenset({self._weights()}),
            stages=frozenset({STAGE}),
            roles=self.accepts,
            starts=frozenset({STAGE}),
            blends=not any(item.role == "reference" for item in plan.inputs),
            multiples={STAGE: MULTIPLE},
        )
        return (*refusals(plan, able), *self._of_size(plan), *_of_references(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(_without_effect(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.omnigen.model import open_omnigen

        return open_omnigen(self.repository, STAGE, self.side_px, device, dtype)

    def _weights(self) -> str:
        return self.repository.fingerprint(*NETWORKS)

    def _of_size(self, plan: Plan) -> Iterator[str]:
        longest = self.repository.config("transformer").get("pos_embed_max_size", 192) * MULTIPLE
        for stage in plan.stages:
            size = f"{stage.width}×{stage.height}"
            if stage.width % MULTIPLE or stage.height % MULTIPLE:
                yield f"OmniGen cannot paint {size}: sides are multiples of {MULTIPLE}."
            if max(stage.seen) > longest:
                yield f"OmniGen cannot see {size} at once: no side may be longer than {longest} pixels."
            if stage.schedule in VP_SCHEDULES:
                yield f"OmniGen has no table of noise for the {stage.schedule} schedule: choose linear."


def _of_references(plan: Plan) -> Iterator[str]:
    given = [item for item in plan.inputs if item.role == "reference"]
    if len(given) > PICTURES:
        yield f"OmniGen reads at most {PICTURES} reference pictures; {len(given)} are given."
    if any(item.weight != 1 for item in given):
        yield "OmniGen reads every reference picture with weight 1: say in the prompt how much it matters."
    texts = [*(part.content for part in plan.parts), plan.negative]
    numbers = {number for text in texts for number in named(text)}
    known = set(range(1, len(given) + 1))
    yield from (absent(number, len(given)) for number in sorted(numbers - known))
    if numbers <= known and plan.parts and all(named(part.content) for part in plan.parts):
        yield from (
            f"The prompt names some pictures but not <|image_{number}|>: name it too, or leave it out."
            for number in sorted(known - numbers)
        )


def _without_effect(plan: Plan) -> Iterator[str]:
    for name in UNHEARD:
        if any(getattr(stage, name) != StagePlan.model_fields[name].default for stage in plan.stages):
            yield f"OmniGen guides by words and pictures in its own way: {name} has no effect."
    if any(stage.augment for stage in plan.stages):
        yield "OmniGen makes no smaller picture larger: augment has no effect."
    if starts_from_nothing(plan):
        yield "The run begins in pure noise, so the start picture has no effect: begin it later."
    changed = any(stage.image_guidance != IMAGE_GUIDANCE for stage in plan.stages)
    if changed and not any(item.role == "reference" for item in plan.inputs):
        yield "Without a reference picture image_guidance has no effect."
