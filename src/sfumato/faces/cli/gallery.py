"""`sfumato gallery`: the pictures of the store, found, judged and kept. A running server sees each change."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sfumato.faces.cli.declaring import PATH, Group
from sfumato.faces.cli.options import as_json, data, database
from sfumato.faces.cli.serving import opened

if TYPE_CHECKING:
    from sfumato.studio.store import Filters, PictureRow, Store

IDS = "ids of pictures, or their starts; last is the newest"

ids = click.argument("ids", nargs=-1, required=True, help=IDS)
one = click.argument("picture", help="id of a picture, or its start; last is the newest")
folder = click.argument("folder", type=PATH, help="a folder")
LEFT_OUT = frozenset({"blob", "path"})

gallery = Group("gallery", help="The pictures that the server keeps.")


@gallery.command("list")
@click.argument("words", nargs=-1, help="words of the prompt or the tags")
@click.option("--model", "-m", help="made by this one")
@click.option("--since", help="made since: 2026-11-23, or 7d, 12h ago")
@click.option("--liked", is_flag=True, help="only liked ones")
@click.option("--board", help="on this board, by name or id")
@click.option("--trash", is_flag=True, help="what is in the trash, and only that")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="at most so many",
)
@as_json
@data
@database
def listed(
    words: Sequence[str],
    model: str | None,
    since: str | None,
    liked: bool,
    board: str | None,
    trash: bool,
    limit: int,
    as_json: bool,
    data: Path | None,
    database: str | None,
) -> None:
    """List pictures, the newest first."""
    from sfumato.faces.cli.tables import day, print_pictures
    from sfumato.studio.store import Filters

    now = time.time()
    begin = None if since is None else day(since, now)
    with opened(data, database) as store:
        on = None if board is None else _board(store, board)
        filters = Filters(model=model, since=begin, liked=liked or None, board=on, trash=trash)
        rows = _found(store, " ".join(words), filters, limit)
    if as_json:
        print(json.dumps({"pictures": [as_object(row) for row in rows]}, ensure_ascii=False))
    else:
        print_pictures(rows, now)


@gallery.command()
@one
@as_json
@data
@database
def show(picture: str, as_json: bool, data: Path | None, database: str | None) -> None:
    """Show a picture's plan, and as a tree what it comes from and what came of it."""
    from sfumato.faces.cli.ids import picture_of
    from sfumato.faces.cli.look import info_command
    from sfumato.faces.cli.tables import print_lineage
    from sfumato.studio import read_kept
    from sfumato.studio.local import local_owner

    with opened(data, database) as store:
        me = local_owner(store).id
        row = store.pictures.get(picture_of(store, picture), me)
        file = store.gallery / row.path
        if as_json:
            kin = {
                "parents": store.pictures.parents(row.id, me),
                "children": store.pictures.children(row.id, me),
            }
            told = as_object(row) | {name: [own.id for own in rows] for name, rows in kin.items()}
            plan = json.loads(read_kept(file).plan.to_json())
            print(json.dumps({**told, "file": str(file), "plan": plan}, ensure_ascii=False))
            return
        print(f"picture   {row.id}\nfile      {file}")
        print(f"judged    {'liked' if row.liked else 'not liked'}, rated {row.rating or 'not'}")
        print(f"tags      {', '.join(row.tags) or 'none'}{'   (in the trash)' if row.trashed else ''}")
        info_command(file, as_json=False)
        print_lineage(store, row, me)


