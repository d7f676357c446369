"""A stage that paints one latent from words: what PixArt, Hunyuan-DiT and Stable Diffusion 3 share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import (
    NULL,
    Answer,
    Ask,
    Condition,
    Guidance,
    NoisePath,
    Setting,
    classifier_free,
    from_start,
    part,
)
from sfumato.models._parts.latent import Space
from sfumato.plan import Plan, StagePlan

Entries = Mapping[str, Tensor]


def no_numbers(stage: StagePlan) -> Entries:
    """For networks that read words alone."""
    return {}


@dataclass(frozen=True, eq=False)
class LatentStage:
    """read     a text as entries of a condition
    numbers  what the network reads of a stage's plan beside the words
    """

    name: str
    path: NoisePath
    space: Space
    read: Callable[[str], Entries]
    numbers: Callable[[StagePlan], Entries] = no_numbers

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        factor = self.space.factor
        return (self.space.channels, stage.height // factor, stage.width // factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.space.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.space.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        return x0

    def guidance(self, setting: Setting) -> Guidance:
        return classifier_free(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        plan, numbers = setting.plan, self.numbers(setting.stage)
        texts = {part(index): piece.content for index, piece in enumerate(plan.parts)} or {part(0): ""}
        return {
            role: Condition({**setting.once((self.name, text), partial(self.read, text)), **numbers})
            for role, text in {**texts, NULL: plan.negative}.items()
        }


@dataclass(frozen=True, eq=False)
class LatentModel:
    """look      the denoiser's output (B, C, H, W) for rows of one key, whose noise lies on this path
    networks  all that was opened, for their memory to be given back
    """

    stage: LatentStage
    look: Callable[[Sequence[Ask], NoisePath], Tensor]
    networks: tuple[Any, ...]

    @property
    def stages(self) -> tuple[LatentStage, ...]:
        return (self.stage,)

    @property
    def accepts(self) -> frozenset[str]:
        return frozenset({"start"})

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        path = self.stage.path
        out = self.look(asks, path).float().cpu()
        return [Answer(path.x0(ask.x, row, ask.t)) for ask, row in zip(asks, out, strict=True)]

    def close(self) -> None:
        for network in self.networks:
            network.to("meta")
