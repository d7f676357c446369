"""Words as Qwen-Image reads them: what a language model makes of them when asked to describe a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

ASKED = (
    "<|im_start|>system\nDescribe the image by detailing the color, shape, size, texture, quantity, text, "
    "spatial relationships of the objects and background:<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
BEFORE = 34  # tokens of that which stand before a text, and are left out
LENGTH = 512  # tokens of a text, and of what stands behind it
BLANK = " "  # stands for no text, as on its card


@dataclass(frozen=True, eq=False)
class Reader:
    """A language model that also sees, with its tokenizer."""

    tokenizer: Any
    encoder: Any

    @torch.no_grad()
    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L, D) of the last layer, float32 on the CPU; what is longer than LENGTH is cut off."""
        said = ASKED.format(text or BLANK)
        read = self.tokenizer(said, max_length=1024 + BEFORE, truncation=True, return_tensors="pt")
        ids, mask = (read[name].to(self.encoder.device) for name in ("input_ids", "attention_mask"))
        heard = self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return {"text": heard.hidden_states[-1][0, BEFORE:][:LENGTH].float().cpu()}
