"""The commands that make pictures: what they have in common, declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

import typer

from sfumato.faces.cli.options import (
    PICTURES,
    Alone,
    AsJson,
    Deterministic,
    Knobs,
    Models,
    Negative,
    Output,
    Server,
)


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


def making(function: Callable[..., Imagine | Edits]) -> Callable[..., None]:
    """A command out of a function that says what is asked, with its options and those of all of these."""
    own, common = signature(function, eval_str=True), signature(_way, eval_str=True)

    @wraps(function)
    def command(**said: Any) -> None:
        from sfumato.faces.cli.make import make_command

        way = _way(**{name: said.pop(name) for name in common.parameters})
        raise typer.Exit(make_command(function(**said), way))

    parameters = [*own.parameters.values(), *common.parameters.values()]
    command.__signature__ = own.replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
    return command


def _way(
    *,
    output: Output = PICTURES,
    as_json: AsJson = False,
    model: Models = None,
    negative: Negative = "",
    knob: Knobs = None,
    deterministic: Deterministic = False,
    alone: Alone = False,
    server: Server = "",
) -> Way:
    return Way(output, as_json, model or [], negative, knob or [], deterministic, alone, server)
