"""Two views of one text: as typed, and folded to the ASCII forms the grammar speaks of, letter for letter.

A Chinese keyboard gives `－－ar １６：９` and `｛红，蓝｝`; folding maps each such character to its ASCII
twin at the same place, so the grammar is looked for in the folded view and prose is cut from the typed one.
"""

from __future__ import annotations

import re
from types import MappingProxyType

# Full-width ASCII; other hyphens and minus signs; ratio signs; small forms; blanks, among them zero-width
# marks
# that come along with pasted text and act as blanks between a word and `--`.
TWINS = MappingProxyType(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys((0x2010, 0x2011, 0x2212, 0xFE58, 0xFE63), "-")
    | dict.fromkeys((0x2236, 0xFE55, 0xA789), ":")
    | {0xFE50: ",", 0xFE5B: "{", 0xFE5C: "}"}
    | dict.fromkeys((0x3000, 0x00A0, 0x200B, 0x2060, 0xFEFF), " ")
)

FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]+")
"""Characters no keyboard gives: control characters, lone surrogates, non-characters."""

ENDINGS = ",.;。、"
"""Folded punctuation that people leave at the end of a value."""

_COMMAND = re.compile(
    r"\s*(?:/\s*imagine(?:\s+prompt(?![^\W_])\s*:?|\s*:|(?![^\W_]))|imagine\s+prompt\s*:)", re.I
)


def fold(text: str) -> str:
    """The folded view of `text`, of the same length."""
    return text.translate(TWINS)


def trim(folded: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks at its ends, blanks as the folded view sees them."""
    while start < end and folded[start].isspace():
        start += 1
    while end > start and folded[end - 1].isspace():
        end -= 1
    return start, end


def command_length(folded: str, start: int = 0) -> int:
    """Where the prompt begins after a pasted `/imagine prompt:` (also pasted twice); `start` where there is
    none."""
    while found := _COMMAND.match(folded, start):
        start = trim(folded, found.end(), len(folded))[0]
    return start
