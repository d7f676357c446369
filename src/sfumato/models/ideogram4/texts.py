"""Words as Ideogram 4 reads them: what a language model makes of them on its way through thirteen layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

LAYERS = (0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 35)
LENGTH = 2048  # tokens of a text with what stands around it


@dataclass(frozen=True, eq=False)
class Reader:
    """A language model, with its tokenizer; a text is said to it by someone who awaits an answer."""

    tokenizer: Any
    encoder: Any

    @torch.no_grad()
    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L, 13 D), float32 on the CPU: number by number what the layers say, the last one unscaled.

        What is longer than LENGTH is cut off.
        """
        said = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": [{"type": "text", "text": text}]}],
            add_generation_prompt=True,
            tokenize=False,
        )
        told = {"max_length": LENGTH, "truncation": True, "add_special_tokens": False}
        ids = self.tokenizer(said, return_tensors="pt", **told).input_ids
        model = self.encoder.language_model
        with heard(model.layers, LAYERS) as layers:
            model(input_ids=ids.to(self.encoder.device), use_cache=False)
        return {"text": torch.stack(layers, dim=-1).flatten(-2)[0].float().cpu()}


@contextmanager
def heard(layers: Sequence[nn.Module], numbers: Sequence[int]) -> Iterator[list[Tensor]]:
    """While it lasts, the outputs of these layers gather in the list, in their order."""
    said: list[Tensor] = []
    hooks = [layers[number].register_forward_hook(lambda *told: said.append(told[-1])) for number in numbers]
    try:
        yield said
    finally:
        for hook in hooks:
            hook.remove()
