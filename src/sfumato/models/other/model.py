"""A pipeline of diffusers behind the engine's protocols: a look is a step of its own loop."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Answer, Ask, Condition, Setting, fitted, part
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.whole import WholeStage
from sfumato.models.other.family import STAGE
from sfumato.models.other.pipelines import Call
from sfumato.models.other.run import Run
from sfumato.models.other.shown import shows, sketch
from sfumato.models.other.steps import steps_of, taken, telling
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class OtherStage(WholeStage):
    """Noise seeds the run; the plan's guidance goes to the pipeline, which guides by itself.

    shows  whether its steps can be seen. Where they cannot, x has one more axis, so that nobody shows it.
    """

    shows: bool = True

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        picture = super().shape(plan, stage)
        return picture if self.shows else (1, *picture)

    def decode(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[-3:])

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        plan, stage = setting.plan, setting.stage
        text = plan.parts[0].content if plan.parts else ""
        noise = setting.draw("start", 0, (3, stage.height, stage.width))
        told = {
            "text": _letters(text),
            "negative": _letters(plan.negative),
            "steps": torch.tensor(stage.steps),
            "looks": torch.tensor(setting.ladder.steps),
            "guidance": torch.tensor(float(stage.guidance)),
            "size": torch.tensor([stage.height, stage.width]),
            "seed": torch.tensor(seed_of(noise)),
        }
        return {part(0): Condition(told)}


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture that a pipeline is at: what was asked, and its run."""

    condition: Condition
    run: Run[Tensor | None, Tensor]


@dataclass(frozen=True, eq=False)
class OtherModel:
    """piped     makes the pipeline over networks that are open, with schedulers of its own: one a picture
    call        what it takes
    one_by_one  its rows never share a pass, so that no company can change a bit
    pictures    those it is at
    """

    piped: Callable[[], Any]
    call: Call
    stage: OtherStage
    networks: tuple[Any, ...]
    one_by_one: frozenset[str] = frozenset({STAGE})
    pictures: list[Picture] = field(default_factory=list)

    @property
    def stages(self) -> tuple[OtherStage, ...]:
        return (self.stage,)

    @property
    def accepts(self) -> frozenset[str]:
        return frozenset()

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return [Answer(self._look(ask).reshape(ask.x.shape)) for ask in asks]

    def drop(self, ask: Ask) -> None:
        """Ends the run of a picture that asks neither this nor anything after it."""
        picture = self._at(ask)
        if picture:
            self._leave(picture)

    def close(self) -> None:
        while self.pictures:
            self._leave(self.pictures[0])
        for network in self.networks:
            network.to("meta")

    def _look(self, ask: Ask) -> Tensor:
        """(3, H, W) in [-1, 1] after one more step: a sketch, and the picture at last.

        A run that is not here, as after a restart, begins anew and catches up.
        """
        told, looks = ask.condition, int(ask.condition["looks"])
        look = taken(ask.t, looks) + 1
        picture = self._at(ask) or self._begun(told)
        picture.run.until(look, last=look == looks)
        if look == looks or picture.run.failed:
            self._leave(picture)
        if picture.run.over:  # also where it had fewer steps than it was given
            return picture.run.made()
        seen = picture.run.seen
        return torch.zeros(3, *told["size"].tolist()) if seen is None else seen

    def _at(self, ask: Ask) -> Picture | None:
        """The picture that this is asked of, or one like it that can still come there; the farthest."""
        before = taken(ask.t, int(ask.condition["looks"]))
        same = (own for own in self.pictures if own.condition == ask.condition and own.run.looks <= before)
        return max(same, key=lambda own: own.run.looks, default=None)

    def _begun(self, told: Condition) -> Picture:
        picture = Picture(told, Run(partial(self._paint, told)))
        self.pictures.append(picture)
        return picture

    def _leave(self, picture: Picture) -> None:
        self.pictures.remove(picture)
        picture.run.end()

    @torch.no_grad()
    def _paint(self, told: Condition, halt: Callable[[Tensor | None], None]) -> Tensor:
        """(3, H, W) in [-1, 1]. Raises ValueError when the pipeline makes something else."""
        (height, width), pipe = told["size"].tolist(), self.piped()
        telling_steps = telling(self.call, lambda latents: halt(sketch(pipe, latents, height, width)))
        made = pipe(**self._told(told), **telling_steps, height=height, width=width, output_type="np").images
        pixels = torch.as_tensor(made[0]).float()
        if pixels.dim() != 3 or pixels.shape[-1] != 3:
            raise ValueError(f"{self.call.pipeline} made something that is no colour picture.")
        picture = pixels.movedim(-1, 0) * 2 - 1
        return picture if picture.shape[-2:] == (height, width) else fitted(picture, width, height)

    def _told(self, told: Condition) -> dict[str, Any]:
        """Arguments of the call, as far as it takes them."""
        arguments = {
            "prompt": _text(told["text"]),
            "negative_prompt": _text(told["negative"]) or None,
            "num_inference_steps": int(told["steps"]),
            "guidance_scale": float(told["guidance"]),
            "generator": torch.Generator().manual_seed(int(told["seed"])),
        }
        return {name: value for name, value in arguments.items() if name in self.call.given}


def seed_of(noise: Tensor) -> int:
    """A picture's own noise as one number of 63 bits, from which the pipeline draws all of its own."""
    return int.from_bytes(sha256(noise.contiguous().numpy().tobytes()).digest()[:8], "big") >> 1


def open_other(
    repository: Repository, components: Mapping[str, str], call: Call, device: str, dtype: str
) -> OtherModel:
    """The pipeline over components opened here: only safetensors, and no code of the repository's own."""
    opened = {name: repository.load(name, device, dtype, kind) for name, kind in components.items()}
    kind = _placed(getattr(import_module("diffusers"), call.pipeline), device)
    networks = tuple(own for own in opened.values() if isinstance(own, torch.nn.Module))
    stage = OtherStage(STAGE, steps_of(call), shows(components))
    schedulers = {name: own for name, own in opened.items() if hasattr(own, "set_timesteps")}
    told = _settings(repository) | {name: own for name, own in opened.items() if name not in schedulers}
    made = {name: partial(type(own).from_config, own.config) for name, own in schedulers.items()}
    return OtherModel(partial(_piped, kind, told, made), call, stage, networks)


def _piped(kind: type, told: Mapping[str, Any], schedulers: Mapping[str, Callable[[], Any]]) -> Any:
    """The pipeline with schedulers of its own: they, and it, remember where a run is."""
    pipe = kind(**told, **{name: made() for name, made in schedulers.items()})
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _settings(repository: Repository) -> dict[str, Any]:
    """What an index says beside its components: plain values, and components that are left away."""
    plain = {name: value for name, value in repository.index.items() if not name.startswith("_")}
    absent = {name: None for name in plain if isinstance(plain[name], list) and not repository.has(name)}
    return {**{name: value for name, value in plain.items() if not isinstance(value, list)}, **absent}


def _placed(kind: type, device: str) -> type:
    """The pipeline, computing on this device wherever its networks wait."""
    place = property(lambda self: torch.device(device))
    return type(kind.__name__, (kind,), {"_execution_device": place})


def _letters(text: str) -> Tensor:
    """A text as the numbers of its UTF-8 bytes: conditions are numbers."""
    return torch.tensor(list(text.encode()), dtype=torch.int64)


def _text(letters: Tensor) -> str:
    return bytes(letters.tolist()).decode()
