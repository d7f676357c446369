"""From a prompt's text to word ids: the house model knows a few hundred words of English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

EMPTY, START = 0, 1  # ids: nothing here; the first place of every text
FIRST = 2  # id of the first word of a vocabulary
_RUN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]+")
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ed", ""))


class Words(NamedTuple):
    """A text as ids (START first) and the words of it that the vocabulary does not have."""

    ids: tuple[int, ...]
    unknown: tuple[str, ...]


def read_words(text: str, vocabulary: Sequence[str], length: int) -> Words:
    """Find the known words of a text, in order; at most `length` ids."""
    number = {word: FIRST + i for i, word in enumerate(vocabulary)}
    longest = max(map(len, vocabulary), default=1)
    ids, unknown = [START], []
    for run in _RUN.findall(text.lower()):
        for word in _split(run, number, longest) if run[0] >= "\u3400" else (_stem(run, number),):
            if word in number:
                ids.append(number[word])
            elif word not in unknown:
                unknown.append(word)
    return Words(tuple(ids[:length]), tuple(unknown))


def _stem(word: str, known: dict[str, int]) -> str:
    """The word, or its singular or plain form when only that is known."""
    if word in known:
        return word
    forms = (word.removesuffix(end) + plain for end, plain in _ENDINGS if word.endswith(end))
    return next((form for form in forms if form in known), word)


def _split(run: str, known: dict[str, int], longest: int) -> list[str]:
    """Chinese has no blanks: take the longest known word each time; what none fits is one unknown word."""
    words, at, missed = [], 0, ""
    while at < len(run):
        sizes = range(min(longest, len(run) - at), 0, -1)
        word = next((run[at : at + n] for n in sizes if run[at : at + n] in known), "")
        if word and missed:
            words.append(missed)
            missed = ""
        if word:
            words.append(word)
        else:
            missed += run[at]
        at += len(word) or 1
    return [*words, missed] if missed else words
