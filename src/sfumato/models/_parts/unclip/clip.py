"""CLIP's two halves: texts and pictures as embeddings in one space."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import torch
from torch import Tensor

from sfumato.engine import to_pixels
from sfumato.models._parts.processor import by_pillow


class Opener(Protocol):
    """Where components are loaded from: see Repository.load."""

    def load(self, component: str, device: str, dtype: str, cls: str = "") -> Any: ...


@dataclass(frozen=True, eq=False)
class Words:
    """CLIP's text half with its projection, and its tokenizer."""

    encoder: Any
    tokenizer: Any

    @torch.no_grad()
    def read(self, text: str) -> dict[str, Tensor]:
        """A text as states (L, D) of CLIP's last layer, pooled (D,) and mask (L,): 0 at padding."""
        length = self.tokenizer.model_max_length
        ids = self.tokenizer(
            text, padding="max_length", max_length=length, truncation=True, return_tensors="pt"
        )
        seen = self.encoder(ids.input_ids.to(self.encoder.device))
        return {
            "states": seen.last_hidden_state[0].float().cpu(),
            "pooled": seen.text_embeds[0].float().cpu(),
            "mask": ids.attention_mask[0],
        }


@dataclass(frozen=True, eq=False)
class Sight:
    """CLIP's image half with its projection, and its image processor."""

    encoder: Any
    processor: Any

    def see(self, picture: Tensor) -> Tensor:
        """The image embedding (D,) of a picture (3, H, W) in [-1, 1]."""
        from PIL import Image

        shown = Image.fromarray(to_pixels(picture))
        return self._embedding(self.processor(images=shown, return_tensors="pt").pixel_values)

    @cached_property
    def nothing(self) -> Tensor:
        """The embedding (D,) of no picture: zeros where a normalised picture is expected, an even grey."""
        side = self.encoder.config.image_size
        return self._embedding(torch.zeros(1, 3, side, side))

    @torch.no_grad()
    def _embedding(self, pixels: Tensor) -> Tensor:
        encoder = self.encoder
        return encoder(pixels.to(encoder.device, encoder.dtype)).image_embeds[0].float().cpu()


def open_words(folder: Opener, device: str, dtype: str) -> Words:
    """From the components text_encoder and tokenizer."""
    return Words(folder.load("text_encoder", device, dtype), folder.load("tokenizer", device, dtype))


def open_sight(folder: Opener, processor: str, device: str, dtype: str) -> Sight:
    """From the component image_encoder and the one that holds the image processor."""
    return Sight(
        folder.load("image_encoder", device, dtype),
        folder.load(processor, device, dtype, f"transformers.{by_pillow('CLIPImageProcessor')}"),
    )
