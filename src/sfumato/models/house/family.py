"""House as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.able import Able, refusals
from sfumato.models.house.words import read_words
from sfumato.models.weights import about, fingerprint, weights_path
from sfumato.plan import Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model

BASE, UPPER = "base", "upper"
SIDE, MULTIPLE = 32, 4  # of the base's pictures, in pixels
LONGEST = 2.5
AUGMENT = 0.1  # hides the base's own flaws from the stage above it


@dataclass(frozen=True)
class House:
    """The family; `base` and `upper` are its weight files."""

    base: Path = field(default_factory=partial(weights_path, "house-base.safetensors"))
    upper: Path = field(default_factory=partial(weights_path, "house-upper.safetensors"))
    accepts: frozenset[str] = frozenset({"start"})
    name: str = "house"
    summary: str = (
        "two small networks trained by this project, in the package: 68 things, 10 places, 8 styles"
    )

    def missing(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.base, self.upper) if not path.exists())

    def defaults(self) -> Defaults:
        base = StageDefaults(
            name=BASE,
            weights=fingerprint(self.base),
            steps=20,
            sampler="dpm++2m",
            schedule="linear",
            guidance=3.0,
        )
        upper = StageDefaults(
            name=UPPER,
            weights=fingerprint(self.upper),
            scale=_config(self.upper)["patch"],
            steps=8,
            sampler="euler",
            schedule="linear",
            augment=AUGMENT,
        )
        room = int(SIDE * SIDE * 1.125)  # sides are rounded down to a multiple: leave it half of one to do so
        return Defaults(
            family=self.name, stages=(base, upper), pixels=room, multiple=MULTIPLE, maximum_aspect=LONGEST
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        here = frozenset(fingerprint(path) for path in (self.base, self.upper))
        able = Able(
            "The house model",
            weights=here,
            stages=frozenset({BASE, UPPER}),
            roles=self.accepts,
            starts=frozenset({BASE, UPPER}),
            packages=(),
            multiples={BASE: MULTIPLE, UPPER: MULTIPLE * _config(self.upper)["patch"]},
        )
        return refusals(plan, able)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        unknown = dict.fromkeys(word for part in plan.parts for word in self._unknown(part.content))
        notes = []
        if unknown:
            words = ", ".join(f"“{word}”" for word in unknown)
            notes.append(f"The house model does not know {words}: it drew the rest.")
        if plan.quoted:
            notes.append("The house model cannot write: quoted text is read as words.")
        return tuple(notes)

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.house.model import open_house

        return open_house(self.base, self.upper, device, dtype)

    def _unknown(self, text: str) -> tuple[str, ...]:
        return read_words(text, about(self.base)["vocabulary"], 10_000).unknown


def _config(path: Path) -> dict[str, Any]:
    return about(path)["config"]
