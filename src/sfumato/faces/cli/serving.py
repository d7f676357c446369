"""`sfumato serve` and `sfumato people`: the server, and who may use it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from sfumato.faces.cli.declaring import Group, agreed, command
from sfumato.faces.cli.options import data, database, yes

if TYPE_CHECKING:
    from sfumato.studio.store import Store

Role = Literal["admin", "member", "guest"]

name = click.argument("name", help="what to call this person")

people = Group("people", help="Who may use the server, by their keys.")


@command()
@click.option("--host", help="where to listen; 0.0.0.0 is every address", show_default="127.0.0.1")
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes any that is free", show_default="7860")
@data
@database
@click.option(
    "--trash-days",
    type=click.FloatRange(0),
    help="how long what is in the trash can be taken back",
    show_default="30",
)
@click.option(
    "--policy",
    help="what prompts may not ask for: off, normal, strict, or a file of your own",
    show_default="normal; off for this machine alone",
)
def serve(**options: object) -> int:
    """Serve the studio over HTTP, for this machine alone unless an address is named."""
    from sfumato.faces.settings import load
    from sfumato.faces.web.serve import serve as listen

    settings = load(**options)
    with told():
        return listen(settings)


@people.command()
@name
@click.option(
    "--role", type=click.Choice(get_args(Role)), default="member", show_default=True, help="what they may do"
)
@click.option("--most-jobs", type=click.IntRange(0), help="jobs that may wait at a time")
@click.option("--most-pictures", type=click.IntRange(0), help="pictures that may be made a day")
@data
@database
def add(
    name: str,
    role: Role,
    most_jobs: int | None,
    most_pictures: int | None,
    data: Path | None,
    database: str | None,
) -> None:
    """Add a person and print their key, which is told only now."""
    from sfumato.faces.settings import load

    settings = load(most_jobs=most_jobs, most_pictures=most_pictures)
    most = {"most_jobs": settings.most_jobs, "most_pictures": settings.most_pictures}
    with opened(data, database) as store:
        person = store.people.add(name, role, **most)
        print(store.people.new_key(person.id))


@people.command()
@name
@data
@database
def key(name: str, data: Path | None, database: str | None) -> None:
    """Print a new key for a person; the one before is of no use any more."""
    with opened(data, database) as store:
        print(store.people.new_key(store.people.named(name).id))


@people.command()
@name
@data
@database
def revoke(name: str, data: Path | None, database: str | None) -> None:
    """Take a person's key away: programs and browsers that used it are out at once. `key` gives a new one."""
    with opened(data, database) as store:
        store.people.revoke(store.people.named(name).id)


@people.command()
@name
@click.option("--role", type=click.Choice(get_args(Role)), help="what they may do", show_default="as it is")
@click.option("--most-jobs", type=click.IntRange(-1), help="-1 is any number")
@click.option("--most-pictures", type=click.IntRange(-1), help="a day; -1 is any number")
@data
@database
def change(
    name: str,
    role: Role | None,
    most_jobs: int | None,
    most_pictures: int | None,
    data: Path | None,
    database: str | None,
) -> None:
    """Give a person another role or other quotas; what is not named stays."""
    with opened(data, database) as store:
        own = store.people.named(name)
        asked = {"most_jobs": most_jobs, "most_pictures": most_pictures}
        most = {key: None if value < 0 else value for key, value in asked.items() if value is not None}
        store.people.change(own.id, role or own.role, **most)  # type: ignore[arg-type]


@people.command()
@name
@yes
@data
@database
def remove(name: str, yes: bool, data: Path | None, database: str | None) -> int:
    """Remove a person: key, waiting jobs, private pictures and boards. What all may see stays."""
    with opened(data, database) as store:
        own = store.people.named(name)
        if not yes and not agreed(f"Delete the private pictures, jobs and boards of {name} for good?"):
            print("Nobody was removed.", file=sys.stderr)
            return 1
        store.people.remove(own.id)
    return 0


@people.command("list")
@data
@database
def listed(data: Path | None, database: str | None) -> None:
    """Print everybody: name, role, quotas."""
    with opened(data, database) as store:
        for own in store.people.all():
            quotas = f"jobs {_most(own.most_jobs)}, pictures a day {_most(own.most_pictures)}"
            print(f"{own.name:<20} {own.role:<8} {quotas}")


def _most(number: int | None) -> str:
    return "any" if number is None else str(number)


@contextmanager
def told() -> Iterator[None]:
    """Turns what a store refuses into what the command line tells a person."""
    from sfumato.studio.store import StoreError

    try:
        yield
    except StoreError as error:
        raise ValueError(str(error)) from error


@contextmanager
def opened(data: Path | None, database: str | None) -> Iterator[Store]:
    """The store of these options and the settings."""
    from sfumato.faces.settings import load
    from sfumato.studio.local import open_store

    settings = load(data=data, database=database)
    with told():
        store = open_store(settings.folder, settings.database)
        try:
            yield store
        finally:
            store.close()