@gallery.command()
@ids
@data
@database
def like(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Like pictures."""
    _change(ids, data, database, lambda store, own: store.pictures.like(own))


@gallery.command()
@ids
@data
@database
def unlike(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Take likes back."""
    _change(ids, data, database, lambda store, own: store.pictures.like(own, liked=False))


@gallery.command()
@ids
@click.option("--stars", "-s", type=click.IntRange(0, 5), required=True, help="0 takes a rating back")
@data
@database
def rate(ids: Sequence[str], stars: int, data: Path | None, database: str | None) -> None:
    """Rate pictures, from 1 to 5 stars."""
    _change(ids, data, database, lambda store, own: store.pictures.rate(own, stars))


@gallery.command()
@ids
@data
@database
def trash(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Put pictures into the trash; `untrash` takes them back."""
    _change(ids, data, database, lambda store, own: store.pictures.trash(own))


@gallery.command()
@ids
@data
@database
def untrash(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Take pictures out of the trash."""
    _change(ids, data, database, lambda store, own: store.pictures.untrash(own))


@gallery.command()
@ids
@folder
@data
@database
def export(ids: Sequence[str], folder: Path, data: Path | None, database: str | None) -> None:
    """Copy the files of pictures, with their plans inside, into a folder."""
    from sfumato.faces.cli.ids import picture_of
    from sfumato.studio.local import local_owner

    with opened(data, database) as store:
        me = local_owner(store).id
        rows = [store.pictures.get(picture_of(store, said), me) for said in ids]
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            print(shutil.copy2(store.gallery / row.path, folder / Path(row.path).name))


@gallery.command()
@data
@database
def rebuild(data: Path | None, database: str | None) -> None:
    """Make the index anew from the files: what is in them is all that it needs."""
    import sys

    from sfumato.studio.local import local_owner

    with opened(data, database) as store:
        done = store.rebuild(local_owner(store).id)
    print(f"{len(done.found)} pictures found, {len(done.missing)} known ones have no file")
    for sentence in done.unreadable:
        print(f"left out: {sentence}", file=sys.stderr)


@gallery.command()
@folder
@click.option("--files/--no-files", default=True, show_default=True, help="with the pictures themselves")
@data
@database
def backup(folder: Path, files: bool, data: Path | None, database: str | None) -> None:
    """Write a new folder with everything; the server may run meanwhile."""
    with opened(data, database) as store:
        store.backup(folder, files)
    print(folder)


@gallery.command()
@folder
@data
@database
def restore(folder: Path, data: Path | None, database: str | None) -> None:
    """Fill a store that is empty from a backup: name a new data folder by --data."""
    with opened(data, database) as store:
        store.restore(folder)
    print(f"restored from {folder}")


def as_object(row: PictureRow) -> dict[str, object]:
    """A picture as JSON."""
    return {name: value for name, value in vars(row).items() if name not in LEFT_OUT}


def _found(store: Store, words: str, filters: Filters, limit: int) -> list[PictureRow]:
    from sfumato.studio.local import local_owner

    me, rows, cursor = local_owner(store).id, [], ""
    while len(rows) < limit:
        page = store.pictures.search(
            words, filters, cursor=cursor, limit=min(limit - len(rows), 200), viewer=me
        )
        rows, cursor = [*rows, *page.rows], page.cursor
        if not cursor:
            break
    return rows


def _board(store: Store, said: str) -> str:
    from sfumato.studio.local import local_owner

    boards = store.boards.listed(local_owner(store).id)
    for own in boards:
        if said in (own.id, own.name):
            return own.id
    have = ", ".join(repr(own.name) for own in boards) or "none"
    raise ValueError(f"There is no board {said!r}: there are {have}.")


def _change(
    ids: Sequence[str],
    data: Path | None,
    database: str | None,
    change: Callable[[Store, Sequence[str]], list[PictureRow]],
) -> None:
    """Change all of them or none, and print a line each."""
    from sfumato.faces.cli.ids import picture_of, short

    with opened(data, database) as store:
        rows = change(store, list(dict.fromkeys(picture_of(store, said) for said in ids)))
    for row in rows:
        said = [f"rated {row.rating}"] if row.rating else []
        said += ["liked"] * row.liked + ["in the trash"] * (row.trashed is not None)
        print(f"{short(row.id)}  {', '.join(said) or 'as it was made'}  {row.prompt}")
