"""DeepFloyd as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals, starts_from_nothing
from sfumato.models._parts.cascade import pair_refusals, size_refusals
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import steps
from sfumato.models.deepfloyd.release import BASE, FACTOR, KINDS, UPSCALER, Release, releases
from sfumato.plan import Defaults, Plan, StagePlan

if TYPE_CHECKING:
    from sfumato.engine import Model


@dataclass(frozen=True)
class DeepFloyd:
    """The family over one folder for each of its stages, in the order of the cascade.

    Without the first stage it makes a given picture larger.
    """

    folders: tuple[Path, ...]
    accepts: frozenset[str] = frozenset({"start"})
    name: str = "deepfloyd"
    summary: str = (
        "DeepFloyd IF, the open Imagen: a cascade in pixels that reads with T5 and can write, "
        "finished by the SD x4 upscaler"
    )

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        return releases(self.folders)

    def missing(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(path for release in self.releases for path in release.missing()))

    def defaults(self) -> Defaults:
        first = self.releases[0]
        stages = tuple(
            release.defaults(scale=FACTOR if index else 1) for index, release in enumerate(self.releases)
        )
        multiples = (release.multiple // FACTOR**index for index, release in enumerate(self.releases))
        return Defaults(family=self.name, stages=stages, pixels=first.side**2, multiple=max(1, *multiples))

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            name="DeepFloyd IF",
            weights=frozenset(release.weights() for release in self.releases),
            stages=frozenset(self._by_name),
            roles=self.accepts,
            needs=frozenset() if plan.stages[0].name == BASE.stage else self.accepts,
            starts=frozenset(self._by_name),
            multiples={name: release.multiple for name, release in self._by_name.items()},
        )
        return (*refusals(plan, able), *self._of_stages(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(self._without_effect(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.deepfloyd.model import open_deepfloyd

        return open_deepfloyd(self.releases, device, dtype)

    @cached_property
    def _by_name(self) -> dict[str, Release]:
        return {release.kind.stage: release for release in self.releases}

    def _of_stages(self, plan: Plan) -> Iterator[str]:
        order = [kind.stage for kind in KINDS]
        places = [order.index(stage.name) for stage in plan.stages if stage.name in order]
        if places != sorted(set(places)):
            yield f"The stages of DeepFloyd IF run once each and in this order: {', '.join(order)}."
        for before, stage in pairwise(plan.stages):
            yield from pair_refusals(before, stage, FACTOR)
        for stage in plan.stages:
            if stage.name in self._by_name:
                yield from _of_stage(stage, self._by_name[stage.name])

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        if plan.stages[0].name == BASE.stage and starts_from_nothing(plan):
            yield "The start picture has no effect: no stage begins from it."
        if all(self._walks_anyway(stage) for stage in plan.stages):
            yield "The sampler euler-ancestral has no effect: on this path it is ddpm by another name."

    def _walks_anyway(self, stage: StagePlan) -> bool:
        release = self._by_name.get(stage.name)
        released = steps(release.scheduler).sampler if release else ""
        return (stage.sampler, released) == ("euler-ancestral", "ddpm")


def claim(paths: tuple[Path, ...]) -> DeepFloyd | None:
    """Any of the three released folders, in any order; the x4 upscaler only beside one of the others."""
    pipelines = {Repository(path).pipeline: path for path in paths if path.is_dir()}
    known = [kind for kind in KINDS if kind.pipeline in pipelines]
    if len(known) != len(paths) or not any(kind is not UPSCALER for kind in known):
        return None
    return DeepFloyd(tuple(pipelines[kind.pipeline] for kind in known))


def _of_stage(stage: StagePlan, release: Release) -> Iterator[str]:
    yield from size_refusals(stage, release.multiple)
    if stage.augment > release.most_noise:
        yield (
            f"Stage {stage.name} was trained with augmentation up to {release.most_noise:g}, not "
            f"{stage.augment:g}: lower it."
        )
