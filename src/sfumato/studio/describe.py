"""Describe: from a picture to prompts that would make one like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sfumato.studio.gallery import read_kept
from sfumato.studio.given import read_pixels
from sfumato.studio.imports import Found, read_found
from sfumato.studio.tags import in_chinese, in_english, look_of

if TYPE_CHECKING:
    from sfumato.models.judge import Sight

Source = Literal["plan", "metadata", "judge"]
FINEST = 16  # sides of an aspect that is said


@dataclass(frozen=True)
class Description:
    """Prompts, and where they are from.

    source   plan: what it was made from, exactly. metadata: what another program wrote into the file, which
             nobody can verify. judge: what is seen in it
    words    one where it is known, else four that differ
    chinese  the same in Chinese; empty where the words are somebody's own
    negative what was to be kept out of it
    program  which one wrote the metadata
    """

    source: Source
    words: tuple[str, ...]
    chinese: tuple[str, ...] = ()
    negative: str = ""
    program: str = ""


def describe(path: Path, sight: Callable[[], Sight] | None = None) -> Description:
    """What to say to get such a picture: the plan inside, else other programs' words, else what is seen.

    sight  gives the judge that looks; None takes the best on this machine

    Raises FileNotFoundError where there is no file, or no judge; ValueError where it is no picture.
    """
    try:
        kept = read_kept(path)
    except (ValueError, KeyError, TypeError, RecursionError):  # no record, or a damaged one
        kept = None
    if kept is not None and kept.plan.prompt:
        return Description("plan", (kept.plan.prompt,), negative=kept.plan.negative)
    found = None if kept is not None else _found(path)
    if found is not None and found.prompt:
        return Description("metadata", (found.prompt,), (), found.negative, found.program)
    return _seen(path, sight)


def _found(path: Path) -> Found | None:
    try:
        return read_found(path)
    except ValueError:  # of a kind that carries no words; its pixels may be read yet
        return None


def _seen(path: Path, sight: Callable[[], Sight] | None) -> Description:
    from sfumato.models.judge import open_sight

    pixels = read_pixels(path)
    tags, look = (sight or open_sight)().tags(pixels), look_of(pixels)
    shape = aspect(pixels.shape[1], pixels.shape[0])
    english = tuple(f"{text}{shape}" for text in in_english(tags, look))
    return Description("judge", english, tuple(f"{text}{shape}" for text in in_chinese(tags, look)))


def aspect(width: int, height: int) -> str:
    """The shape as a parameter, with a blank in front; "" for a square."""
    ratio = Fraction(width, height).limit_denominator(FINEST)
    if not ratio or ratio == 1:
        return ""
    return f" --ar {ratio.numerator}:{ratio.denominator}"
