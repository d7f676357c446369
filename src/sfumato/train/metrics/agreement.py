"""How much of what any prompt names is seen in its picture, in the words of the painted world."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from sfumato.models.judge import Verdict
from sfumato.train.world.captions.nouns import plural
from sfumato.train.world.lexicon import GROUNDS, STYLES, Thing, Word, things

LATIN = re.compile(r"[a-z]")


class Mention(NamedTuple):
    """One meaning that a text names: its kind, thing, ground or style, and its first English name."""

    kind: str
    name: str


def mentions(text: str) -> tuple[Mention, ...]:
    """What a text, English or Chinese, names, in its order, each once; of names within names the longest."""
    found = (match for pattern in _patterns() for match in pattern.finditer(text.casefold()))
    known = _meanings()
    return tuple(dict.fromkeys(known[match[0]] for match in sorted(found, key=lambda match: match.start())))


def agreement(text: str, seen: Verdict) -> float | None:
    """The share of what the text names that was seen, 0 to 1; None where it names nothing that a judge
    knows."""
    named = mentions(text)
    shown = {Mention("thing", own.thing) for own in seen.found}
    shown |= {Mention("ground", seen.ground or ""), Mention("style", seen.style)}
    return sum(own in shown for own in named) / len(named) if named else None


@cache
def _meanings() -> dict[str, Mention]:
    """What each name means; a thing goes before a place, and a place before a style, of the same name."""
    tables = (("style", STYLES[1:]), ("ground", GROUNDS), ("thing", things()))
    return {
        name: Mention(kind, word.en[0]) for kind, table in tables for word in table for name in _names(word)
    }


def _names(word: Word | Thing) -> Iterator[str]:
    yield from (name.casefold() for name in word.en)
    yield from (plural(name).casefold() for name in word.en)
    yield from (
        name for name in word.zh if len(name) > 1
    )  # one character is too often a part of another word


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of English names, whole words, and of Chinese ones; the longest first."""
    names = sorted(_meanings(), key=len, reverse=True)
    latin = "|".join(re.escape(name) for name in names if LATIN.search(name))
    chinese = "|".join(re.escape(name) for name in names if not LATIN.search(name))
    return re.compile(rf"(?<![a-z])(?:{latin})(?![a-z])"), re.compile(chinese)
