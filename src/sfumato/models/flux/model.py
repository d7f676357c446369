"""FLUX.1 behind the engine's protocols: one stage on a flow path, x a plain latent."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import (
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
from sfumato.models._parts.latent import Latent
from sfumato.models.flux.pictures import BESIDE, READERS, reference
from sfumato.models.flux.sequence import packed, places, text_places, unpacked
from sfumato.models.flux.variants import PATCH
from sfumato.plan import Plan, StagePlan

Read = Callable[[str], Mapping[str, Tensor]]


@dataclass(frozen=True, eq=False)
class FluxStage:
    """path   its clock runs from 0 to 1: the transformer multiplies by 1000 itself
    read      a text as entries of a condition
    roles     roles of pictures that it reads
    guided    whether the transformer has a place for the guidance number
    """

    name: str
    path: NoisePath
    space: Latent
    read: Read
    roles: frozenset[str]
    guided: bool

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        factor = self.space.factor
        return (self.space.channels, stage.height // factor, stage.width // factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.space.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.space.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        return x0

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        seen = dict(self._seen(setting))
        texts = [piece.content for piece in setting.plan.parts] or [""]
        return {
            part(i): Condition({**setting.once(text, partial(self.read, text)), **seen})
            for i, text in enumerate(texts)
        }

    def guidance(self, setting: Setting) -> Guidance:
        """The plan's number goes into the network; outside it the parts are blended and nothing is added."""
        return replace(classifier_free(setting, self.name), scale=1.0)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def _seen(self, setting: Setting) -> Iterator[tuple[str, Tensor]]:
        if self.guided:
            yield "guidance", torch.tensor(float(setting.stage.guidance))
        for role, read in READERS.items():
            if role in self.roles:
                yield from read(setting, self.space).items()


@dataclass(frozen=True, eq=False)
class FluxModel:
    """The transformer, its one stage, and `others`: the networks that the stage uses."""

    transformer: Any
    stage: FluxStage
    others: tuple[Any, ...]

    @property
    def stages(self) -> tuple[FluxStage, ...]:
        return (self.stage,)

    @property
    def accepts(self) -> frozenset[str]:
        return self.stage.roles

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        path = self.stage.path
        flows = self._flow(asks).float().cpu()
        return [Answer(path.x0(ask.x, flow, ask.t)) for ask, flow in zip(asks, flows, strict=True)]

    def close(self) -> None:
        for network in (self.transformer, *self.others):
            network.to("meta")

    def _flow(self, asks: Sequence[Ask]) -> Tensor:
        """What the transformer says, (B, C, H, W): noise minus picture."""
        first = self.transformer.x_embedder.weight
        height, width = asks[0].x.shape[-2:]
        tokens, where = _sequence(asks)
        said = self.transformer(
            hidden_states=tokens.to(first),
            img_ids=where.to(first.device),
            timestep=torch.tensor([self.stage.path.net_time(ask.t) for ask in asks], device=first.device),
            **_spoken(asks, first),
            return_dict=False,
        )[0]
        painted = height * width // PATCH**2  # the tokens after these are references
        return unpacked(said[:, :painted], height, width)


def _sequence(asks: Sequence[Ask]) -> tuple[Tensor, Tensor]:
    """What the rows look at as tokens (B, S, D), and where these are, (S, 3): x, then every reference."""
    condition, x = asks[0].condition, torch.stack([ask.x for ask in asks])
    beside = [_entry(asks, name).to(x) for name in BESIDE if name in condition]
    parts = [packed(torch.cat([x, *beside], dim=1))]
    where = [places(x.shape[-2], x.shape[-1])]
    for number in count(1):
        if reference(number) not in condition:
            break
        latent = _entry(asks, reference(number)).to(x)
        parts.append(packed(latent))
        where.append(places(latent.shape[-2], latent.shape[-1], picture=number))
    return torch.cat(parts, dim=1), torch.cat(where)


def _spoken(asks: Sequence[Ask], like: Tensor) -> dict[str, Tensor]:
    """The words and the guidance number of every row, as the transformer calls them."""
    text = _entry(asks, "text").to(like)
    spoken = {
        "encoder_hidden_states": text,
        "txt_ids": text_places(text.shape[1]).to(like.device),
        "pooled_projections": _entry(asks, "pooled").to(like),
    }
    if "guidance" in asks[0].condition:
        spoken["guidance"] = _entry(asks, "guidance").to(like.device)
    return spoken


def _entry(asks: Sequence[Ask], name: str) -> Tensor:
    """One entry of every row's condition, (B, ...)."""
    return torch.stack([ask.condition[name] for ask in asks])
