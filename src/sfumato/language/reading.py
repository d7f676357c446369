"""The whole reading of a text: `parse` tells everything and never raises, `read` gives prompts or raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sfumato.language.build import build
from sfumato.language.errors import PromptError
from sfumato.language.expand import MANY, Expansion, expand
from sfumato.language.fold import FORBIDDEN, command_length, fold
from sfumato.language.pieces import cut_pieces
from sfumato.language.prompt import Prompt
from sfumato.language.remarks import Piece, Problem, Remarks

LONGEST = 6000
"""Midjourney's limit, in characters, without a pasted `/imagine prompt:`."""
_PREFIX = 200
"""How far a pasted command may reach, blanks included; a hostile text is not looked through for more."""
_PLACES = 10
"""How many places of forbidden characters are named one by one."""

_ENOUGH = 200
"""Problems after which no further permutation is read."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one text. `prompts` has one entry for each permutation, and none when there are
    problems; `pieces` put together are the text."""

    text: str
    prompts: tuple[Prompt, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    pieces: tuple[Piece, ...]


def read(text: str, limit: int = 40) -> tuple[Prompt, ...]:
    """The prompts of a text, one for each permutation. Raises PromptError, which carries every problem."""
    reading = parse(text, limit)
    if reading.problems:
        raise PromptError(text, reading.problems)
    return reading.prompts


def parse(text: str, limit: int = 40) -> Reading:
    """Read a prompt as Midjourney would, with every error and note. Never raises on any str; takes linear
    time.

    `limit` is the number of jobs one prompt may make: permutations times `--repeat`.
    """
    begin = command_length(fold(text[:_PREFIX]))
    if len(text) - begin > LONGEST:
        return _too_long(text, begin)
    expansion = expand(text, fold(text), begin, limit)
    built = list(_built(expansion))
    prompts = tuple(prompt for prompt, _ in built)
    problems = _unique(
        (
            *_characters(text),
            *_braces(text, expansion),
            *_crowd(text, expansion, prompts, limit),
            *(problem for _, remarks in built for problem in remarks.problems),
        )
    )
    notes = _unique(
        (*_brace_notes(text, expansion), *(note for _, remarks in built for note in remarks.notes))
    )
    pieces = cut_pieces(text, begin, built[0][1], expansion.groups, problems)
    return Reading(text, () if problems else prompts, problems, notes, pieces)


def _built(expansion: Expansion) -> Iterator[tuple[Prompt, Remarks]]:
    """Each permutation read; after a great many problems the further ones, which repeat them, are left."""
    problems = 0
    for source in expansion.sources:
        prompt, remarks = build(source)
        yield prompt, remarks
        problems += len(remarks.problems)
        if problems > _ENOUGH:
            return


def _unique(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))


def _too_long(text: str, begin: int) -> Reading:
    length, over = len(text) - begin, begin + LONGEST
    message = (
        f"Prompts must be {LONGEST} or fewer in length. This one has {length:,} characters: "
        f"shorten it by {length - LONGEST:,}."
    )
    problem = Problem("prompt_too_long", text[over : over + 60], message, over, len(text))
    return Reading(text, (), (problem,), (), (Piece(text[:over], "prose"), Piece(text[over:], "error")))


def _characters(text: str) -> Iterator[Problem]:
    """Characters that cannot be typed or drawn."""
    for index, found in enumerate(FORBIDDEN.finditer(text)):
        letters = tuple(dict.fromkeys(found[0][:8]))
        what = f"The character {', '.join(f'U+{ord(letter):04X}' for letter in letters)}"
        # Bytes that were no UTF-8 reach a str as these lone surrogates.
        if all("\udc80" <= letter <= "\udcff" for letter in letters):
            what = "This is no valid UTF-8 text and"
        more = " There are more of them further on." if index == _PLACES else ""
        message = f"{what} cannot be read or drawn. Take it out.{more}"
        yield Problem("invalid_character", found[0], message, *found.span())
        if more:
            return


def _braces(text: str, expansion: Expansion) -> Iterator[Problem]:
    for places, brace, other in (
        (expansion.unclosed, "{", "closing `}`"),
        (expansion.unopened, "}", "opening `{`"),
    ):
        for place in places[:1]:
            many = f" (and {len(places) - 1} more like it)" if len(places) > 1 else ""
            message = f"This `{brace}` has no {other}{many}. Add it, or write `\\{brace}` for a plain brace."
            yield Problem("unbalanced_braces", text[place], message, place, place + 1)


def _crowd(text: str, expansion: Expansion, prompts: tuple[Prompt, ...], limit: int) -> Iterator[Problem]:
    """More jobs than one prompt may make."""
    jobs = (
        expansion.count if expansion.count > limit else sum(each.parameters.repeat or 1 for each in prompts)
    )
    if jobs <= limit:
        return
    start, end = (expansion.groups[0][0], expansion.groups[-1][1]) if expansion.groups else (0, len(text))
    number = f"{jobs:,}" if jobs < MANY else "more than a trillion"
    yield Problem(
        "too_many_jobs",
        text[start:end],
        f"This prompt makes {number} jobs; at most {limit} are allowed. "
        "Take options out of the braces, or lower `--repeat`.",
        start,
        end,
    )


def _brace_notes(text: str, expansion: Expansion) -> Iterator[str]:
    for start, end in expansion.single[:_PLACES]:
        inside = text[start:end] if end - start <= 40 else f"{text[start : start + 36]}…}}"
        yield f"`{inside}` holds one option; options are separated by commas, as in `{{red, blue}}`."
