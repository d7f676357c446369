"""Upscalers as a family: what they choose, what they cannot do, how they are opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.able import Able, refusals
from sfumato.models._parts.header import header
from sfumato.models._parts.one_look import OWN, refused
from sfumato.models.family import UnknownModel
from sfumato.models.weights import fingerprint
from sfumato.plan import Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model
    from sfumato.models.upscaler.library import Facts

STAGE = "upscaler"
SIDE = 256  # pixels of what it is given: so many are made larger at once
SMALL = 64  # pixels of what it is given, for a plan that does not say how large it is
IDLE = (*OWN, ("guidance", 1.0))
# Names of tensors that upscalers have, for when nobody is there who knows them all.
LIKELY = re.compile(r"^(params(_ema)?\.)?(conv_first|model\.0|body\.0|RRDB_trunk\.0|upsampler)\b")
HOW = (
    "pip install 'sfumato[upscalers]' (where torch has been built for the CPU: "
    "pip install --no-deps spandrel einops)"
)


@dataclass(frozen=True)
class Upscaler:
    """The family over one file."""

    path: Path
    accepts: frozenset[str] = frozenset({"start"})
    name: str = "upscaler"

    @property
    def summary(self) -> str:
        return f"{self.title} ({self.path.name}): makes a picture {self.facts.scale} times as wide and high"

    @property
    def title(self) -> str:
        return self.facts.architecture

    @cached_property
    def facts(self) -> Facts:
        from sfumato.models.upscaler.library import facts

        found = facts(self.path)
        if found is None:
            raise UnknownModel(f"{self.path} is no upscaler that is known.")
        return found

    def missing(self) -> tuple[Path, ...]:
        return ()

    def defaults(self) -> Defaults:
        scale = self.facts.scale
        stage = StageDefaults(
            name=STAGE,
            weights=fingerprint(self.path),
            steps=1,
            sampler="euler",
            schedule="linear",
            guidance=1.0,
            scale=scale,
            window=SIDE * scale,
        )
        return Defaults(family=self.name, stages=(stage,), pixels=SMALL**2, multiple=1, pictures=1)

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            name=self.title,
            weights=frozenset({fingerprint(self.path)}),
            stages=frozenset({STAGE}),
            roles=self.accepts,
            needs=self.accepts,
            packages=("spandrel",),
            blends=False,
        )
        own = (
            *self._of_additions(plan),
            *self._of_words(plan),
            *self._of_sizes(plan),
            *refused(self.title, plan, IDLE),
        )
        return tuple(dict.fromkeys((*refusals(plan, able), *own)))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return tuple(self._without_effect(plan))

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.upscaler.model import open_upscaler

        return open_upscaler(self.path, self.facts, device, dtype)

    def _without_effect(self, plan: Plan) -> Iterator[str]:
        if plan.parts:
            yield f"{self.title} only makes a picture larger and reads no words: the prompt has no effect."
        if any(stage.window != SIDE * self.facts.scale for stage in plan.stages):
            yield "The knob window has no effect on the picture: it is how much is made larger at once."

    def _of_additions(self, plan: Plan) -> Iterator[str]:
        if any(stage.start for stage in plan.stages):
            yield (
                f"{self.title} adds nothing of its own to a picture, it only makes it larger: leave out "
                "`--creative`, or choose a model that paints."
            )

    def _of_words(self, plan: Plan) -> Iterator[str]:
        if plan.negative or len(plan.parts) > 1 or any(part.weight != 1 for part in plan.parts):
            yield f"{self.title} reads no words: leave out weights, `--no` and the negative prompt."
        if sum(item.role == "start" for item in plan.inputs) > 1:
            yield f"{self.title} reads one picture as start: leave out the others."

    def _of_sizes(self, plan: Plan) -> Iterator[str]:
        scale = self.facts.scale
        for stage in plan.stages:
            if stage.width % scale or stage.height % scale:
                size = f"{stage.width}×{stage.height}"
                yield f"{self.title} paints sides that are multiples of {scale} px, and {size} is not."


def claim(paths: tuple[Path, ...]) -> Upscaler | None:
    """The model over one file that spandrel knows.

    Raises UnknownModel for one that makes no picture larger, or where spandrel is not there to be asked.
    """
    names = header(paths[0]).shapes if len(paths) == 1 else {}
    if not names or any("lora" in name.lower() for name in names):
        return None
    if find_spec("spandrel") is None:
        if any(map(LIKELY.match, names)):
            raise UnknownModel(f"{paths[0].name} looks like an upscaler, which spandrel opens: {HOW}.")
        return None
    return _known(paths[0])


def _known(path: Path) -> Upscaler | None:
    from sfumato.models.upscaler.library import facts

    try:
        found = facts(path)
    except ValueError as error:
        raise UnknownModel(f"{error}: get the file again.") from error
    if found is None:
        return None
    if found.purpose != "SR" or found.scale < 2 or found.colours != (3, 3):
        raise UnknownModel(
            f"{path.name} is {found.architecture}, but does not make colour pictures larger: only upscalers "
            "are opened by themselves."
        )
    return Upscaler(path)
