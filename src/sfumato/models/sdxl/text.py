"""Texts as SDXL's networks read them: one or two CLIP encoders side by side.

Podell et al. 2023, Section 2.1: tokens from the layer before the last, pooled text from the last encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Reader:
    """A CLIP text encoder of transformers with its tokenizer."""

    tokenizer: Any
    encoder: Any

    def windows(self, text: str) -> list[list[int]]:
        """The ids of the text, cut into as many pieces as do not fit together; at least one."""
        said = self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        room = self.tokenizer.model_max_length - 2
        return [said[first : first + room] for first in range(0, len(said), room)] or [[]]

    @torch.no_grad()
    def read(self, windows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor | None]:
        """Tokens (windows * L, D), and the first window's pooled text (P,) where there is a projection."""
        ids = torch.tensor([self._framed(window) for window in windows])  # (windows, L)
        seen = self.encoder(ids.to(self.encoder.device), output_hidden_states=True)
        tokens = seen.hidden_states[-2].flatten(0, 1).float().cpu()  # (windows * L, D)
        pooled = getattr(seen, "text_embeds", None)
        return tokens, None if pooled is None else pooled[0].float().cpu()

    def _framed(self, window: Sequence[int]) -> list[int]:
        tokenizer = self.tokenizer
        framed = [tokenizer.bos_token_id, *window, tokenizer.eos_token_id]
        return framed + [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(framed))


def read(readers: Sequence[Reader], text: str) -> dict[str, Tensor]:
    """A text as `tokens` (L, D), the encoders' side by side, and `pooled` (P,).

    Longer texts than the encoders can read at once are read in windows, one after the other along L.
    """
    cut = [reader.windows(text) for reader in readers]
    most = max(len(windows) for windows in cut)
    full = [windows + [[]] * (most - len(windows)) for windows in cut]
    seen = [reader.read(windows) for reader, windows in zip(readers, full, strict=True)]
    pooled = next(pooled for _, pooled in seen if pooled is not None)
    return {"tokens": torch.cat([tokens for tokens, _ in seen], dim=-1), "pooled": pooled}


def blank(like: dict[str, Tensor]) -> dict[str, Tensor]:
    """No text, for networks that were trained with zeros in its place."""
    return {name: torch.zeros_like(tensor) for name, tensor in like.items()}
