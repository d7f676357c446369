"""The values of parameters: one reader for each kind. A reader takes the words after a name and gives the
value and how many words it used, or leaves a problem behind and gives None."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from sfumato.language.fold import ENDINGS
from sfumato.language.parameters import Parameter, Range
from sfumato.language.remarks import Remarks
from sfumato.language.say import bare, number, taken
from sfumato.language.scan import Flag, Token
from sfumato.language.versions import (
    NEWEST_NIJI,
    NIJI_VERSIONS,
    OPEN,
    VERSIONS,
    model_named,
    read_number,
)

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.A)
_LONGEST = 20
"""Letters of a number that can lie in any range."""
_ROUNDED = 5
"""The highest `--quality` Midjourney ever took; up to here too much is rounded, as it rounds it."""
_MOST = 99999
"""The largest number in an aspect ratio."""
_TUNER = re.compile(
    r"random(?:-(?:16|32|64|128)(?:-\d{1,3})?)?|(?:raw-)?[A-Za-z0-9]{4,40}(?:-[A-Za-z0-9]{4,40})*", re.A
)


@dataclass(frozen=True, slots=True)
class Said:
    """One parameter as said: its row, what the model takes, the words after it, and where to report."""

    parameter: Parameter
    range: Range
    model: str
    flag: Flag
    words: tuple[Token, ...]
    remarks: Remarks

    def wrong(self, token: Token, type: str, message: str) -> None:
        """Report one word of the value."""
        self.remarks.problem(type, token.start, token.end, message)

    def invalid(self, token: Token, why: str = "") -> None:
        """Report a value that is of the wrong form. A `why` with its own advice needs no example."""
        why = why or f"it takes {taken(self.parameter, self.range)}"
        example = "" if "; write" in why else f" Write for example `{self.parameter.example}`."
        self.wrong(
            token,
            "invalid_value",
            f"Invalid value `{token.text[:40]}` for {bare(self.parameter)}: {why}.{example}",
        )


def tidy(token: Token, remarks: Remarks) -> Token:
    """The word without punctuation at its end, which gets a note."""
    text = token.text.rstrip(ENDINGS)
    if text == token.text or not text:
        return token
    remarks.note(
        f"The `{token.text[len(text) :][:8]}` after `{text[:40]}` is left out: parameters need none."
    )
    return Token(text, token.start, token.start + len(text))


def _flag(said: Said) -> tuple[object, int]:
    return said.parameter.value, 0


def _film(said: Said) -> tuple[object, int]:
    # The web page of Midjourney writes `--video 1`.
    return True, 1 if said.words and said.words[0].text == "1" else 0


def _ignored(said: Said) -> tuple[object, int]:
    return None, len(said.words)


def plain_number(said: Said, token: Token) -> float | None:
    """The number a word says; None, and a problem, when it says none or one out of every range."""
    if not _NUMBER.fullmatch(token.text):
        joined = token.text.replace(",", "").replace("_", "").rstrip("%")
        better = (
            f"it takes digits alone; write `--{said.parameter.name} {joined}`"
            if _NUMBER.fullmatch(joined)
            else ""
        )
        said.invalid(token, better)
        return None
    return float(token.text) + 0.0 if len(token.text) <= _LONGEST else float("inf")


def _within(said: Said, token: Token, value: float) -> bool:
    low, high = said.range.low, said.range.high
    if low <= value <= high:
        return True
    elsewhere = _elsewhere(said, value)
    said.wrong(
        token,
        "out_of_range",
        f"{bare(said.parameter)} must be between {number(low)} and {number(high)}"
        f"{_in_words(said.model)}, not {token.text[:24]}.{elsewhere}",
    )
    return False


def _in_words(model: str) -> str:
    return "" if model == OPEN else f" in version {model}" if model[0].isdigit() else f" in {model}"


def _elsewhere(said: Said, value: float) -> str:
    """Where else the value would be good: `--stylize 5000` was in version 3."""
    example = f" Write for example `{said.parameter.example}`."
    for other in said.parameter.ranges:
        name = other.models[-1]
        if not other.choices and other.low <= value <= other.high and name != OPEN and said.model == OPEN:
            return f"{example} (`{model_named(name).flag}` goes up to {number(other.high)}.)"
    return example


def _integer(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    value = plain_number(said, token)
    if value is None or not _within(said, token, value):
        return None, 1
    if value != int(value):
        said.invalid(token, "it takes a whole number")
        return None, 1
    if said.range.choices and value not in said.range.choices:
        said.invalid(token)
        return None, 1
    return int(value), 1


def _pixels(said: Said) -> tuple[object, int]:
    value, used = _integer(said)
    if isinstance(value, int) and value % 64 and said.model != OPEN:
        said.invalid(said.words[0], "it takes a multiple of 64")
        return None, used
    return value, used


def _float(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    value = plain_number(said, token)
    return (value, 1) if value is not None and _within(said, token, value) else (None, 1)


def _quality(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    value = plain_number(said, token)
    if value is None:
        return None, 1
    choices = tuple(float(each) for each in said.range.choices) or (said.range.high,)
    nearest = next((each for each in choices if each >= value), choices[-1])
    rounds = said.range.high < value <= _ROUNDED or (value == 3 and nearest == 4 and said.range.choices)
    if rounds:
        said.remarks.note(f"`--quality {token.text}` is rounded to {number(nearest)}, as Midjourney does.")
        return nearest, 1
    if not _within(said, token, value):
        return None, 1
    if said.range.choices and value not in said.range.choices:
        said.invalid(token)
        return None, 1
    return value, 1


def _ratio(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    found = re.fullmatch(r"(\d+):(\d+)", token.text, re.A)
    if found is None:
        return _ratio_hint(said, token)
    if max(len(found[1]), len(found[2])) > 20 or max(int(found[1]), int(found[2])) > _MOST:
        said.wrong(
            token,
            "out_of_range",
            f"The numbers of `{token.text[:40]}` are too large for {bare(said.parameter)}:"
            f" {_MOST} is the most. Write the same ratio in smaller numbers, such as `--ar 3:2`.",
        )
        return None, 1
    width, height = int(found[1]), int(found[2])
    if not width or not height:
        said.invalid(token, "neither side can be 0")
        return None, 1
    if max(width, height) > said.range.high * min(width, height):
        widest = (5, 2) if said.range.high == 2.5 else (int(said.range.high), 1)
        said.wrong(
            token,
            "out_of_range",
            f"{bare(said.parameter)} must be between {widest[1]}:{widest[0]} and "
            f"{widest[0]}:{widest[1]}{_in_words(said.model)}, not {token.text}. Write a ratio between these.",
        )
        return None, 1
    return (width, height), 1


_NAMED_RATIOS = MappingProxyType({
    "wide": "16:9", "landscape": "3:2", "portrait": "2:3", "square": "1:1", "tall": "9:16",
    "vertical": "9:16", "horizontal": "16:9", "cinematic": "21:9", "ultrawide": "21:9",
})  # fmt: skip


def _ratio_hint(said: Said, token: Token) -> tuple[object, int]:
    """What was probably meant: `16x9`, `16/9`, `16 : 9`, `1.39:1`, `wide`."""
    spread = [word.text for word in said.words[:3]]
    together = re.match(r"(\d{1,5})[:/x×*](\d{1,5})", "".join(spread), re.A | re.I)
    decimal = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?):(\d{1,4}(?:\.\d{1,4})?)", token.text, re.A)
    better, used = _NAMED_RATIOS.get(token.text.lower()), 1
    if decimal:
        from fractions import Fraction

        width, height = Fraction(decimal[1]), Fraction(decimal[2])
        better = "{}:{}".format(*(width / height).as_integer_ratio()) if width and height else None
    elif together:
        better = f"{together[1]}:{together[2]}"
        used = next(n for n in (1, 2, 3) if len("".join(spread[:n])) >= together.end())
    whole = Token(" ".join(spread[:used]), token.start, said.words[used - 1].end if used > 1 else token.end)
    said.invalid(
        whole, f"it takes two whole numbers with a colon between; write `--ar {better}`" if better else ""
    )
    return None, used


def _version(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    name = read_number(token.text, VERSIONS)
    if name is None:
        why = (
            "the alpha of version 8.0 was removed in July 2026; write `--v 8.2`"
            if token.text in ("8", "8.0")
            else ""
        )
        if token.text.lower().startswith("niji"):
            why = f"niji models have a name of their own; write `--niji {token.text[4:] or NEWEST_NIJI}`"
        said.invalid(token, why or f"the versions are {', '.join(VERSIONS)}")
    return name, 1


def _niji(said: Said) -> tuple[object, int]:
    if not said.words or not said.words[0].text[0].isdigit():
        said.remarks.note(f"`--niji` without a number is the newest: `--niji {NEWEST_NIJI}`.")
        return NEWEST_NIJI, 0
    token = tidy(said.words[0], said.remarks)
    name = read_number(token.text, NIJI_VERSIONS)
    if name is None:
        said.invalid(token, f"the niji models are {', '.join(NIJI_VERSIONS)}")
    return name, 1


def _style(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    lower = token.text.lower()
    if lower in said.range.choices:
        return lower, 1
    # Style Tuner codes mix case or hold digits; a plain word is a misspelling.
    mixed = lower != token.text or any(letter.isdigit() for letter in token.text) or lower == "random"
    if "random" in said.range.choices and _TUNER.fullmatch(token.text) and mixed:
        return token.text, 1
    said.invalid(token)
    return None, 1


def _choice(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    for choice in said.range.choices:
        if token.text.lower() == str(choice):
            return choice, 1
    said.invalid(token)
    return None, 1


Reader = Callable[[Said], tuple[object, int]]
READERS: MappingProxyType[str, Reader] = MappingProxyType({
    "flag": _flag, "preset": _flag, "film": _film, "ignored": _ignored, "integer": _integer,
    "number": _float, "quality": _quality, "pixels": _pixels, "ratio": _ratio, "version": _version,
    "niji": _niji, "style": _style, "choice": _choice,
})  # fmt: skip
BARE = frozenset(("flag", "preset", "film", "ignored", "niji", "codes"))
"""The kinds that need no value."""
