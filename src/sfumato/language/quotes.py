"""Double quotes: they mark words to be drawn, and what stands in them is neither parameter nor weight."""

from __future__ import annotations

import re
from types import MappingProxyType

from sfumato.language.fold import fold, trim
from sfumato.language.lookup import find

_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"))
_CLOSER = MappingProxyType(dict(_PAIRS))
_PARAMETER = re.compile(r"\s--(\w+)")


def spans(folded: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The quoted spans of a folded text, quotes included, left to right, never nested. Linear in its length.

    A straight quote opens after a character that is no Latin letter or digit (so `5" knife` opens nothing)
    and before a non-blank; the next straight quote closes it, unless a blank stands before or a letter or
    digit after it.
    """
    end = len(folded) if end is None else end
    found: list[tuple[int, int]] = []
    missing: set[str] = set()
    place = start
    while place < end:
        close = _close(folded, place, start, end, missing)
        if close < 0:
            place += 1
            continue
        found.append((place, close + 1))
        place = close + 1
    return found


def _close(folded: str, place: int, start: int, end: int, missing: set[str]) -> int:
    """Where the quote that opens at `place` closes, -1 where none opens. `missing`: closers known not to
    come."""
    mark = folded[place]
    if mark == '"':
        return _straight_close(folded, place, start, end)
    closer = _CLOSER.get(mark)
    if closer is None or closer in missing:
        return -1
    close = folded.find(closer, place + 1, end)
    if close < 0:
        missing.add(closer)
    return close


def _straight_close(folded: str, place: int, start: int, end: int) -> int:
    if place > start and _is_latin(folded[place - 1]):
        return -1
    if place + 1 >= end or folded[place + 1].isspace():
        return -1
    close = folded.find('"', place + 1, end)
    if close < 0 or folded[close - 1].isspace() or (close + 1 < end and _is_latin(folded[close + 1])):
        return -1
    return close


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def quoted(text: str) -> tuple[str, ...]:
    """The texts inside double quotes, without the quotes; empty ones are left out."""
    inner = (text[start + 1 : end - 1].strip() for start, end in spans(fold(text)))
    return tuple(each for each in inner if each)


def around(folded: str) -> tuple[int, int] | None:
    """The places of two quotes that stand around a whole command, such as `"a fox --ar 3:2"`; None where the
    quotes hold only words, or there are others inside."""
    start, end = trim(folded, 0, len(folded))
    if end - start < 3 or "\0" in folded:
        return None
    first, last = folded[start], folded[end - 1]
    if last != _CLOSER.get(first, '"' if first == '"' else None):
        return None
    inside = folded[start + 1 : end - 1]
    if first in inside or last in inside:
        return None
    known = any(find(found[1]) for found in _PARAMETER.finditer(inside))
    return (start, end - 1) if known else None
