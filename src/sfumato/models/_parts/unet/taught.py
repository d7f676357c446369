"""A reader of texts that has been taught more words: textual inversion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from sfumato.models._parts.embedding_file import names_of, said, tensor_for
from sfumato.models._parts.unet.text import Reader, Reads

Word = Mapping[str, Tensor]
"""The vectors (N, D) of a learned word by text encoder, as in LoRA files: text_encoder, text_encoder_2."""


def read_word(path: Path, encoders: Sequence[str]) -> Word:
    """The file's vectors for these encoders, in float32."""
    with safe_open(path, framework="pt") as file:
        named = {encoder: tensor_for(path, encoder) for encoder in encoders}
        return {
            encoder: torch.atleast_2d(file.get_tensor(name).clone().float())
            for encoder, name in named.items()
            if name
        }


def taught(reader: Reads, encoder: str, words: Mapping[Path, Word]) -> Reads:
    """The reader, who knows these words too; `encoder` is its own, as the files of words call it."""
    known = {
        name: word[encoder] for path, word in words.items() if encoder in word for name in names_of(path)
    }
    if not known or not isinstance(reader, Reader):
        return reader
    return Taught(reader.tokenizer, reader.encoder, reader.above, reader.normed, known)


@dataclass(frozen=True, eq=False)
class Taught(Reader):
    """words  the vectors (N, D) of every name: as many places of the text are taken by it"""

    words: Mapping[str, Tensor] = field(default_factory=dict)

    def ids(self, text: str) -> list[int]:
        """Those of learned vectors follow after the last of the vocabulary, in order of `words`."""
        found: list[int] = []
        for name, piece in said(text, self.words):
            found += self._of(name) if name else super().ids(piece)
        return found

    def _of(self, name: str) -> list[int]:
        first, order = self._count, list(self.words)
        first += sum(len(self.words[before]) for before in order[: order.index(name)])
        return list(range(first, first + len(self.words[name])))

    def look(self, ids: Tensor) -> Any:
        """important: the encoder gets ids that it knows; one of them, the end, says where it pools."""
        new = ids >= self._count
        table = torch.cat(tuple(self.words.values())).to(ids.device)
        vectors = table[(ids - self._count).clamp(min=0)]  # (windows, L, D)
        with _heard(self.encoder.get_input_embeddings(), new[..., None], vectors):
            return super().look(ids.masked_fill(new, 0))

    @property
    def _count(self) -> int:
        return self.encoder.config.vocab_size


@contextmanager
def _heard(table: Any, new: Tensor, vectors: Tensor) -> Iterator[None]:
    """While it lasts, the table of tokens gives these vectors where they are new."""
    hook = table.register_forward_hook(lambda module, args, out: torch.where(new, vectors.to(out), out))
    try:
        yield
    finally:
        hook.remove()
