"""Text as what the networks read: one row of 77 vectors, from T5 (pixel stages) or CLIP (the x4 upscaler)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sfumato.models._parts.repository import Repository

LENGTH = 77  # tokens; T5 could take more, but the cascade was trained with these


@dataclass(frozen=True, eq=False)
class Words:
    """A text encoder with its tokenizer.

    masked  whether places after the end are hidden while encoding. The rows themselves are all 77 long, and
            the U-Nets look at every place of them.
    lower   whether the text is put in small letters first. The released pipeline can also take addresses and
            marks out of a text; here they stay, as a person who types them means them.
    """

    tokenizer: Any
    network: Any
    masked: bool
    lower: bool

    def close(self) -> None:
        self.network.to("meta")

    @torch.no_grad()
    def read(self, text: str) -> Tensor:
        """(77, D), float32 on the CPU."""
        told = self.tokenizer(
            text.lower().strip() if self.lower else text,
            padding="max_length",
            max_length=LENGTH,
            truncation=True,
            return_tensors="pt",
        )
        device = next(self.network.parameters()).device
        mask = told.attention_mask.to(device) if self.masked else None
        return self.network(told.input_ids.to(device), attention_mask=mask)[0][0].float().cpu()


def t5_words(repository: Repository, device: str, dtype: str) -> Words:
    """What both pixel stages read with."""
    network = repository.load("text_encoder", device, dtype)
    return Words(repository.load("tokenizer"), network, masked=True, lower=True)


def clip_words(repository: Repository, device: str, dtype: str) -> Words:
    """What the x4 upscaler reads with: its last hidden layer."""
    network = repository.load("text_encoder", device, dtype)
    masked = bool(getattr(network.config, "use_attention_mask", None))
    return Words(repository.load("tokenizer"), network, masked=masked, lower=False)
