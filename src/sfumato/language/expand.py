"""Permutations: `a {red, blue} {fox, owl}` is four prompts. Expansion comes before every other reading.

Braces nest, `\\{ \\} \\,` stand for the characters themselves, and nothing is built before it is counted:
each group carries the number of its readings, and once that passes the limit only the first reading is kept.
Readings are kept as ropes (pairs of ropes), so that deep nesting costs linear time and no recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sfumato.language.source import Source, Span, cut

_MARK = re.compile(r"(\\+)?([{},])|\\+")
MANY = 10**12
"""Counting of permutations ends here."""
_EMPTY = -1
"""The left end of the rope that stands for an empty option."""

Rope = tuple | None
"""None (nothing), a Span, or a pair of ropes."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """All readings of one text.

    `sources` holds each reading while `count` is within the limit, else only the first; `groups` are the
    spans of the outermost braces; `unclosed` and `unopened` are the places of braces without a partner (then
    nothing is expanded).
    """

    sources: tuple[Source, ...]
    count: int
    groups: tuple[Span, ...] = ()
    unclosed: tuple[int, ...] = ()
    unopened: tuple[int, ...] = ()
    single: tuple[Span, ...] = ()


@dataclass(slots=True)
class _Sequence:
    """What is being read between two marks: its readings so far and how many there would be."""

    readings: list[Rope] = field(default_factory=lambda: [None])
    count: int = 1
    last: Span | None = None


@dataclass(slots=True)
class _Group:
    start: int
    readings: list[Rope] = field(default_factory=list)
    count: int = 0
    options: int = 0


def expand(text: str, folded: str, start: int, limit: int) -> Expansion:
    """The readings of `text[start:]`, the leftmost group varying slowest. Linear in the length of text and
    result."""
    reader = _Reader(folded, start, limit)
    for found in _MARK.finditer(folded, start):
        reader.read(found)
    reader.text_until(len(folded))
    if reader.stack or reader.unopened:
        whole = cut(text, ((start, len(text)),))
        unclosed = tuple(group.start for _, group in reader.stack)
        return Expansion((whole,), 1, (), unclosed, tuple(reader.unopened))
    top = reader.top
    sources = tuple(cut(text, _flatten(rope, folded)) for rope in top.readings)
    return Expansion(sources, top.count, tuple(reader.groups), single=tuple(reader.single))


class _Reader:
    """Walks once over the marks of a text. `stack` holds, for each open brace, the sequence around it and its
    group."""

    def __init__(self, folded: str, start: int, limit: int) -> None:
        self.folded, self.at, self.limit = folded, start, limit
        self.top = _Sequence()
        self.stack: list[tuple[_Sequence, _Group]] = []
        self.groups: list[Span] = []
        self.single: list[Span] = []
        self.unopened: list[int] = []

    def read(self, found: re.Match[str]) -> None:
        slashes, mark = found[1] or "", found[2]
        if mark is None or (mark == "," and not self.stack):
            return
        place = found.end() - 1
        # A run of backslashes before a mark halves; an odd one makes the mark a plain character.
        if slashes:
            self.text_until(found.start() + len(slashes) // 2)
            self.at = found.start() + len(slashes)
            if len(slashes) % 2:
                self._literal(place, mark)
                return
        {"{": self._open, "}": self._shut, ",": self._option}[mark](place)

    def text_until(self, end: int) -> None:
        """Take the text up to `end` into the present sequence."""
        if end > self.at:
            self._append((self.at, end))
            self.at = end

    def _append(self, rope: Rope) -> None:
        self.top.readings = [(before, rope) if before else rope for before in self.top.readings]
        self.top.last = rope

    def _literal(self, place: int, mark: str) -> None:
        # Midjourney reads `pastel \, yellow` as `pastel, yellow`: the blank before an escaped comma goes.
        if mark == ",":
            self._trim_end()
        self._append((place, place + 1))
        self.at = place + 1

    def _open(self, place: int) -> None:
        self.text_until(place)
        self.stack.append((self.top, _Group(place)))
        self.top = _Sequence()
        self._skip_blanks(place + 1)

    def _option(self, place: int) -> None:
        self.text_until(place)
        self._trim_end()
        group = self.stack[-1][1]
        group.options += 1
        group.count += self.top.count
        readings = [rope or (_EMPTY, place) for rope in self.top.readings]
        room = self.limit - len(group.readings) if group.count <= self.limit else 0 if group.readings else 1
        group.readings += readings[:room]
        self.top = _Sequence()
        self._skip_blanks(place + 1)

    def _shut(self, place: int) -> None:
        if not self.stack:
            self.unopened.append(place)
            return
        self._option(place)
        self.at = place + 1
        self.top, group = self.stack.pop()
        self.top.count = min(self.top.count * group.count, MANY)
        choices = group.readings if self.top.count <= self.limit else group.readings[:1]
        before = self.top.readings if self.top.count <= self.limit else self.top.readings[:1]
        self.top.readings = [(left, right) if left else right for left in before for right in choices]
        self.top.last = None
        if not self.stack:
            self.groups.append((group.start, place + 1))
        if group.options == 1:
            self.single.append((group.start, place + 1))

    def _skip_blanks(self, place: int) -> None:
        while place < len(self.folded) and self.folded[place].isspace():
            place += 1
        self.at = place

    def _trim_end(self) -> None:
        """Drop the blanks at the end of the present sequence, where it ends in plain text."""
        if self.top.last is None:
            return
        start, end = self.top.last
        kept = end
        while kept > start and self.folded[kept - 1].isspace():
            kept -= 1
        if kept == end:
            return
        rope = (start, kept) if kept > start else None
        self.top.readings = [_replaced(reading, rope) for reading in self.top.readings]
        self.top.last = rope


def _replaced(reading: Rope, rope: Rope) -> Rope:
    """A reading whose last piece of text is exchanged for `rope`."""
    if reading is None or isinstance(reading[0], int):
        return rope
    return (reading[0], rope) if rope else reading[0]


def _flatten(rope: Rope, folded: str) -> tuple[Span, ...]:
    """The spans of a rope from left to right. After an empty option one of the two blanks around it goes."""
    spans: list[Span] = []
    todo, emptied = [rope] if rope else [], False
    while todo:
        each = todo.pop()
        if not isinstance(each[0], int):
            todo += [each[1], each[0]]
        elif each[0] == _EMPTY:
            emptied = not spans or folded[spans[-1][1] - 1].isspace()
        else:
            start, end = each
            while emptied and start < end and folded[start].isspace():
                start += 1
            emptied = emptied and start == end
            spans.append((start, end))
    return tuple(span for span in spans if span[1] > span[0])
