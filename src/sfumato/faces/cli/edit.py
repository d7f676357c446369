"""The options that all edits have in common, declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import typer

from sfumato.faces.cli.options import PICTURES, AsJson, Deterministic, Knobs, Models, Negative, Output

EditOf = tuple[Any, Sequence[Path], str | None]
"""Which Edit is asked, of which pictures, and what is to be seen where that was said."""


def edit(function: Callable[..., EditOf]) -> Callable[..., None]:
    """A command out of a function that says what is asked, with its options and those of all edits."""
    own, common = signature(function, eval_str=True), signature(_way, eval_str=True)

    @wraps(function)
    def command(**typed: Any) -> None:
        from sfumato.faces.cli.edits import edit_command

        way = _way(**{name: typed.pop(name) for name in common.parameters})
        raise typer.Exit(edit_command(*function(**typed), way))

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
) -> Any:
    """The Way of an edit."""
    from sfumato.faces.cli.wishes import Way, wishes

    return Way(output, as_json, model or [], wishes((), negative, knob or []), deterministic)
