"""A text as an encoder's tokens, and which of them are words and not filling."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


@torch.no_grad()
def masked_words(tokenizer: Any, encoder: Any, text: str, length: int) -> tuple[Tensor, Tensor]:
    """Tokens (length, D) float32 and 1 where they are words (length,) int64, on the CPU.

    Filling is hidden from the encoder; what is longer is cut off.
    """
    told = tokenizer(
        text, padding="max_length", max_length=length, truncation=True, return_tensors="pt", verbose=False
    )
    device = next(encoder.parameters()).device
    tokens = encoder(told.input_ids.to(device), attention_mask=told.attention_mask.to(device))[0]
    return tokens[0].float().cpu(), told.attention_mask[0].cpu()
