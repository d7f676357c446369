"""The oracle for SDXL: pipelines of diffusers over the tiny folders, asked from our noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import diffusers
from torch import Tensor

from sfumato.engine import Ask, Commission, Source, board
from sfumato.language import read
from sfumato.models._parts.unet.model import UnetModel
from sfumato.models.family import recognise
from sfumato.plan import Input, Plan, draft
from tinies import sdxl
from tinies.flights import MOVED, PARITY, Flown, entries, fly, gap

PROMPTS = ("a red fox in the snow --ar 3:2 --seed 7", "the sea at night --ar 3:2 --seed 11")
STEPS = 5


@dataclass(frozen=True, eq=False)
class Tiny:
    """A tiny release opened by us, and its folders."""

    paths: tuple[Path, ...]
    model: UnetModel

    def plans(
        self, prompts: Sequence[str] = PROMPTS, inputs: Sequence[Input] = (), **knobs: Any
    ) -> list[Plan]:
        """Drafts of a few steps; knobs are of every stage, `negative` of the plan."""
        defaults, said = recognise(self.paths).defaults(), {"negative": knobs.pop("negative", "")}
        drafts = [draft(read(text)[0], defaults) for text in prompts]
        said |= {"inputs": tuple(inputs)}
        return [_with(plan.model_copy(update=said), **{"steps": STEPS, **knobs}) for plan in drafts]

    def pipe(self, kind: str, folder: int = 0) -> Any:
        more = {"add_watermarker": False} if "XL" in kind else {}
        pipe = getattr(diffusers, kind).from_pretrained(self.paths[folder], **more)
        pipe.set_progress_bar_config(disable=True)
        return pipe


def _with(plan: Plan, **knobs: Any) -> Plan:
    return plan.model_copy(update={"stages": tuple(one.model_copy(update=knobs) for one in plan.stages)})


def start_noise(plan: Plan, model: UnetModel, number: int = 0) -> Tensor:
    stage, seed = model.stages[number], plan.seeds[0]
    shape = stage.shape(plan, plan.stages[number])
    return Source(seed.number, seed.slice, place=stage.name)("start", 0, shape)[None]


def said(plan: Plan, number: int = 0) -> dict[str, Any]:
    """What the oracle is asked for."""
    stage = plan.stages[number]
    return {
        "prompt": plan.parts[0].content,
        "negative_prompt": plan.negative or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
        "output_type": "latent",
    }


def size(plan: Plan) -> dict[str, int]:
    return {"height": plan.height, "width": plan.width}


def drawn(pipe: Any, plan: Plan, model: UnetModel, **more: Any) -> Tensor:
    """The oracle's latent from our noise."""
    start = start_noise(plan, model)
    return pipe(**{**said(plan), **size(plan), "latents": start} | more).images[0]


def agree(flown: Flown, theirs: Sequence[Tensor]) -> None:
    """Both pictures, which shared every pass."""
    assert min(flown.rows) > 1 and 2 * len(flown.rows) < sum(flown.rows)
    for ours, other in zip(flown.x, theirs, strict=True):
        assert gap(ours, other) < PARITY
    assert gap(flown.x[0], flown.x[1]) > MOVED


def shared(flown: Flown) -> None:
    assert set(flown.rows) == {2 * len(PROMPTS)}


@dataclass(frozen=True)
class Shelf:
    """Every variant is written, in a new folder, and opened once."""

    folder: Callable[[], Path]
    made: dict[str, Tiny]
    variants: Mapping[str, Callable[[Path], tuple[Path, ...]]] = field(default_factory=lambda: sdxl.VARIANTS)

    def __call__(self, name: str, write: Callable[[Path], tuple[Path, ...]] | None = None) -> Tiny:
        if name not in self.made:
            paths = (write or self.variants[name])(self.folder())
            self.made[name] = Tiny(paths, recognise(paths).open("cpu", "float32"))
        return self.made[name]

    def close(self) -> None:
        for tiny in self.made.values():
            tiny.model.close()


def moves(tiny: Tiny, theirs: Tensor, **fault: Any) -> bool:
    return gap(fly(tiny.model, tiny.plans()[:1], **fault).x[0], theirs) > MOVED


def conditions_of(tiny: Tiny, plan: Plan, given: Mapping[str, Tensor] | None = None) -> tuple[str, ...]:
    leg = board(Commission(plan, tiny.model, given or {}), 0).leg
    assert leg
    return entries(leg.panes[0].conditions.values())


def changed(ask: Ask, **entries: Tensor) -> Ask:
    return replace(ask, condition=ask.condition.replace(**entries))


def with_stage(model: UnetModel, number: int = 0, **changes: Any) -> UnetModel:
    stages = list(model.stages)
    stages[number] = replace(stages[number], **changes)
    return replace(model, stages=tuple(stages))
