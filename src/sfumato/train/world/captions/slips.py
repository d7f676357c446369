"""What careless people type: no capitals, no articles, another order, a letter too few or too many."""

from __future__ import annotations

import re

import numpy as np

from sfumato.train.world.captions.choice import pick

LONG = 7  # letters of a word that may be misspelt
_QUOTE = re.compile('"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』|‘.*?’(?!\\w)|(?<!\\w)\'.*?\'(?!\\w)')


def careless(caption: str, rng: np.random.Generator) -> str:
    """The caption with one or two slips; what stands in quotes is kept."""
    quotes = _QUOTE.findall(caption)
    text = _QUOTE.sub("\x00", caption)
    for slip in rng.permutation(5)[: 1 + int(rng.integers(2))]:
        text = (_lower, _bare, _swapped, _misspelt, _unpointed)[slip](text, rng)
    for quote in quotes:
        text = text.replace("\x00", quote, 1)
    return text


def _lower(text: str, rng: np.random.Generator) -> str:
    return text.lower()


def _bare(text: str, rng: np.random.Generator) -> str:
    return re.sub(r"\b(an?|the) ", "", text, flags=re.I)


def _swapped(text: str, rng: np.random.Generator) -> str:
    comma = "，" if "，" in text else ", "
    parts = text.rstrip(".。").split(comma)
    rng.shuffle(parts)
    return comma.join(parts)


def _misspelt(text: str, rng: np.random.Generator) -> str:
    words = re.findall(f"[a-z]{{{LONG},}}", text)
    if not words:
        return text
    word = pick(words, rng)
    at = 1 + int(rng.integers(len(word) - 2))
    wrong = word[:at] + word[at] * 2 * int(rng.integers(2)) + word[at + 1 :]
    return text.replace(word, wrong, 1)


def _unpointed(text: str, rng: np.random.Generator) -> str:
    return re.sub("[,.:，。：]", "", text) if text.isascii() else re.sub("[,.:，。：、]", " ", text).strip()
