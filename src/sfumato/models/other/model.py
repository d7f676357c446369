"""A pipeline of diffusers behind the engine's protocols: one look that jumps from noise to the picture."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class OtherStage(WholeStage):
    """Noise seeds the run; the plan's guidance goes to the pipeline, which guides by itself."""

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        plan, stage = setting.plan, setting.stage
        text = plan.parts[0].content if plan.parts else ""
        told = {
            "text": _letters(text),
            "negative": _letters(plan.negative),
            "steps": torch.tensor(stage.steps),
            "guidance": torch.tensor(float(stage.guidance)),
        }
        return {part(0): Condition(told)}


@dataclass(frozen=True, eq=False)
class OtherModel:
    """pipe    the pipeline, over networks that are open
    call       what it takes
    one_by_one rows never share a pass, so that no company can change a bit
    """

    pipe: Any
    call: Call
    stage: OtherStage
    networks: tuple[Any, ...]
    one_by_one: bool = True

    @property
    def stages(self) -> tuple[OtherStage, ...]:
        return (self.stage,)

    @property
    def accepts(self) -> frozenset[str]:
        return frozenset()

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return [Answer(self._paint(ask)) for ask in asks]

    def close(self) -> None:
        for network in self.networks:
            network.to("meta")

    def _paint(self, ask: Ask) -> Tensor:
        """(3, H, W) in [-1, 1]. Raises ValueError when the pipeline makes something else."""
        height, width = ask.x.shape[-2:]
        made = self.pipe(**self._told(ask), height=height, width=width, output_type="np").images
        pixels = torch.as_tensor(made[0]).float()
        if pixels.dim() != 3 or pixels.shape[-1] != 3:
            raise ValueError(f"{self.call.pipeline} made something that is no colour picture.")
        picture = pixels.movedim(-1, 0) * 2 - 1
        return picture if picture.shape == ask.x.shape else fitted(picture, width, height)

    def _told(self, ask: Ask) -> dict[str, Any]:
        """Arguments of the call, as far as it takes them."""
        told = {
            "prompt": _text(ask.condition["text"]),
            "negative_prompt": _text(ask.condition["negative"]) or None,
            "num_inference_steps": int(ask.condition["steps"]),
            "guidance_scale": float(ask.condition["guidance"]),
            "generator": torch.Generator().manual_seed(seed_of(ask.x)),
        }
        return {name: value for name, value in told.items() if name in self.call.given}


def seed_of(noise: Tensor) -> int:
    """A picture's own noise as one number of 63 bits, from which the pipeline draws all of its own."""
    return int.from_bytes(sha256(noise.contiguous().numpy().tobytes()).digest()[:8], "big") >> 1


def open_other(
    repository: Repository, components: Mapping[str, str], call: Call, device: str, dtype: str
) -> OtherModel:
    """The pipeline over components opened here: only safetensors, and no code of the repository's own."""
    opened = {name: repository.load(name, device, dtype, kind) for name, kind in components.items()}
    kind = _placed(getattr(import_module("diffusers"), call.pipeline), device)
    pipe = kind(**_settings(repository), **opened)
    pipe.set_progress_bar_config(disable=True)
    networks = tuple(own for own in opened.values() if isinstance(own, torch.nn.Module))
    return OtherModel(pipe, call, OtherStage(STAGE), networks)


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
