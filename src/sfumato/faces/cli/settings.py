"""`sfumato settings`: what is chosen once, in a file."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from sfumato.faces.cli.options import AsJson

Name = Annotated[str, typer.Argument(help="a setting, see `sfumato settings`", show_default=False)]

settings = typer.Typer(help="What is chosen once, in a file: all of it, where no command is named.")


@settings.callback(invoke_without_command=True)
def listed(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every setting: its value, where that comes from, its default, what it is for."""
    if context.invoked_subcommand is not None:
        return
    from sfumato.faces.settings import chosen, default_of, help_of, path_of, shown

    told = chosen().told
    if as_json:
        rows = {
            name: {
                "value": shown(own.value),
                "source": own.source,
                "default": default_of(name),
                "help": help_of(name),
            }
            for name, own in told.items()
        }
        print(json.dumps({"file": str(path_of()), "settings": rows}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("setting", "value", "from", "default", "what it is for"):
        table.add_column(head)
    for name, own in told.items():
        table.add_row(name, shown(own.value) or default_of(name), own.source, default_of(name), help_of(name))
    Console().print(table)


@settings.command()
def get(name: Name) -> None:
    """Print the value in effect, an empty line where there is none."""
    from sfumato.faces.settings import chosen, known, shown

    print(shown(chosen().told[known(name)].value))


@settings.command("set")
def set_(name: Name, value: Annotated[str, typer.Argument(show_default=False)]) -> None:
    """Write a setting into the file; a running server takes it when it starts again."""
    from sfumato.faces.settings import PREFIX, checked, known, path_of, write

    write(path_of(), known(name), checked(name, value))
    _note_override(PREFIX + name.upper())


@settings.command()
def unset(name: Name) -> None:
    """Take a setting out of the file: its default holds again."""
    from sfumato.faces.settings import PREFIX, known, path_of, write

    write(path_of(), known(name), None)
    _note_override(PREFIX + name.upper())


@settings.command()
def path() -> None:
    """Print where the file is; it need not be there."""
    from sfumato.faces.settings import path_of

    print(path_of())


@settings.command()
def check() -> None:
    """Say what is wrong in the file and the environment: exit 0 nothing, 2 something."""
    from sfumato.faces.settings import faults, path_of

    found = faults(path_of())
    for fault in found:
        print(f"sfumato: {fault}", file=sys.stderr)
    raise typer.Exit(2 if found else 0)


def _note_override(variable: str) -> None:
    import os

    if os.environ.get(variable):
        print(f"note  {variable} in the environment overrides it.", file=sys.stderr)
