"""What every command is declared with: click's commands and groups, with colours in their helps.

A command's function returns its exit code, None for 0. Those of `Sections` are imported when they are
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sfumato.faces.cli.tongue import helped, lines, reads_chinese

AS_IT_IS = "\b\n"  # before a text whose lines click leaves alone
LONGEST = 200  # letters of what a list says of a command


class Coloured(click.HelpFormatter):
    """Headings bold, names cyan, all in the person's language. Click leaves colours out where nothing shows
    them.
    """

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：" if reads_chinese() else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(click.style(helped(heading), bold=True))

    def write_text(self, text: str) -> None:
        super().write_text(self._cut(text, self.width - self.current_indent))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max((len(name) for name, _ in rows), default=0), col_max) + col_spacing
        columns = max(self.width - first - 2 * self.indent_increment, 20)
        named = [(click.style(name, fg="cyan"), self._cut(told, columns)) for name, told in rows]
        super().write_dl(named, col_max, col_spacing)

    def _cut(self, text: str, columns: int) -> str:
        """In the person's language; Chinese in lines of its own, for click counts letters, not columns."""
        told = helped(text)
        return told if told == text else AS_IT_IS + "\n".join(lines(told, columns))


class Context(click.Context):
    formatter_class = Coloured


class Command(click.Command):
    """A command whose function returns its exit code."""

    context_class = Context

    def invoke(self, ctx: click.Context) -> None:
        """Run it. Raises click.exceptions.Exit with its code."""
        ctx.exit(super().invoke(ctx) or 0)


class Group(click.Group):
    """Commands of one subject, in the order in which they are declared."""

    context_class = Context
    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What each is for, as a whole sentence however long."""
        self._section("Commands", self.commands, formatter)

    def _section(self, heading: str, names: Iterable[str], formatter: click.HelpFormatter) -> None:
        rows = [(name, self.commands[name].get_short_help_str(limit=LONGEST)) for name in names]
        with formatter.section(heading):
            formatter.write_dl(rows)


class Places(Mapping[str, click.Command]):
    """Commands by name, each imported from its "module:object" when it is looked up."""

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self.package, self.places = package, places

    def __getitem__(self, name: str) -> click.Command:
        module, _, own = self.places[name].partition(":")
        return getattr(import_module(f"{self.package}.{module}"), own)

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class Sections(Group):
    """A group whose help has its commands under several headings.

    sections  heading -> name -> "module:object", inside `package`
    """

    def __init__(
        self, name: str, package: str, sections: Mapping[str, Mapping[str, str]], **said: Any
    ) -> None:
        places = {own: place for section in sections.values() for own, place in section.items()}
        super().__init__(name, commands=Places(package, places), **said)  # type: ignore[arg-type]
        self.sections = sections

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, names in self.sections.items():
            self._section(heading, names, formatter)


command = partial(click.command, cls=Command)
group = partial(click.group, cls=Group)

PATH = click.Path(path_type=Path)
"""A path as it is typed, which need not be there."""


def agreed(question: str) -> bool:
    """What a person answers; no also where nobody can."""
    try:
        return click.confirm(question)
    except click.Abort:
        return False
