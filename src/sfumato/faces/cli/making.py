"""The commands that make pictures: what they have in common, declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

from sfumato.faces.cli import options


class Way(NamedTuple):
    """How pictures are made and kept.

    alone   whether no server is asked
    server  the address of one; "" takes the one of this machine, where it runs
    """

    output: Path
    as_json: bool
    models: Sequence[str] = ()
    negative: str = ""
    knobs: Sequence[str] = ()
    deterministic: bool = False
    alone: bool = False
    server: str = ""


class Imagine(NamedTuple):
    """A prompt, with what was typed of pictures, later texts and regions."""

    prompt: str
    pictures: Sequence[str] = ()
    then: Sequence[str] = ()
    regions: Sequence[str] = ()


class Edits(NamedTuple):
    """An Edit by its kind and fields, of which pictures; `words` is what is to be seen, None their own."""

    edit: dict[str, Any]
    pictures: Sequence[Path]
    words: str | None


def making(function: Callable[..., Imagine | Edits]) -> Callable[..., int]:
    """A command out of a function that says what is asked: it gets the options of a Way after its own."""

    @wraps(function)
    def made(**said: Any) -> int:
        from sfumato.faces.cli.make import make_command

        way = Way(**{name: said.pop(name) for name in Way._fields})
        return make_command(function(**said), way)

    for name in reversed(Way._fields):
        made = getattr(options, name)(made)
    return made
