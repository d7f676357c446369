"""Sentences with pictures in them: how a prompt names its references, and how both become one row of ids.

`<|image_2|>` stands for the second reference picture; around it belong `<img>` and `</img>`, which are put
there where they are missing. A prompt that names no picture is read as if it named all of them, in order,
before its first word: "make it night" with one picture is "<img><|image_1|></img> make it night".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

TAG = re.compile(r"(?:<img>)?<\|image_(\d+)\|>(?:</img>)?")
PLACE = re.compile(r"<\|image_\d+\|>")
BEFORE = "<|user|>\nGenerate an image according to the following instructions\n"
AFTER = "<|end|>\n<|assistant|>\n<|diffusion|>"

NEGATIVE = (
    "low quality, jpeg artifacts, ugly, duplicate, morbid, mutilated, extra fingers, mutated hands, "
    "poorly drawn hands, poorly drawn face, mutation, deformed, blurry, dehydrated, bad anatomy, "
    "bad proportions, extra limbs, cloned face, disfigured, gross proportions, malformed limbs, "
    "missing arms, missing legs, extra arms, extra legs, fused fingers, too many fingers."
)
"""What the release guides away from where nothing else is said."""


class Sentence(NamedTuple):
    """ids      of tokens; -1 - k at every token of the k-th picture in it
    pictures  which reference picture, from 0, the k-th one is
    """

    ids: tuple[int, ...]
    pictures: tuple[int, ...]


class Run(NamedTuple):
    """Neighbouring tokens [start, stop) of one kind: words where `picture` is None, else that picture's."""

    start: int
    stop: int
    picture: int | None


def named(text: str) -> tuple[int, ...]:
    """The numbers, from 1, of the pictures that a text names, in its order."""
    return tuple(int(number) for number in TAG.findall(text))


def pictured(count: int) -> str:
    """The text that names `count` pictures and says nothing else."""
    return " ".join(_tag(number) for number in range(1, count + 1))


def shown(text: str, count: int) -> str:
    """The text with every tag whole, and with all `count` pictures before it where it names none."""
    if named(text):
        return TAG.sub(lambda found: _tag(int(found[1])), text)
    return f"{pictured(count)} {text}".strip() if count else text


def sentence(text: str, sizes: Sequence[int], tokenizer: Any) -> Sentence:
    """The wrapped text as ids. `sizes`: how many tokens each reference picture has.

    Raises ValueError when the text names a picture that is not there.
    """
    pictures = tuple(number - 1 for number in named(text))
    for picture in pictures:
        if not 0 <= picture < len(sizes):
            raise ValueError(absent(picture + 1, len(sizes)))
    ids: list[int] = []
    for k, chunk in enumerate(PLACE.split(f"{BEFORE}{text}{AFTER}")):
        if k:
            ids += [-k] * sizes[pictures[k - 1]]
        ids += _words(chunk, tokenizer, first=k == 0)
    return Sentence(tuple(ids), pictures)


def absent(number: int, count: int) -> str:
    """Why a picture of this number cannot be named."""
    have = "is one reference picture" if count == 1 else f"are {count or 'no'} reference pictures"
    return f"The prompt names <|image_{number}|>, but there {have}: numbers start at 1."


def runs(ids: Sequence[int]) -> Iterator[Run]:
    """A row of ids as the runs of words and pictures it is made of."""
    start = 0
    for kind, members in groupby(ids, key=lambda token: min(token, 0)):
        stop = start + len(list(members))
        yield Run(start, stop, None if kind == 0 else -1 - kind)
        start = stop


def _tag(number: int) -> str:
    return f"<img><|image_{number}|></img>"


def _words(chunk: str, tokenizer: Any, first: bool) -> list[int]:
    """A chunk is read on its own; only the first one begins a text."""
    ids = tokenizer(chunk).input_ids
    return ids if first or ids[:1] != [tokenizer.bos_token_id] else ids[1:]
