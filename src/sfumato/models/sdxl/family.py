"""SDXL as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals
from sfumato.models.sdxl.limits import unable
from sfumato.models.sdxl.release import Release
from sfumato.models.sdxl.taste import taste
from sfumato.plan import Adapter, Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model

BASE, REFINER = "base", "refiner"
HANDED_ON = 0.8  # the part of the run at which a refiner takes over from its base
LONGEST = 4.0
BUCKET = 8  # sides of the pictures in training were multiples of this many latent pixels


@dataclass(frozen=True)
class Sdxl:
    """The family.

    releases  a base, a refiner, or both in this order
    adapters  files of what is added to the first of them
    """

    releases: tuple[Release, ...]
    adapters: tuple[Path, ...] = ()
    name: str = "sdxl"

    @property
    def summary(self) -> str:
        names = " and ".join(f"{release.path.name} ({stage})" for stage, release in self._named())
        added = f", with {', '.join(path.name for path in self.adapters)}" if self.adapters else ""
        return f"Stable Diffusion XL: {names}{added}"

    @property
    def accepts(self) -> frozenset[str]:
        kinds = {self._kind(path) for path in self.adapters}
        reads = {
            "mask": self.releases[0].facts.painted,
            "hint": "control" in kinds,
            "reference": "image" in kinds,
        }
        return frozenset({"start", *(role for role, read in reads.items() if read)})

    def missing(self) -> tuple[Path, ...]:
        return tuple(path for release in self.releases for path in release.missing())

    def defaults(self) -> Defaults:
        facts = self.releases[0].facts
        levels = max(release.facts.levels for release in self.releases)
        return Defaults(
            family=self.name,
            stages=tuple(self._stages()),
            pixels=facts.side**2,
            multiple=facts.factor * min(BUCKET, 2**levels),
            maximum_aspect=LONGEST,
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        stages = dict(self._named())
        able = Able(
            name="Stable Diffusion XL",
            weights=frozenset((*(release.identity() for release in self.releases), *self._adapter_hashes())),
            stages=frozenset(stages),
            roles=self.accepts,
            starts=frozenset(stages),
            continues=frozenset({REFINER} if len(stages) > 1 else ()),
            multiples={name: release.facts.factor for name, release in stages.items()},
        )
        return (*refusals(plan, able), *unable(plan, stages), *self._of_adapters(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        if not self.adapters:
            return ()
        from sfumato.models.sdxl.adapters import adapter_notes

        return adapter_notes(plan, self.adapters, next(self._named())[0])

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.sdxl.model import open_model

        return open_model(dict(self._named()), self.adapters, self.accepts, device, dtype)

    def _named(self) -> Iterator[tuple[str, Release]]:
        """The stages' names and what they run."""
        for release in self.releases:
            yield (REFINER if release.facts.scored else BASE), release

    def _stages(self) -> Iterator[StageDefaults]:
        both = len(self.releases) > 1
        adapters = tuple(Adapter(weights=found) for found in self._adapter_hashes())
        for stage, release in self._named():
            chosen = taste(release.facts)
            second = both and stage == REFINER
            yield StageDefaults(
                name=stage,
                weights=release.identity(),
                # One run has one ladder: where both make it, the refiner walks the base's.
                **(taste(self.releases[0].facts) if second else chosen).walk,
                guidance=chosen.guidance,
                adapters=() if second else adapters,
                start=HANDED_ON if second else 0.0,
                end=HANDED_ON if both and not second else 1.0,
            )

    def _adapter_hashes(self) -> tuple[str, ...]:
        if not self.adapters:
            return ()
        from sfumato.models.sdxl.adapters import adapter_fingerprint

        return tuple(adapter_fingerprint(path) for path in self.adapters)

    def _of_adapters(self, plan: Plan) -> tuple[str, ...]:
        if not self.adapters:
            return ()
        from sfumato.models.sdxl.adapters import adapter_refusals

        return adapter_refusals(plan, self.adapters, next(self._named())[0])

    def _kind(self, path: Path) -> str | None:
        from sfumato.models.sdxl.adapters import adapter_kind

        return adapter_kind(path)
