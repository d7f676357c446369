"""A family of rungs: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals, starts_from_nothing
from sfumato.models._parts.cascade import pair_refusals, size_refusals
from sfumato.models._parts.rungs.release import FACTOR, Kind, Release
from sfumato.models._parts.scheduler import steps
from sfumato.plan import Defaults, Plan, StagePlan

if TYPE_CHECKING:
    from sfumato.engine import Model


@dataclass(frozen=True)
class Rungs:
    """A family over one folder for each of its stages, in order; each says its `title` and its `releases`.

    Without a stage that begins from words alone it makes a given picture larger.
    """

    folders: tuple[Path, ...]
    name: str = ""
    title: str = ""
    summary: str = ""
    accepts: frozenset[str] = frozenset({"start"})

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        raise NotImplementedError

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All stages that there could be, in order."""
        raise NotImplementedError

    def missing(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(path for release in self.releases for path in release.missing()))

    def defaults(self) -> Defaults:
        first = self.releases[0]
        stages = tuple(
            release.defaults(scale=FACTOR if index else 1) for index, release in enumerate(self.releases)
        )
        multiples = (release.multiple // FACTOR**index for index, release in enumerate(self.releases))
        return Defaults(
            family=self.name,
            stages=stages,
            pixels=first.side**2,
            multiple=max(1, *multiples),
            enlarges=FACTOR ** len(stages) if first.kind.enlarges else 1,
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            name=self.title,
            weights=frozenset(release.weights() for release in self.releases),
            stages=frozenset(self._by_name),
            roles=self.accepts,
            needs=frozenset() if self._from_words(plan) else self.accepts,
            starts=frozenset(self._by_name),
            multiples={name: release.multiple for name, release in self._by_name.items()},
        )
        return (*refusals(plan, able), *self._of_stages(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(self._without_effect(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models._parts.rungs.model import open_rungs

        return open_rungs(self.releases, device, dtype)

    @cached_property
    def _by_name(self) -> dict[str, Release]:
        return {release.kind.stage: release for release in self.releases}

    def _from_words(self, plan: Plan) -> bool:
        """Whether the plan's first stage needs no picture."""
        release = self._by_name.get(plan.stages[0].name)
        return release is not None and not release.kind.enlarges

    def _of_stages(self, plan: Plan) -> Iterator[str]:
        order = [kind.stage for kind in self.kinds]
        places = [order.index(stage.name) for stage in plan.stages if stage.name in order]
        if places != sorted(set(places)):
            yield f"The stages of {self.title} run once each and in this order: {', '.join(order)}."
        for before, stage in pairwise(plan.stages):
            yield from pair_refusals(before, stage, FACTOR)
        for stage in plan.stages:
            if stage.name in self._by_name:
                yield from stage_refusals(stage, self._by_name[stage.name])

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        if self._from_words(plan) and starts_from_nothing(plan):
            yield "The start picture has no effect: no stage begins from it."
        if all(self._walks_anyway(stage) for stage in plan.stages):
            yield "The sampler euler-ancestral has no effect: on this path it is ddpm by another name."

    def _walks_anyway(self, stage: StagePlan) -> bool:
        release = self._by_name.get(stage.name)
        released = steps(release.scheduler).sampler if release else ""
        return (stage.sampler, released) == ("euler-ancestral", "ddpm")


def stage_refusals(stage: StagePlan, release: Release) -> Iterator[str]:
    """Why the release cannot make this stage of a plan."""
    yield from size_refusals(stage, release.multiple)
    if stage.augment > release.most_noise:
        yield (
            f"Stage {stage.name} was trained with augmentation up to {release.most_noise:g}, not "
            f"{stage.augment:g}: lower it."
        )
