"""Any other repository of diffusers as a family: its choices and limits. No torch until `open`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.able import Able, refusals
from sfumato.models._parts.one_look import OWN, refused
from sfumato.models._parts.repository import INDEX, Repository
from sfumato.models.family import UnknownModel
from sfumato.models.other.pipelines import Call, call_of, home_of, installed
from sfumato.plan import Defaults, Plan, StageDefaults

if TYPE_CHECKING:
    from sfumato.engine import Model

STAGE = "base"
STEPS, SIDE = 50, 1024  # where a pipeline's call does not say
LEAST = 16  # pixels: many pipelines count on latents of an eighth, however small theirs are
PLAIN = ("Scheduler", "Tokenizer", "TokenizerFast", "Processor", "ProcessorFast", "Extractor")


@dataclass(frozen=True)
class Other:
    """The family over one released folder."""

    path: Path
    accepts: frozenset[str] = frozenset()
    name: str = "other"

    @property
    def summary(self) -> str:
        return f"{self.title} ({self.path.name}): pictures from words, by its release's own pipeline"

    @property
    def title(self) -> str:
        return self.call.pipeline.removesuffix("Pipeline")

    @cached_property
    def repository(self) -> Repository:
        return Repository(self.path)

    @cached_property
    def call(self) -> Call:
        """How its pipeline is called. Raises UnknownModel when that is gone from diffusers."""
        found = call_of(self.repository.pipeline)
        if found is None:
            raise UnknownModel(f"The installed diffusers has no pipeline {self.repository.pipeline!r}.")
        return found

    @cached_property
    def components(self) -> dict[str, str]:
        """The class of every component that is here, as "diffusers.AutoencoderKL"."""
        here, index = self.repository, self.repository.index
        named = (name for name, value in index.items() if isinstance(value, list) and here.has(name))
        return {name: f"{home_of(index[name][0])}.{index[name][1]}" for name in named}

    @cached_property
    def networks(self) -> tuple[str, ...]:
        """The components that have weights."""
        return tuple(name for name, kind in self.components.items() if not kind.endswith(PLAIN))

    @property
    def multiple(self) -> int:
        """Sides of pictures are multiples of this, in pixels: two places of a latent, mostly."""
        return max(LEAST, 2 * self.factor)

    @cached_property
    def factor(self) -> int:
        """Sides of a picture over those of its latent; 8 where no autoencoder says otherwise."""
        config = self.repository.config("vae")
        for key in ("block_out_channels", "encoder_block_out_channels"):
            if key in config:
                return 2 ** (len(config[key]) - 1)
        return 2 ** len(config["temperal_downsample"]) if "temperal_downsample" in config else 8

    def fingerprint(self) -> str:
        """What decides the pixels: all networks, and every plain setting. Raises FileNotFoundError."""
        digest = sha256(self.repository.fingerprint(*self.networks).encode())
        settings = [self.repository.index, self.repository.config("scheduler")]
        digest.update(json.dumps(settings, sort_keys=True).encode())
        return digest.hexdigest()

    def missing(self) -> tuple[Path, ...]:
        return self.repository.missing(*self.networks)

    def defaults(self) -> Defaults:
        numbers = self.call.numbers
        stage = StageDefaults(
            name=STAGE,
            weights=self.fingerprint(),
            steps=int(numbers.get("num_inference_steps", STEPS)),
            sampler="euler",
            schedule="linear",
            guidance=float(numbers.get("guidance_scale", 1.0)),
        )
        return Defaults(family=self.name, stages=(stage,), pixels=self._pixels, multiple=self.multiple)

    def check(self, plan: Plan) -> tuple[str, ...]:
        able = Able(
            name=self.title,
            weights=frozenset({self.fingerprint()}),
            stages=frozenset({STAGE}),
            blends=False,
        )
        own = (*self._of_plan(plan), *self._of_sizes(plan), *refused(self.title, plan, self._idle()))
        return tuple(dict.fromkeys((*refusals(plan, able), *own)))

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return ()

    def open(self, device: str, dtype: str) -> Model:
        from sfumato.models.other.model import open_other

        return open_other(self.repository, self.components, self.call, device, dtype)

    @property
    def _pixels(self) -> int:
        numbers = self.call.numbers
        if "height" in numbers and "width" in numbers:
            return int(numbers["height"] * numbers["width"])
        configs = (self.repository.config(name) for name in ("transformer", "unet", "prior"))
        sides = (config["sample_size"] for config in configs if "sample_size" in config)
        return next((side * self.factor for side in sides if isinstance(side, int)), SIDE) ** 2

    def _of_plan(self, plan: Plan) -> Iterator[str]:
        if len(plan.parts) > 1 or any(part.weight <= 0 for part in plan.parts):
            yield (
                f"{self.title} reads one text as it is, without weights: write one, and what is not wanted "
                "as the negative prompt in place of `--no`."
            )
        if plan.negative and "negative_prompt" not in self.call.given:
            yield f"{self.title} takes no negative prompt: leave it out."

    def _of_sizes(self, plan: Plan) -> Iterator[str]:
        for stage in plan.stages:
            if stage.width % self.multiple or stage.height % self.multiple:
                size, multiple = f"{stage.width}×{stage.height}", self.multiple
                yield f"{self.title} paints sides that are multiples of {multiple} px, and {size} is not."

    def _idle(self) -> tuple[tuple[str, Any], ...]:
        guided = "guidance_scale" in self.call.given
        return (*OWN, ("window", 0), *(() if guided else (("guidance", 1.0),)))


def claim(paths: tuple[Path, ...]) -> Other | None:
    """The model over one released folder. Raises UnknownModel when its pipeline cannot be run here."""
    if len(paths) != 1:
        return None
    here = Repository(paths[0])
    if "_class_name" not in here.index or "_diffusers_version" not in here.index:
        return None
    if why := _why_not(here):
        raise UnknownModel(f"{paths[0]} cannot be opened: {why}")
    return Other(paths[0])


def _why_not(here: Repository) -> str:
    """What stands against running this repository, "" when nothing does."""
    if foreign := sorted(_foreign(here)):
        return (
            f"{', '.join(foreign)} would be run from code that comes with the model, and such code is "
            "never run here: get a release whose classes are those of diffusers and transformers."
        )
    if installed() is None:
        return (
            "it needs diffusers: pip install 'sfumato[models]' (in a checkout: pip install -e '.[models]')."
        )
    call = call_of(here.pipeline)
    if call is None:
        return f"the installed diffusers has no {here.pipeline}: get the version that the model's card names."
    if not call.paints:
        return (
            f"{here.pipeline} does not make a picture from words alone, and only such ones are run as they "
            "are."
        )
    return ""


def _foreign(here: Repository) -> Iterator[str]:
    """What in an index is neither diffusers' nor transformers'."""
    if not here.pipeline:
        yield INDEX
    for name, value in here.index.items():
        is_component = isinstance(value, list) and len(value) == 2 and bool(value[0]) and name[0] != "_"
        if is_component and not home_of(str(value[0])):
            yield name
