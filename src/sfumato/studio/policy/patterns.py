"""Words of a policy file as one regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBERS = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
"""
_AGE = (
    r"(?<![0-9一二三四五六七八九十百])(?:1[0-7]|[1-9]|十[一二三四五六七]?|[一二三四五六七八九]|"
    + "|".join(_NUMBERS.split()[::-1])
    + ")"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NOTHING = re.compile(r"(?!)")


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """What finds any of these words in a text of `views`; see default.toml for how they are written.

    Raises ValueError, with the word, for one that cannot be read.
    """
    if not words:
        return _NOTHING
    chinese = [_written(own) for own in words if _CHINESE.search(own)]
    latin = [_written(own) for own in words if not _CHINESE.search(own)]
    whole = [rf"(?<![a-z0-9])(?:{'|'.join(latin)})(?:'?s|es)?(?![a-z0-9])"] if latin else []
    return re.compile("|".join((*whole, *chinese)))


def _written(word: str) -> str:
    own = word.casefold().replace("{age}", _AGE)
    own = re.sub(r"(?<=[\w)])\*", r"\\w*", own)
    own = own.replace(" .. ", r"(?:\W+[\w']+){0,5}?\W+").replace(" ", r"[\s-]+")
    try:
        re.compile(own)
    except re.error as error:
        raise ValueError(f"{word!r} cannot be read as a word of a policy: {error}.") from None
    return own
