"""Rows of the store as tables and trees on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from sfumato.faces.cli.ids import SHORT, short
from sfumato.studio.store import JobRow, PictureRow, Store

LONGEST = 200  # of a lineage, pictures shown
WORDS = 60  # letters of a prompt in a tree


def print_jobs(rows: Sequence[JobRow], now: float) -> None:
    """A line a job: id, state, how far, age, prompt, and why where it failed."""
    table = _table("id", "state", "", "age", "prompt")
    for row in rows:
        far = "" if not row.total or row.status == "done" else f"{100 * row.done // row.total} %"
        said = f"{row.plan.prompt}\n{row.reason}" if row.reason else row.plan.prompt
        table.add_row(row.id[:SHORT], row.status, far, age(now - row.created), Text(said))
    _print(table if rows else "There are no such jobs.")


def print_pictures(rows: Sequence[PictureRow], now: float) -> None:
    """A line a picture: id, size, model, age, what people said of it, prompt."""
    table = _table("id", "size", "model", "age", "", "prompt")
    for row in rows:
        judged = ("♥ " if row.liked else "") + "★" * row.rating
        size = f"{row.width} × {row.height}"
        table.add_row(short(row.id), size, row.model, age(now - row.created), judged, Text(row.prompt))
    _print(table if rows else "There are no such pictures.")


def print_lineage(store: Store, row: PictureRow, viewer: str) -> None:
    """Where a picture comes from and what came of it, as a tree; this one is bold."""
    root, climbed = row, {row.id}
    while parents := [own for own in store.pictures.parents(root.id, viewer) if own.id not in climbed]:
        root = parents[0]
        climbed.add(root.id)
    tree = Tree(_leaf(root, row))
    _grow(store, tree, root, row, viewer)
    _print(tree)
    others = store.pictures.parents(row.id, viewer)[1:]
    for other in others:
        _print(Text(f"also from {short(other.id)}  {other.prompt[:WORDS]}"))


def _grow(store: Store, tree: Tree, root: PictureRow, here: PictureRow, viewer: str) -> None:
    """Breadth first, each picture once, so that no loop and no crowd has no end."""
    seen, level = {root.id}, [(tree, root)]
    while level and len(seen) < LONGEST:
        level = list(_children(store, level, here, viewer, seen))


def _children(
    store: Store, level: Sequence[tuple[Tree, PictureRow]], here: PictureRow, viewer: str, seen: set[str]
) -> Iterator[tuple[Tree, PictureRow]]:
    for branch, parent in level:
        for child in store.pictures.children(parent.id, viewer):
            if child.id not in seen:
                seen.add(child.id)
                yield branch.add(_leaf(child, here)), child


def _leaf(row: PictureRow, here: PictureRow) -> Text:
    said = f"{short(row.id)}  {row.operation}  {row.prompt[:WORDS]}"
    return Text(said, style="bold" if row.id == here.id else "")


def age(seconds: float) -> str:
    """How long ago, roughly: 5 s, 3 min, 7 h, 12 d."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def day(said: str, now: float) -> float:
    """A moment as people write it, in seconds since 1970: 2026-11-23, or 7d, 12h, 30min ago.

    Raises ValueError.
    """
    units = {"min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
    number = said.rstrip("abcdefghijklmnopqrstuvwxyz")
    if number.isdigit() and (unit := said[len(number) :]) in units:
        return now - int(number) * units[unit]
    try:
        return time.mktime(time.strptime(said, "%Y-%m-%d"))
    except (ValueError, OverflowError):
        raise ValueError(f"{said!r} is no day: write 2026-11-23, or 7d, 12h, 30min.") from None


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        last = head == "prompt"
        table.add_column(head, no_wrap=not last, overflow="ellipsis" if last else "fold")
    return table


def _print(what: object) -> None:
    Console().print(what)
