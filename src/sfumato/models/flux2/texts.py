"""Words as FLUX.2 reads them: what a language model makes of them at three depths, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

LENGTH = 512  # tokens of a text with what stands around it; what is longer is cut off
ASKED = (
    "You are an AI that reasons about image descriptions. You give structured responses focusing on object "
    "relationships, object\nattribution and actions without speculation."
)
PICTURE = "[IMG]"  # stands for a picture in a text, of which there are none here

Tokens = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Reader:
    """No mask hides the filling from the transformer: the release was trained so.

    tokens  of a text, with length of them: input_ids and attention_mask, each (1, length)
    """

    tokens: Callable[[str], Tokens]
    encoder: Any

    @torch.no_grad()
    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (length, 3 D), float32 on the CPU."""
        told = self.tokens(text)
        ids, mask = (told[name].to(self.encoder.device) for name in ("input_ids", "attention_mask"))
        heard = self.encoder(
            input_ids=ids,
            attention_mask=mask,
            output_hidden_states=True,
            use_cache=False,
            logits_to_keep=1,  # none is read
        ).hidden_states
        layers = [heard[depth][0] for depth in depths(len(heard) - 1)]
        return {"text": torch.cat(layers, dim=-1).float().cpu()}


def depths(layers: int) -> tuple[int, int, int]:
    """After which layers the words are heard: a quarter, half and three quarters of them.

    So it is 10, 20 and 30 of Mistral's 40, and 9, 18 and 27 of Qwen's 36.
    """
    return layers // 4, layers // 2, layers * 3 // 4


@dataclass(frozen=True, eq=False)
class Asked:
    """Mistral's words: a text that someone wrote to a model that was told how to think of pictures."""

    tokenizer: Any

    def __call__(self, text: str) -> Tokens:
        said = (("system", ASKED), ("user", text.replace(PICTURE, "")))
        return self.tokenizer.apply_chat_template(
            [[{"role": role, "content": [{"type": "text", "text": words}]} for role, words in said]],
            add_generation_prompt=False,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **filled(self.tokenizer),
        )


@dataclass(frozen=True, eq=False)
class Said:
    """Qwen's words: a text said by someone who awaits an answer without thoughts."""

    tokenizer: Any

    def __call__(self, text: str) -> Tokens:
        said = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": text}],
            tokenize=False,
            add_generation_prompt=True,
            enable_thinking=False,
        )
        return self.tokenizer(said, return_tensors="pt", **filled(self.tokenizer))


def filled(tokenizer: Any) -> dict[str, Any]:
    """How texts are brought to one length."""
    length = min(LENGTH, tokenizer.model_max_length)
    return {"padding": "max_length", "truncation": True, "max_length": length}
