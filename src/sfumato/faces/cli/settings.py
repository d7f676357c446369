"""`sfumato settings`: what is chosen once, in a file."""

from __future__ import annotations

import json
import sys

import click

from sfumato.faces.cli.declaring import group
from sfumato.faces.cli.options import as_json

name = click.argument("name", help="a setting, see `sfumato settings`")


@group(invoke_without_command=True)
@as_json
@click.pass_context
def settings(context: click.Context, as_json: bool) -> None:
    """What is chosen once, in a file: all of it, where no command is named.

    That is of every setting its value, where this comes from, its default, and what it is for.
    """
    if context.invoked_subcommand is not None:
        return
    from sfumato.faces.places import path_of
    from sfumato.faces.settings import chosen, default_of, help_of, shown

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
@name
def get(name: str) -> None:
    """Print the value in effect, an empty line where there is none."""
    from sfumato.faces.settings import chosen, known, shown

    print(shown(chosen().told[known(name)].value))


@settings.command("set")
@name
@click.argument("value", help="as it is written in the file, or in the environment")
def set_(name: str, value: str) -> None:
    """Write a setting into the file; a running server takes it when it starts again."""
    from sfumato.faces.places import path_of
    from sfumato.faces.settings import PREFIX, checked, known, write

    write(path_of(), known(name), checked(name, value))
    _note_override(PREFIX + name.upper())


@settings.command()
@name
def unset(name: str) -> None:
    """Take a setting out of the file: its default holds again."""
    from sfumato.faces.places import path_of
    from sfumato.faces.settings import PREFIX, known, write

    write(path_of(), known(name), None)
    _note_override(PREFIX + name.upper())


@settings.command()
def path() -> None:
    """Print where the file is; it need not be there."""
    from sfumato.faces.places import path_of

    print(path_of())


@settings.command()
def check() -> int:
    """Say what is wrong in the file and the environment: exit 0 nothing, 2 something."""
    from sfumato.faces.places import path_of
    from sfumato.faces.settings import faults

    found = faults(path_of())
    for fault in found:
        print(f"sfumato: {fault}", file=sys.stderr)
    return 2 if found else 0


def _note_override(variable: str) -> None:
    import os

    if os.environ.get(variable):
        print(f"note  {variable} in the environment overrides it.", file=sys.stderr)
