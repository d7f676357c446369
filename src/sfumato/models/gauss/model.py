"""Gauss: a Model whose networks are Laws, and Texture, its Stage."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    noise,
    part,
)
from sfumato.models.gauss.law import Law, variance_part

if TYPE_CHECKING:
    from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class Network:
    """The best denoiser of `law` around the mean of the condition's tokens plus `reads` times its map."""

    law: Law
    path: NoisePath
    reads: Tensor | None = None  # (C, C)
    tells_variance: bool = False

    def answer(self, ask: Ask) -> Answer:
        alpha, sigma = self.path.alpha(ask.t), self.path.sigma(ask.t)
        x0 = self.law.denoise(ask.x, self.mean(ask.condition), alpha, sigma)
        known = variance_part(self.law, self.path, ask.t, ask.to, ask.x) if self.tells_variance else None
        return Answer(x0, known)

    def mean(self, condition: Condition) -> Tensor:
        """(C, 1, 1), or (C, H, W) when there is a map."""
        mean = condition["tokens"].double().mean(dim=0)[:, None, None]
        if self.reads is None:
            return mean
        return mean + torch.einsum("cd,dhw->chw", self.reads, condition["map"].double())


@dataclass(frozen=True, eq=False)
class Texture:
    """A stage whose x is the picture itself, (3, height, width).

    earlier  the stage whose result, made larger, its network reads
    weak     the network that takes the place of the null
    """

    name: str
    path: NoisePath
    earlier: str | None = None
    weak: str | None = None

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (3, stage.height, stage.width)

    def encode(self, picture: Tensor) -> Tensor:
        return picture

    def decode(self, x: Tensor) -> Tensor:
        return x

    def limit(self, x0: Tensor) -> Tensor:
        return x0

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        texts = {part(index): tokens(piece.content) for index, piece in enumerate(setting.plan.parts)}
        empty = texts.get(part(0), torch.zeros(1, 3)) if self.weak else torch.zeros(1, 3)
        texts |= {NULL: empty}
        below = self.begin(setting)
        maps = {} if below is None else {"map": below}
        return {role: Condition({"tokens": text, **maps}) for role, text in texts.items()}

    def guidance(self, setting: Setting) -> Guidance:
        nets = {NULL: self.weak} if self.weak else {}
        return classifier_free(setting, self.name, nets)

    def begin(self, setting: Setting) -> Tensor | None:
        if self.earlier is None:
            return None
        below = setting.results[self.earlier]
        return below.repeat_interleave(setting.stage.height // below.shape[-2], dim=-2).repeat_interleave(
            setting.stage.width // below.shape[-1], dim=-1
        )


@dataclass(frozen=True, eq=False)
class Gauss:
    """A model without weights."""

    stages: tuple[Texture, ...]
    networks: Mapping[str, Network]
    accepts: frozenset[str] = frozenset()

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return [self.networks[ask.net].answer(ask) for ask in asks]

    def close(self) -> None:
        """Nothing is held."""


def tokens(text: str) -> Tensor:
    """One vector for each word, (words, 3): the same for the same word everywhere."""
    words = text.split() or [""]
    return torch.stack([noise(0, 0, f"word {word}", 0, (3,)) for word in words])
