"""The decoder: from an image embedding and a text to a picture of 64 pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import NULL, Answer, Ask, Condition, Guidance, NoisePath, Setting, from_start, part
from sfumato.models._parts.limits import Limits
from sfumato.models._parts.unclip.clip import Words
from sfumato.models._parts.unclip.embeddings import Embeddings
from sfumato.models._parts.unclip.prior import guided
from sfumato.models._parts.unclip.rows import heard
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class DecoderStage:
    """x is the picture.

    projection  makes of a picture's and a text's embedding what is added to the time, and of the picture's
                alone some tokens, which go before those of the text
    learned     whether the U-Net also says the variance of a step
    """

    name: str
    unet: Any
    projection: Any
    words: Words
    embeddings: Embeddings
    path: NoisePath
    limits: Limits
    learned: bool

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (self.unet.config.in_channels, stage.height, stage.width)

    def encode(self, picture: Tensor) -> Tensor:
        return picture

    def decode(self, x: Tensor) -> Tensor:
        return x

    def limit(self, x0: Tensor) -> Tensor:
        return self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """embedding (D,) of the picture; states (L, D), pooled (D,) and mask (L,) of the text."""
        wanted, null = self.embeddings.wanted(setting), self.embeddings.null(setting)
        own = {
            part(index): {"embedding": wanted, **self._read(setting, text)}
            for index, text in enumerate(heard(setting.plan))
        }
        own[NULL] = {"embedding": null, **self._read(setting, setting.plan.negative)}
        return {role: Condition(entries) for role, entries in own.items()}

    def guidance(self, setting: Setting) -> Guidance:
        return guided(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def _read(self, setting: Setting, text: str) -> dict[str, Tensor]:
        return setting.once((self.words, text), partial(self.words.read, text))

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Asks of one shape."""
        unet, channels = self.unet, asks[0].x.shape[0]
        named = {
            name: torch.stack([ask.condition[name] for ask in asks]) for name in asks[0].condition.entries
        }
        tokens, added = self._projected(named)
        extra = tokens.shape[1] - named["mask"].shape[1]
        mask = torch.nn.functional.pad(named["mask"].bool(), (extra, 0), value=True)
        out = unet(
            torch.stack([ask.x for ask in asks]).to(unet.device, unet.dtype),
            torch.tensor([self.path.net_time(ask.t) for ask in asks], device=unet.device),
            encoder_hidden_states=tokens,
            class_labels=added,
            attention_mask=mask.to(unet.device),
        ).sample
        return [
            Answer(self.path.x0(ask.x, row[:channels], ask.t), self._variance(row[channels:]))
            for ask, row in zip(asks, out.float().cpu(), strict=True)
        ]

    def _projected(self, named: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Tokens (B, extra + L, E), and what is added to the time (B, T)."""
        first = next(self.projection.parameters())
        placed = {name: entry.to(first.device, first.dtype) for name, entry in named.items()}
        return self.projection(
            image_embeddings=placed["embedding"],
            prompt_embeds=placed["pooled"],
            text_encoder_hidden_states=placed["states"],
            do_classifier_free_guidance=False,  # the role null brings what that would put in front
        )

    def _variance(self, raw: Tensor) -> Tensor | None:
        return (raw + 1) / 2 if self.learned else None
