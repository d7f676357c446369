"""Tokenizers for single files, which do not hold them: where they are, and opening them.

All have the one vocabulary of CLIP; the second one, OpenCLIP's, fills up with "!" (id 0).
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MERGES = "bpe_simple_vocab_16e6.txt.gz"
COUNT = 49152 - 256 - 2  # merges of the file that CLIP was trained with
LENGTH = 77
START, END, SECOND_PAD = "<|startoftext|>", "<|endoftext|>", "!"
LETTERS = (*range(33, 127), *range(161, 173), *range(174, 256))  # bytes that stand for themselves


def has_words(path: Path) -> bool:
    """Whether this is a folder with a tokenizer in it, and no model."""
    return (path / "tokenizer").is_dir() and not (path / "unet").is_dir()


def words_for(file: Path, companions: Sequence[Path]) -> Path | None:
    """The folder or file that tokenizers for this checkpoint come from: a folder named with it, the folder it
    lies in, or the vocabulary in the package open_clip. None when there is none of them.
    """
    for folder in (*companions, file.parent):
        if (folder / "tokenizer").is_dir():
            return folder
    spec = find_spec("open_clip")  # finds it without running it
    places = spec.submodule_search_locations or () if spec else ()
    return next((Path(place) / MERGES for place in places if (Path(place) / MERGES).is_file()), None)


def open_words(words: Path) -> tuple[Any, Any]:
    """The first and the second tokenizer."""
    from transformers import CLIPTokenizer

    if words.is_file():
        vocabulary, merges = read_merges(words)
        parts = {"vocab": vocabulary, "merges": merges, "model_max_length": LENGTH}
        return CLIPTokenizer(**parts), CLIPTokenizer(**parts, pad_token=SECOND_PAD)
    first = CLIPTokenizer.from_pretrained(words / "tokenizer", local_files_only=True)
    if (words / "tokenizer_2").is_dir():
        return first, CLIPTokenizer.from_pretrained(words / "tokenizer_2", local_files_only=True)
    second = CLIPTokenizer.from_pretrained(words / "tokenizer", local_files_only=True, pad_token=SECOND_PAD)
    return first, second


def read_merges(path: Path) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Ids and merges of a packed vocabulary as OpenAI released it: a heading, then a pair a line."""
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
    pairs = [tuple(line.split()) for line in lines[1 : COUNT + 1] if line]
    letters = [chr(code) for code in LETTERS]
    letters += [chr(256 + index) for index in range(256 - len(LETTERS))]  # bytes that cannot be printed
    tokens = [
        *letters,
        *(f"{letter}</w>" for letter in letters),
        *("".join(pair) for pair in pairs),
        START,
        END,
    ]
    return {token: index for index, token in enumerate(tokens)}, pairs  # type: ignore[return-value]
