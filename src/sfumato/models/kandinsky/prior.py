"""The prior: from texts to image embeddings, by diffusion in the space of the embeddings themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
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
    part,
    to_pixels,
)
from sfumato.models.kandinsky.limits import Limits
from sfumato.models.kandinsky.rows import parts_of_guidance, unwanted, wanted
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class PriorNetworks:
    """The networks of the prior's folder.

    transformer      a PriorTransformer, with the mean and deviation of image embeddings
    text_encoder     CLIP's text half with its projection, and its tokenizer
    image_encoder    CLIP's image half with its projection, and its image processor
    """

    transformer: Any
    text_encoder: Any
    tokenizer: Any
    image_encoder: Any
    image_processor: Any

    @torch.no_grad()
    def read(self, text: str) -> dict[str, Tensor]:
        """A text as states (L, D) of CLIP's last layer, pooled (D,) and mask (L,): 0 at padding."""
        length = self.tokenizer.model_max_length
        ids = self.tokenizer(
            text, padding="max_length", max_length=length, truncation=True, return_tensors="pt"
        )
        seen = self.text_encoder(ids.input_ids.to(self.text_encoder.device))
        return {
            "states": seen.last_hidden_state[0].float().cpu(),
            "pooled": seen.text_embeds[0].float().cpu(),
            "mask": ids.attention_mask[0],
        }

    def see(self, picture: Tensor) -> Tensor:
        """The image embedding (D,) of a picture (3, H, W) in [-1, 1]."""
        from PIL import Image

        shown = Image.fromarray(to_pixels(picture))
        return self._embedding(self.image_processor(images=shown, return_tensors="pt").pixel_values)

    @cached_property
    def nothing(self) -> Tensor:
        """What the decoder is guided away from without a negative prompt: the embedding (D,) of no picture.

        That is zeros where the encoder expects a normalised picture: an even grey, not black.
        """
        side = self.image_encoder.config.image_size
        return self._embedding(torch.zeros(1, 3, side, side))

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

    @torch.no_grad()
    def _embedding(self, pixels: Tensor) -> Tensor:
        encoder = self.image_encoder
        return encoder(pixels.to(encoder.device, encoder.dtype)).image_embeds[0].float().cpu()


@dataclass(frozen=True, eq=False)
class PriorStage:
    """x is (R, D): one image embedding for each row of `rows`, in the prior's space."""

    name: str
    networks: PriorNetworks
    path: NoisePath
    limits: Limits

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        dimension = self.networks.transformer.config.embedding_dim
        return (len(wanted(plan)) + len(unwanted(plan)), dimension)

    def encode(self, picture: Tensor) -> Tensor:
        """(1, D)."""
        return self.networks.to_x(self.networks.see(picture))[None]

    def decode(self, x: Tensor) -> Tensor:
        raise ValueError("the prior's result is an embedding, not a picture: a decoder has to paint it.")

    def limit(self, x0: Tensor) -> Tensor:
        return self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """states (R, L, D), pooled (R, D) and mask (R, L) for every role; nothing where x has no row."""
        plan = setting.plan
        rows = (*wanted(plan), *unwanted(plan))
        texts = {part(index): [row.texts[index] for row in rows] for index in range(parts_of_guidance(plan))}
        texts[NULL] = [row.null for row in rows]
        read = {
            text: setting.once((self.name, text), partial(self.networks.read, text))
            for own in texts.values()
            for text in own
        }
        return {role: _stacked([read[text] for text in own]) for role, own in texts.items()}

    def guidance(self, setting: Setting) -> Guidance:
        usual = classifier_free(setting, self.name)
        return usual if parts_of_guidance(setting.plan) > 1 else replace(usual, weights={part(0): 1.0})

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
        x = torch.cat([ask.x for ask in asks])  # (asks * R, D)
        clock = [self.path.net_time(ask.t) for ask in asks for _ in range(rows)]
        out = network(
            x.to(network.device, network.dtype),
            torch.tensor(clock, device=network.device),
            proj_embedding=entries["pooled"].to(network.device, network.dtype),
            encoder_hidden_states=entries["states"].to(network.device, network.dtype),
            attention_mask=entries["mask"].to(network.device),
        ).predicted_image_embedding
        outs = out.float().cpu().unflatten(0, (len(asks), rows))  # (asks, R, D)
        return [Answer(self.path.x0(ask.x, own, ask.t)) for ask, own in zip(asks, outs, strict=True)]


def _stacked(rows: Sequence[Mapping[str, Tensor]]) -> Condition:
    names = rows[0] if rows else ()
    return Condition({name: torch.stack([row[name] for row in rows]) for name in names})
