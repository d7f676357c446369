"""Karlo as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals, starts_from_nothing
from sfumato.models._parts.cascade import pair_refusals, size_refusals
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unclip.rows import BLEND, sum_refusals
from sfumato.models.family import UnknownModel
from sfumato.models.karlo.released import DECODER, PICTURES, PRIOR, SUPER, WORDS, Release
from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model

TITLE = "Karlo"
PULLS = ("guidance", "interval", "rescale")


@dataclass(frozen=True)
class Karlo:
    """The family over one or both of its releases."""

    release: Release
    name: str = "karlo"

    @property
    def summary(self) -> str:
        if not self.release.words:
            return f"{TITLE}, the open unCLIP: varies pictures, 64 pixels painted from an embedding, then 256"
        also = " and pictures" if self.release.pictures else ""
        return (
            f"{TITLE}, the open unCLIP: a prior turns words{also} into an embedding, painted at 64, then 256"
        )

    @property
    def accepts(self) -> frozenset[str]:
        return frozenset({"start", "reference"} if self.release.pictures else {"start"})

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        release = self.release
        return Defaults(
            family=self.name,
            stages=tuple(release.defaults(stage) for stage in release.stages),
            pixels=release.side**2,
            multiple=max(release.multiple(DECODER), release.multiple(SUPER) // release.factor),
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        release = self.release
        able = Able(
            name=TITLE,
            weights=frozenset(weights for stage in release.stages for weights in release.identities(stage)),
            stages=frozenset(release.stages),
            roles=self.accepts,
            needs=frozenset() if release.words else frozenset({"reference"}),
            operations=frozenset({"imagine", BLEND}),
            starts=frozenset({DECODER, SUPER}),
            blends=False,
            ranks=frozenset({PRIOR}) if release.words else frozenset(),
            multiples={stage: release.multiple(stage) for stage in (DECODER, SUPER)},
        )
        return (*refusals(plan, able), *self._of_stages(plan), *sum_refusals(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(self._without_effect(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.karlo.model import open_karlo

        return open_karlo(self.release, self.accepts, device, dtype)

    def _of_stages(self, plan: Plan) -> Iterator[str]:
        order = self.release.stages
        if tuple(stage.name for stage in plan.stages) != order:
            yield f"The stages of {TITLE} run once each and in this order: {', '.join(order)}."
        for before, stage in pairwise(plan.stages):
            if stage.name == SUPER:
                yield from pair_refusals(before, stage, self.release.factor)
        for stage in plan.stages:
            if stage.name in (DECODER, SUPER):
                yield from size_refusals(stage, self.release.multiple(stage.name))

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        if starts_from_nothing(plan):
            yield "The start picture has no effect: no stage begins from it."
        usual = {stage.name: stage for stage in self.defaults().stages}
        known = [stage for stage in plan.stages if stage.name in usual]
        if all((stage.sampler, usual[stage.name].sampler) == ("euler-ancestral", "ddpm") for stage in known):
            yield "The sampler euler-ancestral has no effect: on this path it is ddpm by another name."
        changed = {
            stage.name
            for stage in known
            if any(getattr(stage, name) != getattr(usual[stage.name], name) for name in PULLS)
        }
        if changed == {SUPER}:
            yield f"Stage {SUPER} reads no words: guidance has no effect there."


def claim(paths: tuple[Path, ...]) -> Karlo | None:
    """Karlo over one or both of its folders, in any order; None when any of them is something else.

    Raises UnknownModel when a release is named twice.
    """
    named = [(Repository(path).pipeline, path) for path in paths if path.is_dir()]
    if not paths or len(named) < len(paths) or not {kind for kind, _ in named} <= {WORDS, PICTURES}:
        return None
    found = dict(named)
    if len(found) < len(named):
        both = " and ".join(str(path) for _, path in named)
        raise UnknownModel(f"{both} are the same release of {TITLE} twice: name one of them.")
    return Karlo(Release(found.get(WORDS), found.get(PICTURES)))
