"""Whether a picture does what its prompt asks, by what the judge saw in it; and the score that follows.

After GenEval (Ghosh et al. 2023): every wanted thing must be found, with its colour, as often as asked,
where asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from statistics import fmean
from typing import NamedTuple

from sfumato.models.judge import Found, Verdict
from sfumato.train.metrics.questions import Question, Wanted

SIDES = ("front", "side", "back")


def answered(question: Question, seen: Verdict) -> bool:
    """Whether the picture shows what is asked for."""
    match question.category:
        case "scene":
            return seen.ground == question.ground
        case "writing":
            return _letters(seen.text) == _letters(question.line)
        case "three views":
            return _three(question.things[0], seen.found)
        case "counting":
            return len(_of(question.things[0], seen.found)) == question.count
        case "style":
            return seen.style == question.style and _all(question.things, seen.found)
        case "position":
            return _related(question, seen.found)
        case _:
            return _all(question.things, seen.found)


def _is(wanted: Wanted, found: Found) -> bool:
    thing, colour = wanted
    return found.thing == thing and (colour is None or found.colour == colour)


def _of(wanted: Wanted, found: Sequence[Found]) -> list[Found]:
    return [own for own in found if _is(wanted, own)]


def _all(wanted: Sequence[Wanted], found: Sequence[Found]) -> bool:
    """Every wanted thing, each another one of those found."""
    return any(
        all(_is(want, own) for want, own in zip(wanted, chosen, strict=True))
        for chosen in permutations(found, len(wanted))
    )


def _related(question: Question, found: Sequence[Found]) -> bool:
    first, second = (_of(wanted, found) for wanted in question.things)
    return any(_holds(question.relation, one, other) for one in first for other in second if one is not other)


def _holds(relation: str | None, one: Found, other: Found) -> bool:
    x, y = one.x - other.x, one.y - other.y
    match relation:
        case "left of":
            return x < -abs(y)
        case "right of":
            return x > abs(y)
        case "above":
            return y < -abs(x)
        case "below":
            return y > abs(x)
        case _:
            return one.hidden and not other.hidden


def _three(wanted: Wanted, found: Sequence[Found]) -> bool:
    """The character three times, from left to right from the front, the side and behind."""
    return tuple(own.view for own in sorted(_of(wanted, found), key=lambda own: own.x)) == SIDES


def _letters(text: str) -> str:
    return "".join(text.split()).casefold()


class Score(NamedTuple):
    """Of one category: the share of pictures that do it, of true renders, and of pictures of other
    prompts."""

    right: float
    ceiling: float
    chance: float

    @property
    def value(self) -> float:
        """0 where the prompt makes no difference, 1 where the model is as good as true renders."""
        return (self.right - self.chance) / (self.ceiling - self.chance)


def scores(asked: Sequence[Question], seen: Sequence[Verdict], truth: Sequence[Verdict]) -> dict[str, Score]:
    """The score of each category; `seen` and `truth` are what the judge saw in a picture of each question."""
    kinds = {kind: [i for i, own in enumerate(asked) if own.category == kind] for kind in _kinds(asked)}
    return {kind: _score(rows, asked, seen, truth) for kind, rows in kinds.items()}


def _kinds(asked: Sequence[Question]) -> list[str]:
    return list(dict.fromkeys(question.category for question in asked))


def _score(
    rows: list[int], asked: Sequence[Question], seen: Sequence[Verdict], truth: Sequence[Verdict]
) -> Score:
    others = [rows[i - len(rows) // 2] for i in range(len(rows))]  # half the list away
    return Score(
        right=fmean(answered(asked[i], seen[i]) for i in rows),
        ceiling=fmean(answered(asked[i], truth[i]) for i in rows),
        chance=fmean(answered(asked[i], seen[k]) for i, k in zip(rows, others, strict=True)),
    )
