"""From a prompt's text to word ids: the house model knows some thousand words of English and Chinese.

A vocabulary may also hold letters to be drawn, written `"x`: then what stands in quotes is read letter by
letter, and an unknown word of five letters or more is read as a known one that is one slip away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

EMPTY, START = 0, 1  # ids: nothing here; the first place of every text
FIRST = 2  # id of the first word of a vocabulary
LETTER = '"'  # before a character that is to be drawn
SLIP_LETTERS = 5  # shorter words have too many neighbours
_RUN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]+")
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|「([^」]+)」|『([^』]+)』|(?<!\w)['‘](.+?)['’](?!\w)")
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ed", ""))


class Words(NamedTuple):
    """A text as ids (START first) and the words of it that the vocabulary does not have."""

    ids: tuple[int, ...]
    unknown: tuple[str, ...]


class _Known(NamedTuple):
    number: dict[str, int]
    longest: int
    letters: bool  # it can spell


def read_words(text: str, vocabulary: Sequence[str], length: int) -> Words:
    """Find the known words of a text, in order; at most `length` ids."""
    known = _known(tuple(vocabulary))
    ids, unknown = [START], []
    for word in _pieces(text, known):
        if word in known.number:
            ids.append(known.number[word])
        elif (told := word.removeprefix(LETTER)).strip() and told not in unknown:
            unknown.append(told)
    return Words(tuple(ids[:length]), tuple(unknown))


@lru_cache(maxsize=4)
def _known(vocabulary: tuple[str, ...]) -> _Known:
    number = {word: FIRST + i for i, word in enumerate(vocabulary)}
    letters = any(word[:1] == LETTER for word in vocabulary)
    return _Known(number, max(map(len, vocabulary), default=1), letters)


def _pieces(text: str, known: _Known) -> Iterator[str]:
    """Words and quoted letters in order."""
    at = 0
    for quote in _QUOTED.finditer(text) if known.letters else ():
        yield from _plain(text[at : quote.start()], known)
        yield from (_letter(character, known.number) for character in quote[quote.lastindex or 0])
        at = quote.end()
    yield from _plain(text[at:], known)


def _plain(text: str, known: _Known) -> Iterator[str]:
    for run in _RUN.findall(text.lower()):
        if run[0] >= "\u3400":
            yield from _split(run, known.number, known.longest)
        else:
            word = _stem(run, known.number)
            yield _near(word, known.number) if known.letters and word not in known.number else word


def _letter(character: str, known: dict[str, int]) -> str:
    """The token of a character, or of its other case when only that is known."""
    cases = (character, character.upper(), character.lower())
    return next((LETTER + case for case in cases if LETTER + case in known), LETTER + character)


def _stem(word: str, known: dict[str, int]) -> str:
    """The word, or its singular or plain form when only that is known."""
    if word in known:
        return word
    forms = (word.removesuffix(end) + plain for end, plain in _ENDINGS if word.endswith(end))
    return next((form for form in forms if form in known), word)


def _near(word: str, known: dict[str, int]) -> str:
    """The first known word that explains it: a letter too many, two swapped, one missing or one wrong.

    The first letter is taken as meant: it is seldom mistyped, and a nurse is no purse.
    """
    if len(word) < SLIP_LETTERS:
        return word
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    slips = (
        *(head + tail[1:] for head, tail in cuts),
        *(head + tail[1::-1] + tail[2:] for head, tail in cuts),
        *(head + letter + tail for head, tail in cuts for letter in ascii_lowercase),
        *(head + letter + tail[1:] for head, tail in cuts for letter in ascii_lowercase),
    )
    return next((slip for slip in slips if slip in known and len(slip) >= SLIP_LETTERS - 1), word)


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
