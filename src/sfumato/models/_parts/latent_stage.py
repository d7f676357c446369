"""A stage that paints one latent from words: what all systems of one transformer over one latent share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
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
from sfumato.models._parts.asked import cleaned
from sfumato.models._parts.block_control import Controls
from sfumato.models._parts.latent import Space
from sfumato.models._parts.loras import Loras
from sfumato.plan import Plan, StagePlan

Entries = Mapping[str, Tensor]


def no_numbers(stage: StagePlan) -> Entries:
    """For networks that read words alone."""
    return {}


def no_pictures(setting: Setting, space: Space) -> Entries:
    """Likewise."""
    return {}


@dataclass(frozen=True, eq=False)
class LatentStage:
    """read      a text as entries of a condition
    numbers   what the network reads of a stage's plan beside the words
    pictures  what it reads of the plan's pictures
    loras     what is added to its networks, None when nothing is
    controls  what reads hints and adds to them, None when nothing does
    """

    name: str
    path: NoisePath
    space: Space
    read: Callable[[str], Entries]
    numbers: Callable[[StagePlan], Entries] = no_numbers
    pictures: Callable[[Setting, Space], Entries] = no_pictures
    loras: Loras | None = None
    controls: Controls | None = None

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

    def texts(self, plan: Plan) -> dict[str, str]:
        """What is read for each role."""
        return {**texts_of(plan), NULL: plan.negative}

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        added = self.loras.entries(setting) if self.loras else {}
        if self.controls:
            added |= self.controls.entries(setting, self.space)
        seen = {**self.numbers(setting.stage), **self.pictures(setting, self.space), **added}
        with self.loras.reading(setting) if self.loras else nullcontext():
            return {
                role: Condition({**self.entries(setting, text), **seen})
                for role, text in self.texts(setting.plan).items()
            }

    def entries(self, setting: Setting, text: str) -> Entries:
        """What the network reads of one text, in this setting."""
        key = (self.name, text, setting.stage.adapters)  # some change the encoders too
        return setting.once(key, partial(self.read, text))


@dataclass(frozen=True, eq=False)
class ToldStage(LatentStage):
    """Its network is told the guidance as a number: parts are blended, and nothing is guided away from."""

    def texts(self, plan: Plan) -> dict[str, str]:
        return texts_of(plan)

    def guidance(self, setting: Setting) -> Guidance:
        return replace(classifier_free(setting, self.name), scale=1.0)


def told(stage: StagePlan) -> Entries:
    """guidance (): the number."""
    return {"guidance": torch.tensor(float(stage.guidance))}


def texts_of(plan: Plan) -> dict[str, str]:
    """What every part of the prompt says, by its role; without parts one that says nothing."""
    return {part(index): piece.content for index, piece in enumerate(plan.parts)} or {part(0): ""}


@dataclass(frozen=True, eq=False)
class LatentModel:
    """look      the denoiser's output (B, C, H, W) for rows of one key, whose noise lies on this path
    networks  all that was opened, for their memory to be given back
    accepts   roles of pictures that they read
    """

    stage: LatentStage
    look: Callable[[Sequence[Ask], NoisePath], Tensor]
    networks: tuple[Any, ...]
    accepts: frozenset[str] = frozenset({"start"})

    @property
    def stages(self) -> tuple[LatentStage, ...]:
        return (self.stage,)

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        path, loras = self.stage.path, self.stage.loras
        with loras.answering(asks) if loras else nullcontext():
            out = self.look(asks, path)
        return [Answer(x0) for x0 in cleaned(asks, out, path)]

    def close(self) -> None:
        if self.stage.loras:
            self.stage.loras.close()
        if self.stage.controls:
            self.stage.controls.close()
        for network in self.networks:
            network.to("meta")
