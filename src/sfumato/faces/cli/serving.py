"""`sfumato serve` and `sfumato people`: the server, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from sfumato.studio.store import Store

Data = Annotated[
    Path | None,
    typer.Option("--data", help="folder for pictures and jobs", show_default="the user's data folder"),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database", help="postgresql+psycopg://user@host/name", show_default="SQLite in that folder"
    ),
]
Role = Literal["admin", "member", "guest"]
Name = Annotated[str, typer.Argument(help="what to call this person")]

people = typer.Typer(help="Who may use the server, by their keys.", no_args_is_help=True)


def serve(
    host: Annotated[
        str | None,
        typer.Option(help="where to listen; 0.0.0.0 is every address", show_default="127.0.0.1"),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0 takes any that is free", show_default="7860")
    ] = None,
    data: Data = None,
    database: Database = None,
    trash_days: Annotated[
        float | None,
        typer.Option(min=0, help="how long what is in the trash can be taken back", show_default="30"),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            help="what prompts may not ask for: off, normal, strict, or a file of your own",
            show_default="normal; off for this machine alone",
        ),
    ] = None,
) -> None:
    """Serve the studio over HTTP, for this machine alone unless an address is named."""
    from sfumato.faces.settings import load
    from sfumato.faces.web.serve import serve as listen

    options = {"host": host, "port": port, "data": data, "database": database}
    settings = load(**options, trash_days=trash_days, policy=policy)
    with told():
        code = listen(settings)
    raise typer.Exit(code)


@people.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="what they may do")] = "member",
    most_jobs: Annotated[int | None, typer.Option(min=0, help="jobs that may wait at a time")] = None,
    most_pictures: Annotated[int | None, typer.Option(min=0, help="pictures that may be made a day")] = None,
    data: Data = None,
    database: Database = None,
) -> None:
    """Add a person and print their key, which is told only now."""
    from sfumato.faces.settings import load

    settings = load(most_jobs=most_jobs, most_pictures=most_pictures)
    most = {"most_jobs": settings.most_jobs, "most_pictures": settings.most_pictures}
    with opened(data, database) as store:
        person = store.people.add(name, role, **most)
        print(store.people.new_key(person.id))


@people.command()
def key(name: Name, data: Data = None, database: Database = None) -> None:
    """Print a new key for a person; the one before is of no use any more."""
    with opened(data, database) as store:
        print(store.people.new_key(store.people.named(name).id))


@people.command()
def revoke(name: Name, data: Data = None, database: Database = None) -> None:
    """Take a person's key away: programs and browsers that used it are out at once. `key` gives a new one."""
    with opened(data, database) as store:
        store.people.revoke(store.people.named(name).id)


@people.command()
def change(
    name: Name,
    role: Annotated[Role | None, typer.Option(help="what they may do", show_default="as it is")] = None,
    most_jobs: Annotated[int | None, typer.Option(min=-1, help="-1 is any number")] = None,
    most_pictures: Annotated[int | None, typer.Option(min=-1, help="a day; -1 is any number")] = None,
    data: Data = None,
    database: Database = None,
) -> None:
    """Give a person another role or other quotas; what is not named stays."""
    with opened(data, database) as store:
        own = store.people.named(name)
        asked = {"most_jobs": most_jobs, "most_pictures": most_pictures}
        most = {key: None if value < 0 else value for key, value in asked.items() if value is not None}
        store.people.change(own.id, role or own.role, **most)  # type: ignore[arg-type]


@people.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Remove a person: key, waiting jobs, private pictures and boards. What all may see stays."""
    with opened(data, database) as store:
        own = store.people.named(name)
        if not yes:
            typer.confirm(f"Delete the private pictures, jobs and boards of {name} for good?", abort=True)
        store.people.remove(own.id)


@people.command("list")
def listed(data: Data = None, database: Database = None) -> None:
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
