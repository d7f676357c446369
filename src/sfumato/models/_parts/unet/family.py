"""A family of this kind: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sfumato.models._parts.able import Able, refusals
from sfumato.models._parts.rungs.release import FACTOR, upscaler
from sfumato.models._parts.rungs.release import Release as Enlarging
from sfumato.models._parts.unet.limits import of_last, unable
from sfumato.models._parts.unet.release import Release
from sfumato.plan import Adapter, Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model

BASE, REFINER = "base", "refiner"
HANDED_ON = 0.8  # the part of the run at which a refiner takes over from its base
LONGEST = 4.0
BUCKET = 8  # sides of the pictures in training were multiples of this many latent pixels


class Taste(NamedTuple):
    """Knobs of a stage where a prompt says nothing."""

    steps: int
    sampler: str
    schedule: str
    guidance: float
    clip_skip: int = 0

    @property
    def walk(self) -> dict[str, Any]:
        """What one run has one of."""
        return {"steps": self.steps, "sampler": self.sampler, "schedule": self.schedule}


@dataclass(frozen=True)
class UnetFamily:
    """What all families of this kind do alike; each says its `title`, its `taste`, and what else it refuses.

    releases  a base, a refiner, or both in this order
    adapters  files of what is added to the first of them
    upscaler  the folder of the ×4 upscaler, which then makes the last stage's picture larger
    """

    releases: tuple[Release, ...]
    adapters: tuple[Path, ...] = ()
    upscaler: Path | None = None
    name: str = ""
    title: str = ""
    packages: tuple[str, ...] = ("diffusers", "transformers")

    def taste(self, release: Release) -> Taste:
        """What a release was made to be sampled with."""
        raise NotImplementedError

    def unable(self, plan: Plan, releases: Mapping[str, Release]) -> tuple[str, ...]:
        """Why these releases, by stage, cannot make the plan."""
        return unable(plan, releases)

    @property
    def summary(self) -> str:
        names = " and ".join(f"{release.path.name} ({stage})" for stage, release in self._named())
        if len(self.releases) == 1:
            names = names.removesuffix(f" ({BASE})")
        added = f", with {', '.join(path.name for path in self.adapters)}" if self.adapters else ""
        larger = f", made {FACTOR} times as large by {self.upscaler.name}" if self.upscaler else ""
        return f"{self.title}: {names}{added}{larger}"

    @property
    def accepts(self) -> frozenset[str]:
        kinds = {self._kind(path) for path in self.adapters}
        facts = self.releases[0].facts
        reads = {
            "mask": facts.painted,
            "hint": facts.deep or "control" in kinds,
            "reference": "image" in kinds,
        }
        return frozenset({"start", *(role for role, read in reads.items() if read)})

    def missing(self) -> tuple[Path, ...]:
        releases = (*self.releases, *self._enlarging)
        return tuple(path for release in releases for path in release.missing())

    def defaults(self) -> Defaults:
        facts = self.releases[0].facts
        levels = max(release.facts.levels for release in self.releases)
        return Defaults(
            family=self.name,
            stages=(*self._stages(), *(last.defaults(scale=FACTOR) for last in self._enlarging)),
            pixels=facts.side**2,
            multiple=max(
                facts.factor * min(BUCKET, 2**levels),
                *(last.multiple // FACTOR for last in self._enlarging),
                1,
            ),
            maximum_aspect=LONGEST,
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        stages, last = dict(self._named()), {one.kind.stage: one for one in self._enlarging}
        own = (*(release.identity() for release in self.releases), *(one.weights() for one in last.values()))
        able = Able(
            name=self.title,
            weights=frozenset((*own, *self._adapter_hashes())),
            stages=frozenset({**stages, **last}),
            roles=self.accepts,
            packages=self.packages,
            needs=frozenset({"hint"} if self._hints else ()),
            starts=frozenset({**stages, **last}),
            continues=frozenset({REFINER} if len(stages) > 1 else ()),
            multiples={
                **{name: release.facts.factor for name, release in stages.items()},
                **{name: one.multiple for name, one in last.items()},
            },
            skippable=min(release.facts.skippable for release in self.releases),
        )
        return (
            *refusals(plan, able),
            *self.unable(plan, stages),
            *self._of_adapters(plan),
            *of_last(plan, last),
        )

    def notes(self, plan: Plan) -> tuple[str, ...]:
        if not self.adapters:
            return ()
        from sfumato.models._parts.unet.adapters import adapter_notes

        return adapter_notes(plan, self.adapters, next(self._named())[0], self._hints)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models._parts.unet.model import open_model

        return open_model(dict(self._named()), self.adapters, self.accepts, device, dtype, *self._enlarging)

    @property
    def _enlarging(self) -> tuple[Enlarging, ...]:
        """The upscaler, where there is one."""
        return (upscaler(self.upscaler),) if self.upscaler else ()

    @property
    def _hints(self) -> int:
        """How many hints the network reads itself."""
        return int(self.releases[0].facts.deep)

    def _named(self) -> Iterator[tuple[str, Release]]:
        """The stages' names and what they run."""
        for release in self.releases:
            yield (REFINER if release.facts.scored else BASE), release

    def _stages(self) -> Iterator[StageDefaults]:
        both = len(self.releases) > 1
        adapters = tuple(Adapter(weights=found) for found in self._adapter_hashes())
        for stage, release in self._named():
            chosen = self.taste(release)
            second = both and stage == REFINER
            yield StageDefaults(
                name=stage,
                weights=release.identity(),
                # One run has one ladder: where both make it, the refiner walks the base's.
                **(self.taste(self.releases[0]) if second else chosen).walk,
                guidance=chosen.guidance,
                clip_skip=chosen.clip_skip,
                adapters=() if second else adapters,
                start=HANDED_ON if second else 0.0,
                end=HANDED_ON if both and not second else 1.0,
            )

    def _adapter_hashes(self) -> tuple[str, ...]:
        if not self.adapters:
            return ()
        from sfumato.models._parts.unet.adapters import adapter_fingerprint

        return tuple(adapter_fingerprint(path) for path in self.adapters)

    def _of_adapters(self, plan: Plan) -> tuple[str, ...]:
        if not self.adapters:
            return ()
        from sfumato.models._parts.unet.adapters import adapter_refusals

        return adapter_refusals(plan, self.adapters, next(self._named())[0], self._hints)

    def _kind(self, path: Path) -> str | None:
        from sfumato.models._parts.unet.adapters import adapter_kind

        return adapter_kind(path)
