"""The language of commands: Chinese where a person's environment says so, else English."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

PLACES = ("SFUMATO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the language is said; the first that says anything counts."""
SENTENCES = re.compile(r"(?<=[.])\s+")
EXTRA = re.compile(r"  \[(.*)\]$", re.S)
AROUND = (("default: ", "默认："), ("required", "必填"), ("env var: ", "环境变量："))
NOT_FIRST = "，。；：、？！）」”"


def reads_chinese() -> bool:
    """Whether the person at this terminal reads Chinese."""
    return next((own for place in PLACES if (own := os.environ.get(place))), "").lower().startswith("zh")


def said(text: str) -> str:
    """A message, one sentence a line, in the person's language."""
    if not reads_chinese():
        return text
    from sfumato.faces.chinese import chinese  # some tens of milliseconds

    return "\n".join(chinese(own) or own for own in text.split("\n"))


def helped(text: str) -> str:
    """A help, in the person's language; with what click says behind it, as its default."""
    if not reads_chinese():
        return text
    extra = EXTRA.search(text)
    if extra is None:
        return _whole(text)
    behind = "; ".join(_beside(own) for own in extra[1].split("; "))
    return f"{_whole(text[: extra.start()])}  [{behind}]"


def lines(text: str, columns: int) -> Iterator[str]:
    """A text of Chinese and Latin words in lines of at most so many columns, of which Chinese takes two.

    No line begins with what closes a sentence: there is room for it at the end of the one before.
    """
    columns -= 2
    line, taken = "", 0
    for piece in re.findall(r"[^\s\u3000-\u9fff\uff00-\uffef]+|\s+|.", text, re.S):
        width = sum(2 if unicodedata.east_asian_width(own) in "WF" else 1 for own in piece)
        if line and taken + width > columns and piece not in NOT_FIRST:
            yield line.rstrip()
            line, taken = "", 0
        if line or piece.strip():
            line, taken = line + piece, taken + width
    yield line


@cache
def _table() -> Mapping[str, str]:
    from sfumato.faces.chinese import commands, options

    pairs = [
        own.split("\n") for table in (commands.TABLE, options.TABLE) for own in table.strip().split("\n\n")
    ]
    return {english: chinese for english, chinese in pairs}


def _whole(text: str) -> str:
    """As one entry, else sentence by sentence; in English where one is missing."""
    plain = " ".join(text.split())
    found = [_table().get(own) for own in ([plain] if plain in _table() else SENTENCES.split(plain))]
    return "".join(own for own in found if own) if all(found) else text


def _beside(text: str) -> str:
    for english, chinese in AROUND:
        if text.startswith(english):
            rest = text.removeprefix(english)
            return chinese + _table().get(rest, rest)
    return text
