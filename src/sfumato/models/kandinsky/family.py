"""Kandinsky as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals, starts_from_nothing
from sfumato.models._parts.scheduler import steps
from sfumato.models._parts.unclip.rows import BLEND, sum_refusals
from sfumato.models.kandinsky.files import Half
from sfumato.models.kandinsky.released import (
    DECODER,
    DECODER_GUIDANCE,
    DECODER_STEPS,
    LONGEST,
    PRIOR,
    PRIOR_GUIDANCE,
    PRIOR_NETWORKS,
    PRIOR_STEPS,
    hinted,
    inpaints,
    multiple,
    networks,
    pixels,
    reads,
)
from sfumato.plan import Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model

FIRST_ONLY = ("hint",)


@dataclass(frozen=True)
class Kandinsky:
    """The family; `prior` and `decoder` are its halves, each a folder in the released layout."""

    prior: Half
    decoder: Half
    name: str = "kandinsky"

    @property
    def title(self) -> str:
        return "Kandinsky 2.1" if reads(self.decoder.config("unet")) else "Kandinsky 2.2"

    @property
    def summary(self) -> str:
        paints = "paints it"
        if self._inpaints:
            paints = "paints it into a picture"
        if self._hinted:
            paints = "paints it along a depth map"
        return f"{self.title}: a prior turns words and pictures into an image embedding, a decoder {paints}"

    @property
    def accepts(self) -> frozenset[str]:
        own = {"mask"} if self._inpaints else {"hint"} if self._hinted else set()
        return frozenset({"start", "reference", *own})

    def missing(self) -> tuple[Path, ...]:
        return (*self.prior.missing(*PRIOR_NETWORKS), *self.decoder.missing(*networks(self.decoder)))

    def defaults(self) -> Defaults:
        first, second = steps(self.prior.config("scheduler")), steps(self.decoder.config("scheduler"))
        prior = StageDefaults(
            name=PRIOR,
            paints=False,
            weights=self.prior.fingerprint(*PRIOR_NETWORKS),
            steps=PRIOR_STEPS,
            sampler=first.sampler,
            schedule=first.schedule,
            guidance=PRIOR_GUIDANCE,
        )
        decoder = StageDefaults(
            name=DECODER,
            weights=self.decoder.fingerprint(*networks(self.decoder)),
            steps=DECODER_STEPS,
            sampler=second.sampler,
            schedule=second.schedule,
            guidance=DECODER_GUIDANCE,
        )
        return Defaults(
            family=self.name,
            stages=(prior, decoder),
            pixels=pixels(self.decoder),
            multiple=multiple(self.decoder),
            maximum_aspect=LONGEST,
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            name=self.title,
            weights=frozenset(stage.weights for stage in self.defaults().stages),
            stages=frozenset({PRIOR, DECODER}),
            roles=self.accepts,
            needs=frozenset({"hint"}) if self._hinted else frozenset(),
            operations=frozenset({"imagine", BLEND}),
            starts=frozenset({DECODER}),
            blends=False,
            ranks=frozenset({PRIOR}),
            multiples={DECODER: multiple(self.decoder)},
        )
        return (*refusals(plan, able), *self._of_stages(plan), *sum_refusals(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(self._left_out(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.kandinsky.model import open_kandinsky

        return open_kandinsky(self.prior, self.decoder, self.accepts, device, dtype)

    def _of_stages(self, plan: Plan) -> Iterator[str]:
        name, step = self.title, multiple(self.decoder)
        if tuple(stage.name for stage in plan.stages) != (PRIOR, DECODER):
            yield f"{name} makes a picture in two stages, {PRIOR} and then {DECODER}: give the plan both."
        if plan.width % step or plan.height % step:
            yield (
                f"{name} paints sides that are multiples of {step} pixels, not {plan.width}×{plan.height}: "
                "choose another size."
            )

    def _left_out(self, plan: Plan) -> Iterator[str]:
        name, roles = self.title, [item.role for item in plan.inputs]
        if plan.quoted:
            yield f"{name} paints from one embedding and never sees letters: quoted text is read as words."
        for role in FIRST_ONLY:
            if roles.count(role) > 1:
                yield f"{name} takes one picture as {role}: the first."
        if starts_from_nothing(plan):
            yield f"The picture to start from has no effect: stage {DECODER} begins at 0 of its run."
        yield from self._alike(plan)

    def _alike(self, plan: Plan) -> Iterator[str]:
        """Samplers of another name that walk as the released ones, where that is all that was changed."""
        released = {stage.name: stage.sampler for stage in self.defaults().stages}
        changed = [stage for stage in plan.stages if stage.sampler != released.get(stage.name)]
        if all((stage.sampler, released.get(stage.name)) == ("euler-ancestral", "ddpm") for stage in changed):
            for stage in changed:
                yield f"Stage {stage.name} takes ddpm's steps: euler-ancestral in its place has no effect."

    @property
    def _inpaints(self) -> bool:
        return inpaints(self.decoder.config("unet"))

    @property
    def _hinted(self) -> bool:
        return hinted(self.decoder.config("unet"))
