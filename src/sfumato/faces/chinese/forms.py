"""Forms of sentences: words with places in them, in English to be found and in Chinese to be said.

A form is written as a line of English and one of Chinese. `<a>` is a place that is taken over as it
stands; `<_a>`, with a low line, one whose own words are said in Chinese, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLACE = re.compile(r"<(_?[a-z]+)>")
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z0-9-]")


@dataclass(frozen=True, slots=True)
class Form:
    """One sentence or phrase; `head` is what it begins with, so that most are passed over quickly."""

    english: str
    chinese: str
    head: str
    whole: re.Pattern[str]
    begun: re.Pattern[str]

    def say(self, values: dict[str, str]) -> str:
        """The Chinese with these values in its places, and a blank between Chinese and other letters."""
        said = ""
        for index, piece in enumerate(PLACE.split(self.chinese)):
            value = values[piece] if index % 2 else piece
            apart = said and value and _are_apart(said[-1], value[0], bool(index % 2))
            said += " " + value if apart else value
        return said


def _are_apart(before: str, after: str, into: bool) -> bool:
    """Whether a blank belongs between the ends of a text and of a place's value; `into` the place."""
    if into:
        return bool(HAN.match(before) and (after == "`" or LATIN.match(after)))
    return bool(HAN.match(after) and (before == "`" or LATIN.match(before)))


def form(english: str, chinese: str) -> Form:
    """A form out of its two lines. Raises ValueError where the lines do not have the same places."""
    if sorted(PLACE.findall(english)) != sorted(set(PLACE.findall(chinese))):
        raise ValueError(f"{english!r} and {chinese!r} have other places")
    pattern = "".join(_pattern(english))
    head = PLACE.split(english, maxsplit=1)[0]
    whole = re.compile(pattern, re.S)
    return Form(english, chinese, head, whole, re.compile(rf"{pattern}(?P<rest>[ \n].+)", re.S))


def forms(table: str) -> Iterator[Form]:
    """The forms of a table: pairs of lines, with an empty line between them."""
    for pair in table.strip().split("\n\n"):
        english, chinese = pair.split("\n")
        yield form(english, chinese)


def _pattern(english: str) -> Iterator[str]:
    for index, piece in enumerate(PLACE.split(english)):
        yield rf"(?P<{piece}>.+?)" if index % 2 else re.escape(piece)
