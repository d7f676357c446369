"""A released folder whose one transformer paints a latent from words: its choices and limits. No torch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from sfumato.models._parts.able import SKIPPING, Able, refusals, starts_from_nothing
from sfumato.models._parts.adapter_file import CONTROL, fingerprint_of, kind_of
from sfumato.models._parts.hints import HINT, hint_notes, hint_refusals
from sfumato.models._parts.repository import Repository, spatial_factor
from sfumato.models._parts.scheduler import steps
from sfumato.plan import Adapter, Defaults, Plan, StageDefaults, StagePlan

STAGE = "base"
DENOISER = "transformer"
SEVERAL = frozenset({"reference"})  # roles of which more than one picture is read
# Knobs for other kinds of model, and their values that do nothing.
IDLE = (("image_guidance", 1.0), ("augment", 0.0))
# Knobs that act on what guidance adds.
GUIDING = (
    ("interval", (0.0, 1.0)),
    ("rescale", 0.0),
    ("parallel", 1.0),
    ("momentum", 0.0),
    ("pull_limit", 0.0),
)
TOLD_IDLE = (*GUIDING, *IDLE, ("zero_star", False))  # without effect where guidance is no difference


class Guiding(Enum):
    """PULLED  guidance is a difference of two answers
    TOLD    a number that the network was trained to be told
    NONE    it was trained without
    """

    PULLED = "pulled"
    TOLD = "told"
    NONE = "none"


@dataclass(frozen=True)
class LatentRelease:
    """title     as sentences call it
    steps     what its release samples with, likewise its guidance
    networks  components with weights, all of which decide pixels
    longest   the longest side over the shortest that it was made for
    schedule  where its pipeline spreads steps otherwise than its scheduler says
    decoder   the folder of what decodes its latents, where that is not its own autoencoder
    layers    of its transformer, where some may be left out in a look of their own
    roles     roles of pictures it reads
    needs     those it cannot do without
    begins    whether its run may begin from the start picture, in place of pure noise
    guiding   how it is guided
    adapters  files of what is added to it
    """

    path: Path
    title: str
    steps: int
    guidance: float
    networks: tuple[str, ...]
    longest: float = 4.0
    schedule: str = ""
    decoder: Path | None = None
    layers: int = 0
    roles: frozenset[str] = frozenset({"start"})
    needs: frozenset[str] = frozenset()
    begins: bool = True
    guiding: Guiding = Guiding.PULLED
    adapters: tuple[Path, ...] = ()

    @cached_property
    def repository(self) -> Repository:
        return Repository(self.path)

    @cached_property
    def transformer(self) -> Mapping[str, Any]:
        return self.repository.config(DENOISER)

    @cached_property
    def scheduler(self) -> Mapping[str, Any]:
        return self.repository.config("scheduler")

    @cached_property
    def controls(self) -> tuple[Path, ...]:
        """The ControlNets among the adapters."""
        return tuple(path for path in self.adapters if kind_of(path) == CONTROL)

    @property
    def reads(self) -> frozenset[str]:
        """Roles of pictures that it, or what is added to it, reads."""
        return self.roles | ({HINT} if self.controls else frozenset())

    @cached_property
    def added(self) -> tuple[str, ...]:
        """What plans name the adapters by."""
        return tuple(fingerprint_of(path) for path in self.adapters)

    @property
    def farthest(self) -> int | None:
        """The longest side in pixels whose places the transformer can tell apart; None without an end."""
        return None

    @cached_property
    def multiple(self) -> int:
        """Sides of its pictures are multiples of this, in pixels: those of one token."""
        return self.factor * self.transformer.get("patch_size", 2)

    @cached_property
    def factor(self) -> int:
        """Sides of a picture over those of its latent."""
        return spatial_factor(self.repository.config("vae"))

    @property
    def side(self) -> int:
        """Side in pixels of the squares it was made for."""
        return self.transformer.get("sample_size", 128) * self.factor

    def fingerprint(self) -> str:
        """What decides the pixels: all networks, and how noise is spread. Raises FileNotFoundError."""
        digest = sha256(self.repository.fingerprint(*self.networks).encode())
        digest.update(json.dumps(dict(self.scheduler), sort_keys=True).encode())
        if self.decoder:
            digest.update(Repository(self.decoder).fingerprint("").encode())
        for other in self.beside():
            digest.update(other.encode())
        return digest.hexdigest()

    def beside(self) -> tuple[str, ...]:
        """Fingerprints of what else decides the pixels, outside the folder."""
        return ()

    def missing(self) -> tuple[Path, ...]:
        """The weight files that are not here."""
        decoder = Repository(self.decoder).missing("") if self.decoder else ()
        return (*self.repository.missing(*self.networks), *decoder)

    def defaults(self, family: str) -> Defaults:
        """As released. Raises FileNotFoundError when weights are missing."""
        sampler, schedule = steps(self.scheduler)
        moves = self.scheduler.get("use_dynamic_shifting", False)  # then the path itself has the shift
        stage = StageDefaults(
            name=STAGE,
            weights=self.fingerprint(),
            steps=self.steps,
            sampler=sampler,
            schedule=self.schedule or schedule,
            shift=1.0 if moves else self.scheduler.get("shift", 1.0),
            guidance=self.guidance,
            adapters=tuple(Adapter(weights=weights) for weights in self.added),
        )
        return Defaults(
            family=family,
            stages=(stage,),
            pixels=self.side**2,
            multiple=self.multiple,
            maximum_aspect=self.longest,
        )

    def refusals(self, plan: Plan) -> tuple[str, ...]:
        """Why this plan cannot be made, as sentences."""
        able = Able(
            name=self.title,
            weights=frozenset({self.fingerprint(), *self.added}),
            stages=frozenset({STAGE}),
            roles=self.reads,
            needs=self.needs,
            negative=self.guiding is Guiding.PULLED,
            starts=frozenset({STAGE}) if self.begins else frozenset(),
            multiples={STAGE: self.multiple},
            layers=self.layers,
        )
        own = chain(self._of_hints(plan), *map(self._of_stage, plan.stages))
        return tuple(dict.fromkeys((*refusals(plan, able), *self._of_pictures(plan), *own)))

    def _of_hints(self, plan: Plan) -> Iterator[str]:
        if self.controls:
            yield from hint_refusals(plan, self.controls, STAGE)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        """What has no effect, as sentences."""
        return tuple(self._without_effect(plan))

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        yield from self._of_guidance(plan)
        yield from hint_notes(plan, self.controls, STAGE)
        if self.begins and starts_from_nothing(plan):
            yield "The run begins in pure noise, so the start picture has no effect: begin it later."
        renamed = all(stage.sampler == "euler-ancestral" for stage in plan.stages)
        if renamed and steps(self.scheduler).sampler == "ddpm":
            yield "The sampler euler-ancestral has no effect: on this path it is ddpm by another name."
        if self.layers and any(not stage.skip_layers and _pushes(stage) for stage in plan.stages):
            yield (
                "Without skip_layers, skip_guidance and skip_interval have no effect: name layers, as 7,8,9."
            )

    def _of_guidance(self, plan: Plan) -> Iterator[str]:
        for stage in plan.stages:
            if self.guiding is Guiding.NONE and stage.guidance != self.guidance:
                yield (
                    f"{self.title} was trained without guidance: the number {stage.guidance:g} has no effect."
                )
        guides = self.guiding is Guiding.PULLED and self._guides(plan)
        if guides and all(stage.guidance == 1 for stage in plan.stages):
            yield (
                "At guidance 1 nothing is guided away from, so a negative prompt and the knobs of guidance "
                "have no effect: raise the guidance."
            )

    def _guides(self, plan: Plan) -> bool:
        """Whether something is said about how to guide."""
        knobs = (getattr(stage, knob) != idle for stage in plan.stages for knob, idle in GUIDING)
        return bool(plan.negative) or any(knobs)

    def _of_pictures(self, plan: Plan) -> Iterator[str]:
        counts = Counter(item.role for item in plan.inputs)
        for role in sorted(self.roles - SEVERAL):
            mixed = role == "start" and (self.guiding is Guiding.PULLED or any(s.start for s in plan.stages))
            if counts[role] > 1 and not mixed:
                yield f"{self.title} reads one picture as {role}: leave out the others."

    def _of_stage(self, stage: StagePlan) -> Iterator[str]:
        if stage.width % self.multiple or stage.height % self.multiple:
            size = f"{stage.width}×{stage.height}"
            yield f"{self.title} paints sides that are multiples of {self.multiple} px, and {size} is not."
        for knob, idle in IDLE if self.guiding is Guiding.PULLED else TOLD_IDLE:
            if getattr(stage, knob) != idle:
                name = knob.replace("_", " ")
                yield f"{self.title} has nothing that the knob {name} could act on: leave it out."
        yield from self._of_schedule(stage)
        if self.farthest and max(stage.seen) > self.farthest:
            yield (
                f"{self.title} knows no places beyond {self.farthest} px: make the picture smaller, or let "
                "it look through windows (the knob window)."
            )

    def _of_schedule(self, stage: StagePlan) -> Iterator[str]:
        if self._is_flow and stage.schedule.startswith("leading"):
            yield f"{self.title} has no table of noise for the schedule {stage.schedule!r}: take linear."
        if self.scheduler.get("rescale_betas_zero_snr") and stage.schedule in ("karras", "exponential"):
            yield (
                f"The {stage.schedule} schedule needs a largest noise, but {self.title} begins in pure "
                "noise: use trailing."
            )

    @property
    def _is_flow(self) -> bool:
        return self.scheduler.get("_class_name", "").startswith("FlowMatch")


def _pushes(stage: StagePlan) -> bool:
    """Whether something is said about how skip-layer guidance acts."""
    return any(getattr(stage, knob) != SKIPPING[knob] for knob in ("skip_guidance", "skip_interval"))
