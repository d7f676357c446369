"""The input cut into pieces of one kind each, for the chips and colours of a screen."""

from __future__ import annotations

from itertools import pairwise

from sfumato.language.remarks import Piece, Problem, Remarks
from sfumato.language.source import Span

_WHOLE = frozenset(("too_many_jobs", "weights_sum", "empty_prompt", "incompatible_prompt"))
"""Problems of the whole prompt: colouring everything would hide what the pieces are."""


def cut_pieces(
    text: str, begin: int, remarks: Remarks, groups: tuple[Span, ...], problems: tuple[Problem, ...]
) -> tuple[Piece, ...]:
    """The pieces of `text`, which put together are the text again. `begin` is where the pasted command ends,
    `remarks` those of the first permutation, `groups` the outermost braces."""
    kinds = ["prose"] * len(text)
    edges = {0, len(text)}

    def paint(start: int, end: int, kind: str) -> None:
        edges.update((start, end))
        kinds[start:end] = [kind] * (end - start)

    paint(0, begin, "flag")
    for mark in remarks.marks:
        paint(*remarks.source.place(mark.start, mark.end), mark.kind)
    inside = bytearray(len(text) + 1)
    for start, end in groups:
        paint(start, end, "brace")
        inside[start + 1 : end] = b"\1" * (end - start - 1)
    edges = {edge for edge in edges if not inside[edge]}
    for problem in problems:
        if problem.type not in _WHOLE:
            paint(problem.start, problem.end, "error")
    return _join_blanks(text, kinds, sorted(edges))


def _join_blanks(text: str, kinds: list[str], edges: list[int]) -> tuple[Piece, ...]:
    """One piece for each stretch between edges. Blanks go with the piece before them, so that none begins
    with one."""
    stretches: list[tuple[int, str]] = []
    for start, end in pairwise(edges):
        blanks = end - start - len(text[start:end].lstrip())
        if start + blanks < end or not stretches:
            stretches.append((start + blanks if stretches else start, kinds[start]))
    ends = [*(start for start, _ in stretches[1:]), len(text)]
    return tuple(
        Piece(text[start:end], kind)
        for (start, kind), end in zip(stretches, ends, strict=False)
        if end > start
    )
