"""Words as FLUX.1 reads them: T5's tokens, and CLIP's one vector for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Reader:
    """length: tokens that T5 reads; what is longer is cut off, what is shorter filled up.

    No mask hides the filling, neither from T5 nor from the transformer: the release was trained so.
    """

    clip: Any
    clip_words: Any
    t5: Any
    t5_words: Any
    length: int

    @torch.no_grad()
    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (length, D) and pooled (P,), float32, on the networks' device."""
        device = self.clip.device
        short = _ids(self.clip_words, text, self.clip.config.max_position_embeddings).to(device)
        long = _ids(self.t5_words, text, self.length).to(device)
        return {
            "text": self.t5(long).last_hidden_state[0].float(),
            "pooled": self.clip(short).pooler_output[0].float(),
        }


def _ids(words: Any, text: str, length: int) -> Tensor:
    """(1, length)"""
    return words(
        text, padding="max_length", max_length=length, truncation=True, return_tensors="pt"
    ).input_ids
