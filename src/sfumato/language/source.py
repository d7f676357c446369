"""A text under reading, and where each of its characters stood in what the person typed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from sfumato.language.fold import fold

Span = tuple[int, int]


@dataclass(frozen=True)
class Source:
    """One permutation as typed. `cuts` are the spans of the person's input it was put together from, in
    order."""

    raw: str
    cuts: tuple[Span, ...]

    @cached_property
    def folded(self) -> str:
        """The view the grammar is looked for in; same length as `raw`."""
        return fold(self.raw)

    @cached_property
    def _starts(self) -> list[int]:
        starts, total = [], 0
        for start, end in self.cuts:
            starts.append(total)
            total += end - start
        return starts

    def origin(self, place: int) -> int:
        """Where the character at `place` stood in the input."""
        index = max(0, bisect_right(self._starts, place) - 1)
        if not self.cuts:
            return 0
        return self.cuts[index][0] + place - self._starts[index]

    def place(self, start: int, end: int) -> Span:
        """The span of the input that `start:end` came from; an empty span keeps its place."""
        if end <= start:
            first = self.origin(max(0, start - 1)) + 1 if start else self.origin(0)
            return first, first
        return self.origin(start), self.origin(end - 1) + 1

    def without(self, spans: tuple[Span, ...], fill: str) -> Source:
        """The same text with each character of the spans replaced by `fill`, so that places stay."""
        pieces, place = [], 0
        for start, end in spans:
            pieces += [self.raw[place:start], fill * (end - start)]
            place = end
        return Source("".join((*pieces, self.raw[place:])), self.cuts)


def cut(text: str, cuts: tuple[Span, ...]) -> Source:
    """The Source made of these spans of `text`, neighbours joined."""
    joined: list[Span] = []
    for start, end in cuts:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return Source("".join(text[start:end] for start, end in joined), tuple(joined))
