"""Words as Kandinsky 2.1's decoder reads them: M-CLIP, XLM-RoBERTa taught CLIP's texts in many languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sfumato.models.kandinsky.files import Half

NETWORK = "diffusers.pipelines.kandinsky.text_encoder.MultilingualCLIP"
LENGTH = 77  # tokens; the U-Net looks at all of them, padding too


@dataclass(frozen=True, eq=False)
class Multilingual:
    """The text encoder and its tokenizer."""

    encoder: Any
    tokenizer: Any

    @torch.no_grad()
    def read(self, text: str) -> dict[str, Tensor]:
        """A text as states (77, E) of the last layer and pooled (D,), their projected mean."""
        told = self.tokenizer(
            text, padding="max_length", max_length=LENGTH, truncation=True, return_tensors="pt"
        )
        device = self.encoder.device
        pooled, states = self.encoder(told.input_ids.to(device), told.attention_mask.to(device))
        return {"states": states[0].float().cpu(), "pooled": pooled[0].float().cpu()}


def open_multilingual(decoder: Half, device: str, dtype: str) -> Multilingual:
    return Multilingual(
        decoder.load("text_encoder", device, dtype, NETWORK), decoder.load("tokenizer", device, dtype)
    )
