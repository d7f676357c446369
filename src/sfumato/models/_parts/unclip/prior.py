"""The prior: from texts to image embeddings, by diffusion in the space of the embeddings themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import (
    NULL,
    Answer,
    Ask,
    ClassifierFree,
    Condition,
    NoisePath,
    Setting,
    classifier_free,
    part,
)
from sfumato.models._parts.limits import Limits
from sfumato.models._parts.unclip.clip import Sight, Words
from sfumato.models._parts.unclip.rows import Row, parts_of_guidance, unwanted, wanted
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class PriorNetworks:
    """transformer  a PriorTransformer, with the mean and deviation of image embeddings
    sight        None where the release brings no image encoder
    """

    transformer: Any
    words: Words
    sight: Sight | None

    def to_x(self, embedding: Tensor) -> Tensor:
        """An image embedding (..., D) in the prior's space, where its numbers are standardised."""
        return (embedding - self._mean) / self._deviation

    def from_x(self, x: Tensor) -> Tensor:
        """The inverse of `to_x`."""
        return x * self._deviation + self._mean

    @property
    def _mean(self) -> Tensor:
        return self.transformer.clip_mean[0].float().cpu()

    @property
    def _deviation(self) -> Tensor:
        return self.transformer.clip_std[0].float().cpu()


@dataclass(frozen=True, eq=False)
class PriorStage:
    """x is (N R, D): for each row of `rows` one image embedding in the prior's space, all that N times.

    N is the knob `candidates`. What the first N rows begin from is the same for every N.

    wanted  the rows of a plan that are to be painted
    """

    name: str
    networks: PriorNetworks
    path: NoisePath
    limits: Limits
    wanted: Callable[[Plan], tuple[Row, ...]] = wanted

    def rows(self, plan: Plan) -> tuple[Row, ...]:
        """What is painted, and last what is guided away from."""
        return (*self.wanted(plan), *unwanted(plan))

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (stage.candidates * len(self.rows(plan)), self.networks.transformer.config.embedding_dim)

    def encode(self, picture: Tensor) -> Tensor:
        """(1, D). Raises ValueError where no image encoder is there."""
        if self.networks.sight is None:
            raise ValueError("this prior comes without an image encoder: it sees no pictures.")
        return self.networks.to_x(self.networks.sight.see(picture))[None]

    def decode(self, x: Tensor) -> Tensor:
        raise ValueError("the prior's result is an embedding, not a picture: a decoder has to paint it.")

    def limit(self, x0: Tensor) -> Tensor:
        return self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """states (N R, L, D), pooled (N R, D) and mask (N R, L) for every role; nothing without rows."""
        plan = setting.plan
        rows = self.rows(plan) * setting.stage.candidates
        texts = {part(index): [row.texts[index] for row in rows] for index in range(parts_of_guidance(plan))}
        texts[NULL] = [row.null for row in rows]
        return {role: _stacked([self.read(setting, text) for text in own]) for role, own in texts.items()}

    def read(self, setting: Setting, text: str) -> dict[str, Tensor]:
        """See Words.read; once for all pictures."""
        return setting.once((self.name, text), partial(self.networks.words.read, text))

    def guidance(self, setting: Setting) -> ClassifierFree:
        return guided(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        return None

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Asks of one shape."""
        rows = asks[0].x.shape[0]
        if rows == 0:
            return [Answer(ask.x) for ask in asks]
        network = self.networks.transformer
        entries = {
            name: torch.cat([ask.condition[name] for ask in asks]) for name in asks[0].condition.entries
        }
        x = torch.cat([ask.x for ask in asks])  # (asks * rows, D)
        clock = [self.path.net_time(ask.t) for ask in asks for _ in range(rows)]
        out = network(
            x.to(network.device, network.dtype),
            torch.tensor(clock, device=network.device),
            proj_embedding=entries["pooled"].to(network.device, network.dtype),
            encoder_hidden_states=entries["states"].to(network.device, network.dtype),
            attention_mask=entries["mask"].to(network.device),
        ).predicted_image_embedding
        outs = out.float().cpu().unflatten(0, (len(asks), rows))  # (asks, rows, D)
        return [Answer(self.path.x0(ask.x, own, ask.t)) for ask, own in zip(asks, outs, strict=True)]


def guided(setting: Setting, network: str) -> ClassifierFree:
    """The usual guidance; where a row has one text, whatever its weight, that one is all."""
    usual = classifier_free(setting, network)
    return usual if parts_of_guidance(setting.plan) > 1 else replace(usual, weights={part(0): 1.0})


def _stacked(rows: Sequence[Mapping[str, Tensor]]) -> Condition:
    names = rows[0] if rows else ()
    return Condition({name: torch.stack([row[name] for row in rows]) for name in names})
