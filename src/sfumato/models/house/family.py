"""House as a family: what it chooses, what it cannot do, how it is opened. No torch until `open`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.able import Able, refusals
from sfumato.models._parts.one_look import OWN, refused
from sfumato.models.house.words import read_words
from sfumato.models.weights import about, fingerprint, weights_path
from sfumato.plan import Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model

BASE, UPPER, ENLARGER = "base", "upper", "enlarger"
SCALE = 4  # of the enlarger
IDLE = (*OWN, ("guidance", 1.0))
SIDE, MULTIPLE = 32, 4  # of the base's pictures, in pixels
LONGEST = 2.5
WINDOW = 1024  # pixels that the enlarger makes at once
AUGMENT = 0.1  # hides the base's own flaws from the stage above it


@dataclass(frozen=True)
class House:
    """The family; `base`, `upper` and `enlarger` are its weight files."""

    base: Path = field(default_factory=partial(weights_path, "house-base.safetensors"))
    upper: Path = field(default_factory=partial(weights_path, "house-upper.safetensors"))
    enlarger: Path = field(default_factory=partial(weights_path, "house-enlarger.safetensors"))
    accepts: frozenset[str] = frozenset({"start"})
    name: str = "house"
    summary: str = (
        "two small networks trained by this project, in the package: 68 things, 10 places, 8 styles"
    )

    def missing(self) -> tuple[Path, ...]:
        return tuple(path for path in self._files if not path.exists())

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
            family=self.name,
            stages=(base, upper),
            enlarger=self._enlarging(),
            pixels=room,
            multiple=MULTIPLE,
            maximum_aspect=LONGEST,
        )

    def _enlarging(self) -> StageDefaults:
        return StageDefaults(
            name=ENLARGER,
            weights=fingerprint(self.enlarger),
            scale=SCALE,
            steps=1,
            sampler="euler",
            schedule="linear",
            window=WINDOW,
        )

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            "The house model",
            weights=frozenset(map(fingerprint, self._files)),
            stages=frozenset({BASE, UPPER, ENLARGER}),
            roles=self.accepts,
            starts=frozenset({BASE, UPPER}),
            packages=(),
            multiples={BASE: MULTIPLE, UPPER: MULTIPLE * _config(self.upper)["patch"]},
        )
        return (*refusals(plan, able), *_of_enlarging(plan))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        if all(stage.name == ENLARGER for stage in plan.stages):
            return ()  # its prompt is what the picture shows, and painted before
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

        return open_house(self.base, self.upper, self.enlarger, device, dtype)

    @property
    def _files(self) -> tuple[Path, ...]:
        return (self.base, self.upper, self.enlarger)

    def _unknown(self, text: str) -> tuple[str, ...]:
        return read_words(text, about(self.base)["vocabulary"], 10_000).unknown


def _of_enlarging(plan: Plan) -> Iterator[str]:
    """Why the enlarger cannot do its part of a plan."""
    for stage in (own for own in plan.stages if own.name == ENLARGER):
        if not any(item.role == "start" for item in plan.inputs):
            yield "The enlarger needs a picture as start: give one."
        if stage.width % SCALE or stage.height % SCALE:
            size = f"{stage.width}×{stage.height}"
            yield f"The enlarger paints sides that are multiples of {SCALE} px, and {size} is not."
    if all(own.name == ENLARGER for own in plan.stages):
        yield from refused("The enlarger", plan, IDLE)


def _config(path: Path) -> dict[str, Any]:
    return about(path)["config"]
