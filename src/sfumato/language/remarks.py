"""What is said about a text under reading: problems with their place, notes, and the kinds of its pieces."""

from __future__ import annotations

from dataclasses import dataclass, field

from sfumato.language.source import Source

KINDS = ("prose", "weight", "image", "flag", "value", "brace", "error")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error. `type` is for machines, `text` is the piece of the prompt it is about, `message` says what
    is wrong and what to write instead; `start:end` is the place of the piece in the input."""

    type: str
    text: str
    message: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the input and what it is (one of KINDS). All pieces together are the input."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The kind of a span of one Source."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Remarks:
    """Gathers what is found while one Source is read."""

    source: Source
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def problem(self, type: str, start: int, end: int, message: str) -> None:
        """Remember an error about `start:end` of the source."""
        first, last = self.source.place(start, end)
        self.problems.append(Problem(type, self.source.raw[start:end], message, first, last))

    def note(self, sentence: str) -> None:
        """Remember something the person should know that is no error. Said twice, it is kept once."""
        self.notes.append(sentence)

    def mark(self, start: int, end: int, kind: str) -> None:
        """Remember what a span is; empty spans are nothing."""
        if end > start:
            self.marks.append(Mark(start, end, kind))
