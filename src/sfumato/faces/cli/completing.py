"""Completion of commands and options in a shell: what click writes for it, printed or put in its place."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

VARIABLE = "_SFUMATO_COMPLETE"  # by which a shell asks what could come next; click's name for it
STARTED = MappingProxyType({"bash": ".bashrc", "zsh": ".zshrc"})  # files that a shell reads when it starts
COMPDEF = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }; "  # zsh alone needs it


def show(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print the script of this shell. Raises ValueError for a shell that click knows none of."""
    if asked and not context.resilient_parsing:
        print(_complete(context).source())
        context.exit()


def install(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Write the script into a file that this shell reads. Raises ValueError as `show`, OSError."""
    if not asked or context.resilient_parsing:
        return
    own = _complete(context)
    path = _place(own.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(own.source(), encoding="utf-8")
    print(f"{path}: {own.name} completes from its next start on.")
    context.exit()


def _complete(context: click.Context) -> ShellComplete:
    from click.shell_completion import get_completion_class

    shell = Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"Completion is for bash, zsh and fish, and SHELL names {shell or 'none'}.")
    return kind(context.command, {}, "sfumato", VARIABLE)


def _place(shell: str) -> Path:
    """Where the script goes; bash and zsh are told of it in the file that they read when they start."""
    if shell not in STARTED:
        return Path.home() / ".config" / "fish" / "completions" / "sfumato.fish"
    from sfumato.faces.places import path_of

    path, started = path_of().parent / f"completion.{shell}", Path.home() / STARTED[shell]
    line = f"{COMPDEF if shell == 'zsh' else ''}source '{path}'"
    written = started.read_text(encoding="utf-8") if started.exists() else ""
    if line not in written.splitlines():
        started.write_text(f"{written.rstrip()}\n{line}\n".lstrip("\n"), encoding="utf-8")
    return path
