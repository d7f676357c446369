"""Which dashes begin a parameter.

Midjourney's records give the rule: two hyphens after a blank begin a parameter, known or not; an em dash does
before a known name; glued to a word, `--pink` is text. What people type besides (`3:2--v 7`,
`狐狸，--ar 16:9`, `——ar`) is read as a parameter where name and value leave no doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from string import whitespace
from types import MappingProxyType

from sfumato.language import lookup
from sfumato.language.parameters import Parameter
from sfumato.language.versions import NIJI_VERSIONS, VERSIONS, read_number

_RUN = re.compile(r"(?<![-–—―])[-–—―]+(?=[^\W\d_])")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*|[^\W\d_]\w*")
_VALUE = re.compile(r"\s+(\S+)")
_WEIGHT = re.compile(r"::+(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+))?[\s,;、]*", re.A)
_GLUED = re.compile("--|[—–,、]|::")
_OVER = re.compile(
    r"(?:[\s,.;。、]++|::++(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+))?+)*+(?:$|(?:--|[—―])[-—―]*[^\W\d_])", re.A
)
"""Nothing more is said, or the next parameter begins. Empty `::` parts count for nothing, as they are
dropped."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.A)
_RATIO = re.compile(r"\d+:\d+", re.A)

_OBVIOUS = frozenset(
    ("no", "ar", "aspect", "v", "version", "niji", "iw", "sref", "cref", "oref", "q", "s", "c")
)
"""Names that, after a blank and an em dash, are a parameter even when the value is missing or wrong."""


PLAIN = frozenset(("single", "glued"))
"""The readings that are words, with a note."""


@dataclass(frozen=True, slots=True)
class Dash:
    """A run of dashes before a name. `reading` is `flag`, `odd` (a flag with a note), `wrong` (an en dash
    where `--` was meant), `single` (words: a lone hyphen before a name and value that fit), `glued` (words: a
    known name glued to a word, without a value that could only be one) or `text`."""

    start: int
    name_start: int
    name_end: int
    reading: str


def dashes(folded: str, start: int) -> list[Dash]:
    """Every run of dashes before a letter, from `start` on, that is more than plain text, left to right.

    The end of a `::2`, or of loose punctuation at the very beginning, parts words as a blank does.
    """
    loose = len(folded) - start - len(folded[start:].lstrip(whitespace + ",;、"))
    borders = {start + loose, *(found.end() for found in _WEIGHT.finditer(folded, start))}
    found = (_read(folded, run, run.start() in borders) for run in _RUN.finditer(folded, start))
    return [dash for dash in found if dash.reading != "text"]


def fits(folded: str, parameter: Parameter, end: int) -> bool:
    """Whether what follows a name, which ends at `end`, can only be a value of this parameter."""
    if parameter.kind in ("flag", "preset", "film"):
        return bool(_OVER.match(folded, end))
    value = _VALUE.match(folded, end)
    if value is None:
        return parameter.kind == "niji" and bool(_OVER.match(folded, end))
    test = _FITTING.get(parameter.kind)
    # A glued neighbour (`3:2--v 7`, `3:2, --v 7`, `3:2:: fox`) ends the value as a blank does.
    word = _GLUED.split(value[1], maxsplit=1)[0].rstrip(".;。")
    return test is not None and bool(test(word))


def _read(folded: str, run: re.Match[str], border: bool) -> Dash:
    name = _NAME.match(folded, run.end())
    assert name is not None  # _RUN looked ahead for a letter
    before = " " if border or not run.start() else folded[run.start() - 1]
    reading = _reading(folded, run, before, lookup.find(name[0]), name.end())
    return Dash(run.start(), run.end(), name.end(), reading)


def _reading(folded: str, run: re.Match[str], before: str, parameter: Parameter | None, end: int) -> str:
    blank = before.isspace()
    if parameter is None:
        return "flag" if run[0] == "--" and blank else "text"
    if run[0] in ("-", "–"):
        sure = blank and fits(folded, parameter, end)
        return "text" if not sure else "wrong" if run[0] == "–" else "single"
    if run[0] == "--":
        apart = blank or _is_wide(before) or not (before.isalnum() or before in "\"'")
        return "flag" if apart else "odd" if fits(folded, parameter, end) else "glued"
    apart = blank or (_is_wide(before) and len(run[0]) > 1)
    sure = fits(folded, parameter, end) or (apart and parameter.name in _OBVIOUS)
    return "text" if not sure else "flag" if len(run[0]) < 3 else "odd"


def _is_wide(character: str) -> bool:
    """Chinese, Japanese, Korean letters and punctuation, which are written without blanks."""
    return ord(character) >= 0x2E80


def _is_reference(word: str) -> bool:
    return word.lower().startswith(("http://", "https://", "<http"))


def _is_style(word: str) -> bool:
    row = lookup.BY_NAME["style"]
    return any(word.lower() == choice for each in row.ranges for choice in each.choices)


_FITTING = MappingProxyType(
    {
        "integer": _NUMBER.fullmatch,
        "number": _NUMBER.fullmatch,
        "quality": _NUMBER.fullmatch,
        "pixels": _NUMBER.fullmatch,
        "ratio": _RATIO.fullmatch,
        "version": partial(read_number, accepted=VERSIONS),
        "niji": partial(read_number, accepted=NIJI_VERSIONS),
        "choice": lambda word: word.lower() in ("low", "high", "1", "2", "4"),
        "style": _is_style,
        "images": _is_reference,
        "reference": _is_reference,
        "references": _is_reference,
        "styles": lambda word: _is_reference(word) or word.lower() == "random" or _NUMBER.fullmatch(word),
        "end": lambda word: _is_reference(word) or word.lower() == "loop",
    }
)
