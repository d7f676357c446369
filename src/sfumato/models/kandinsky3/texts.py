"""Words as Kandinsky 3 reads them: Flan-UL2's tokens, cut off one place behind the last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from sfumato.models._parts.masked_words import masked_words

LENGTH = 128  # most tokens


@dataclass(frozen=True, eq=False)
class Reader:
    """Flan-UL2, or another T5 encoder, with its tokenizer."""

    tokenizer: Any
    encoder: Any

    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L, D), 0 behind the words, and shown (L,): 1 where it is words.

        important: the U-Net takes the mean over all L places, hidden ones too, so L counts: one more than
        there are words, as in training, and never more than LENGTH.
        """
        tokens, shown = masked_words(self.tokenizer, self.encoder, text, LENGTH)
        length = int(shown.sum()) + 1
        return {"text": (tokens * shown[:, None])[:length], "shown": shown[:length]}


def filled(entries: Mapping[str, Tensor], length: int, blank: bool) -> dict[str, Tensor]:
    """What was read, with zeros up to this length; longer texts stay whole. A blank is zeros everywhere."""
    text, shown = entries["text"], entries["shown"]
    if blank:
        return {
            "text": torch.zeros(length, text.shape[1]),
            "shown": torch.zeros_like(shown[:1]).repeat(length),
        }
    more = max(length - len(shown), 0)
    return {"text": pad(text, (0, 0, 0, more)), "shown": pad(shown, (0, more))}
