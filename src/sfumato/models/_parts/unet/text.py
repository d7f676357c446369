"""Texts as latent diffusion reads them: one or two CLIP encoders side by side, or another model's reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor


class Reads(Protocol):
    """A text encoder with its tokenizer."""

    @property
    def encoder(self) -> Any: ...

    def windows(self, text: str) -> list[list[int]]:
        """The ids of the text, cut into as many pieces as do not fit together; at least one."""
        ...

    def read(self, windows: Sequence[Sequence[int]], skip: int = 0) -> tuple[Tensor, Tensor | None]:
        """Tokens (windows * L, D), and the first window's pooled text (P,) where there is one.

        skip  how many more of the encoder's last layers are left out
        """
        ...


@dataclass(frozen=True, eq=False)
class Reader:
    """A CLIP text encoder of transformers with its tokenizer.

    above   layers above the one whose output is read: 1 in SDXL (Podell et al. 2023, Section 2.1)
    normed  whether the encoder's last norm is applied to it: it is in SD 1 and 2
    """

    tokenizer: Any
    encoder: Any
    above: int = 1
    normed: bool = False

    def windows(self, text: str) -> list[list[int]]:
        """See Reads."""
        said = self.ids(text)
        room = self.tokenizer.model_max_length - 2
        return [said[first : first + room] for first in range(0, len(said), room)] or [[]]

    def ids(self, text: str) -> list[int]:
        """The text's tokens, without its start and end."""
        return self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids

    def look(self, ids: Tensor) -> Any:
        """What the encoder says of ids (windows, L)."""
        return self.encoder(ids, output_hidden_states=True)

    @torch.no_grad()
    def read(self, windows: Sequence[Sequence[int]], skip: int = 0) -> tuple[Tensor, Tensor | None]:
        """See Reads; pooled text is where the encoder has a projection."""
        ids = torch.tensor([self._framed(window) for window in windows])  # (windows, L)
        seen = self.look(ids.to(self.encoder.device))
        read = seen.hidden_states[-1 - self.above - skip]
        tokens = self._last_norm(read) if self.normed else read
        pooled = getattr(seen, "text_embeds", None)
        return tokens.flatten(0, 1).float().cpu(), None if pooled is None else pooled[0].float().cpu()

    def _last_norm(self, tokens: Tensor) -> Tensor:
        return getattr(self.encoder, "text_model", self.encoder).final_layer_norm(tokens)

    def _framed(self, window: Sequence[int]) -> list[int]:
        tokenizer = self.tokenizer
        framed = [tokenizer.bos_token_id, *window, tokenizer.eos_token_id]
        return framed + [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(framed))


def read(readers: Sequence[Reads], text: str, skip: int = 0) -> dict[str, Tensor]:
    """A text as `tokens` (L, D), the encoders' side by side, and `pooled` (P,) where one of them pools.

    Longer texts than the encoders can read at once are read in windows, one after the other along L.
    """
    cut = [reader.windows(text) for reader in readers]
    most = max(len(windows) for windows in cut)
    full = [windows + [[]] * (most - len(windows)) for windows in cut]
    seen = [reader.read(windows, skip) for reader, windows in zip(readers, full, strict=True)]
    tokens = torch.cat([tokens for tokens, _ in seen], dim=-1)
    pooled = next((pooled for _, pooled in seen if pooled is not None), None)
    return {"tokens": tokens} if pooled is None else {"tokens": tokens, "pooled": pooled}


def blank(like: dict[str, Tensor]) -> dict[str, Tensor]:
    """No text, for networks that were trained with zeros in its place."""
    return {name: torch.zeros_like(tensor) for name, tensor in like.items()}
