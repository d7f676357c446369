"""Words as Stable Diffusion 3 reads them (Esser et al. 2024, Section 4): two CLIPs side by side, then T5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

LENGTH = 256  # tokens of T5


@dataclass(frozen=True, eq=False)
class Clip:
    """A CLIP text encoder with its tokenizer."""

    tokenizer: Any
    encoder: Any

    @torch.no_grad()
    def read(self, text: str) -> tuple[Tensor, Tensor]:
        """Tokens (L, D) of the layer before the last, and the whole text as one vector (P,)."""
        ids = _ids(self.tokenizer, text, self.tokenizer.model_max_length).to(self.encoder.device)
        seen = self.encoder(ids, output_hidden_states=True)
        return seen.hidden_states[-2][0].float().cpu(), seen.text_embeds[0].float().cpu()


@dataclass(frozen=True, eq=False)
class T5:
    """A T5 encoder with its tokenizer. No mask hides the filling: the release was trained so."""

    tokenizer: Any
    encoder: Any
    length: int

    @torch.no_grad()
    def read(self, text: str) -> Tensor:
        """(length, D)"""
        ids = _ids(self.tokenizer, text, self.length).to(self.encoder.device)
        return self.encoder(ids).last_hidden_state[0].float().cpu()


@dataclass(frozen=True, eq=False)
class Reader:
    """width is that of T5's tokens, up to which CLIP's are filled with zeros."""

    clips: tuple[Clip, Clip]
    t5: T5 | None
    width: int

    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L + LENGTH, width) and pooled (P + Q,); where T5 was left away its tokens are zeros."""
        tokens, pooled = zip(*(clip.read(text) for clip in self.clips), strict=True)
        short = torch.cat(tokens, dim=1)  # (L, D + E)
        short = pad(short, (0, self.width - short.shape[1]))
        long = self.t5.read(text) if self.t5 else torch.zeros(LENGTH, self.width)
        return {"text": torch.cat([short, long]), "pooled": torch.cat(pooled)}


def _ids(tokenizer: Any, text: str, length: int) -> Tensor:
    """(1, length); what is longer is cut off."""
    return tokenizer(
        text, padding="max_length", max_length=length, truncation=True, return_tensors="pt", verbose=False
    ).input_ids
