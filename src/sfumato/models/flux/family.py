"""FLUX.1 as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals, starts_from_nothing
from sfumato.models._parts.scheduler import steps
from sfumato.models.flux.files import Files
from sfumato.models.flux.variants import PATCH, STAGE
from sfumato.plan import Defaults, Plan, StageDefaults, StagePlan

if TYPE_CHECKING:
    from sfumato.engine import Model

SEVERAL = frozenset({"reference"})  # roles of which more than one picture is read
# Knobs that act on a difference of two answers or on other kinds of model, and their values that do nothing.
IDLE = (
    ("rescale", 0.0),
    ("interval", (0.0, 1.0)),
    ("image_guidance", 1.0),
    ("augment", 0.0),
    ("parallel", 1.0),
    ("momentum", 0.0),
    ("pull_limit", 0.0),
    ("zero_star", False),
)


@dataclass(frozen=True)
class Flux:
    """The family over its files."""

    files: Files
    name: str = "flux"

    @property
    def summary(self) -> str:
        variant = self.files.variant
        return f"{variant.title} ({self.files.folder.name}): {variant.about}"

    @property
    def accepts(self) -> frozenset[str]:
        return self.files.variant.roles

    def missing(self) -> tuple[Path, ...]:
        return self.files.missing()

    def defaults(self) -> Defaults:
        files, variant = self.files, self.files.variant
        sampler, schedule = steps(files.scheduler)
        moves = files.scheduler.get("use_dynamic_shifting", False)  # then the path itself has the shift
        stage = StageDefaults(
            name=STAGE,
            weights=files.fingerprint(),
            steps=variant.steps,
            sampler=sampler,
            schedule=schedule,
            shift=1.0 if moves else files.scheduler.get("shift", 1.0),
            guidance=variant.guidance,
        )
        side = files.autoencoder.get("sample_size", 1024)
        return Defaults(family=self.name, stages=(stage,), pixels=side * side, multiple=self._multiple)

    def check(self, plan: Plan) -> tuple[str, ...]:
        variant = self.files.variant
        able = Able(
            name=variant.title,
            weights=frozenset({self.files.fingerprint()}),
            stages=frozenset({STAGE}),
            roles=variant.roles,
            needs=variant.needs,
            negative=False,
            starts=frozenset({STAGE}) if variant.from_start else frozenset(),
            multiples={STAGE: self._multiple},
        )
        own = (sentence for stage in plan.stages for sentence in self._of_stage(stage))
        return tuple(dict.fromkeys((*refusals(plan, able), *self._of_pictures(plan), *own)))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(self._notes(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.flux.opening import open_flux

        return open_flux(self.files, device, dtype)

    @property
    def _multiple(self) -> int:
        return self.files.factor * PATCH

    def _of_pictures(self, plan: Plan) -> Iterator[str]:
        counts = Counter(item.role for item in plan.inputs)
        mixed = {"start"} if any(stage.start for stage in plan.stages) else set()
        for role in sorted(self.accepts - SEVERAL - mixed):
            if counts[role] > 1:
                yield f"{self.files.variant.title} reads one picture as {role}: leave out the others."

    def _of_stage(self, stage: StagePlan) -> Iterator[str]:
        title, multiple = self.files.variant.title, self._multiple
        if stage.width % multiple or stage.height % multiple:
            size = f"{stage.width}×{stage.height}"
            yield f"{title} paints sides that are multiples of {multiple} px, and {size} is not."
        if stage.schedule.startswith("leading"):
            yield f"{title} has no table of noise for the schedule {stage.schedule!r}: take linear."
        for knob, idle in IDLE:
            if getattr(stage, knob) != idle:
                name = knob.replace("_", " ")
                yield f"{title} has nothing that the knob {name} could act on: leave it out."

    def _notes(self, plan: Plan) -> Iterator[str]:
        title, guided = self.files.variant.title, self.files.transformer.get("guidance_embeds", False)
        for stage in plan.stages:
            if not guided and stage.guidance != self.files.variant.guidance:
                yield f"{title} was trained without guidance: the number {stage.guidance:g} has no effect."
        if self.files.variant.from_start and starts_from_nothing(plan):
            yield "The run begins in pure noise, so the start picture has no effect: begin it later."
        if any(item.weight != 1 for item in plan.inputs if item.role != "start"):
            yield f"{title} reads all its pictures with one weight: others have no effect."
