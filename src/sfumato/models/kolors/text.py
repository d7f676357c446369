"""Texts as Kolors reads them: the states of ChatGLM3 in front of its last layer (Kolors, Section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

LENGTH = 256  # tokens, with the two that begin every text
# Where the special tokens stand behind the vocabulary: [MASK], [gMASK], [sMASK], sop, ...
MASK_ALL, START = 1, 3


@dataclass(frozen=True, eq=False)
class GlmReader:
    """The language model with its vocabulary, a sentencepiece model."""

    words: Any
    encoder: Any

    def windows(self, text: str) -> list[list[int]]:
        """The ids of the text, cut into as many pieces as do not fit together; at least one."""
        said = self.words.encode(text)
        room = LENGTH - 2
        return [said[first : first + room] for first in range(0, len(said), room)] or [[]]

    @torch.no_grad()
    def read(self, windows: Sequence[Sequence[int]], skip: int = 0) -> tuple[Tensor, Tensor]:
        """Tokens (windows * 256, D), and the first window's last state as pooled text (D,).

        The state is taken after the last layer, before the last norm. `skip` is 0: nobody trained otherwise.
        """
        rows = [self._framed(window) for window in windows]
        ids, mask, places = (
            torch.tensor(column).to(self.encoder.device) for column in zip(*rows, strict=True)
        )
        seen = self.encoder(ids, places, mask, output_hidden_states=True, return_dict=True)
        tokens = seen.hidden_states[-2].transpose(0, 1)  # (windows, 256, D)
        return tokens.flatten(0, 1).float().cpu(), seen.hidden_states[-1][-1, 0].float().cpu()

    def _framed(self, window: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        """Ids, mask and places, filled up on the left."""
        first = self.words.vocab_size()
        told = [first + MASK_ALL, first + START, *window]
        empty = [0] * (LENGTH - len(told))
        filled = [self.words.unk_id()] * len(empty)
        return [*filled, *told], [*empty, *[1] * len(told)], [*empty, *range(len(told))]


def open_reader(vocabulary: Path, encoder: Any) -> GlmReader:
    """A reader with the vocabulary in this file."""
    from sentencepiece import SentencePieceProcessor

    return GlmReader(SentencePieceProcessor(model_file=str(vocabulary)), encoder)
