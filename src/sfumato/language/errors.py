"""What `read` raises."""

from __future__ import annotations

from collections.abc import Iterator

from sfumato.language.remarks import Problem

_WINDOW = 72
"""Columns of the prompt shown above a caret."""


class PromptError(ValueError):
    """A prompt with errors. `problems` holds all of them; `str()` shows each with the place it is about."""

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(text, problems)
        self.text = text
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(f"{problem.message}\n{caret(self.text, problem)}" for problem in self.problems)


def caret(text: str, problem: Problem, indent: str = "  ") -> str:
    """Two lines: the part of the text around a problem, and carets under the problem.

    Letters that take two columns of a terminal get two carets; a long text is cut at both sides.
    """
    start = min(problem.start, len(text))
    end = min(max(problem.end, start), start + _WINDOW)
    left = max(0, min(start - 20, end - _WINDOW + 12))
    right = min(len(text), left + _WINDOW)
    before, after = "…" if left else "", "…" if right < len(text) else ""
    line = before + _shown(text[left:right]) + after
    offset = len(before) + _columns(_shown(text[left:start]))
    width = max(1, _columns(_shown(text[start : min(end, right)])))
    return f"{indent}{line}\n{indent}{' ' * offset}{'^' * width}"


def _shown(text: str) -> str:
    """The text on one line: a blank for every line break, a mark for what cannot be shown."""
    return "".join(_letters(text))


def _letters(text: str) -> Iterator[str]:
    for letter in text:
        if letter.isspace():
            yield " "
        else:
            yield letter if letter.isprintable() else "\ufffd"


def _columns(text: str) -> int:
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
