"""`sfumato import FOLDER` and `sfumato describe FILE`: pictures from elsewhere."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sfumato.faces.cli.declaring import PATH, command
from sfumato.faces.cli.options import as_json, data, database
from sfumato.faces.cli.serving import opened

if TYPE_CHECKING:
    from sfumato.studio.imports.folder import Progress
    from sfumato.studio.store import Store


@command("import")
@click.argument("folder", type=PATH, help="a folder of PNG, JPEG and WebP files")
@click.option("--owner", help="whose they become", show_default="who is alone here")
@click.option("--private", is_flag=True, help="only their owner sees them")
@as_json
@data
@database
def bring(
    folder: Path, owner: str | None, private: bool, as_json: bool, data: Path | None, database: str | None
) -> int:
    """Bring pictures into the gallery, with the prompts that other programs wrote into them."""
    from sfumato.studio.imports.folder import import_folder

    with opened(data, database) as store:
        going = import_folder(store, folder, _owner(store, owner), private)
        counts = _as_json(going) if as_json else _told(going)
    return 1 if counts["failed"] else 0


@command()
@click.argument("picture", type=PATH, help="any PNG, JPEG or WebP")
@as_json
def describe(picture: Path, as_json: bool) -> None:
    """Say what to ask for to get such a picture, and whether that is known or guessed."""
    from sfumato.studio import describe as described

    found = described(picture)
    if as_json:
        print(json.dumps(vars(found), ensure_ascii=False))
        return
    for text in (*found.words, *found.chinese):
        print(text)
    if found.negative:
        print(f"without: {found.negative}")
    said = {
        "plan": "the plan inside the picture: exactly this was asked for",
        "metadata": f"what {found.program} wrote into the file; it can't be verified",
        "judge": "what the judge sees in it: guesses",
    }
    print(f"sfumato: from {said[found.source]}.", file=sys.stderr)


def _owner(store: Store, name: str | None) -> str:
    """Who was named, else the only person there is, else the owner of a server without keys."""
    from sfumato.faces.web.server import local_owner

    if name is not None:
        return store.people.named(name).id
    people = store.people.all()
    if len(people) > 1:
        raise ValueError(f"Say whose they become: --owner {' | '.join(own.name for own in people)}.")
    return people[0].id if people else local_owner(store).id


def _as_json(going: Iterator[Progress]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for step in going:
        counts[step.result.status] += 1
        picture = None if step.result.picture is None else step.result.picture.id
        told = {"path": str(step.path), "status": step.result.status, "picture": picture}
        print(json.dumps({**told, "reason": step.result.reason}, ensure_ascii=False), flush=True)
    return counts


def _told(going: Iterator[Progress]) -> Counter[str]:
    from rich.console import Console
    from rich.progress import Progress as Bar

    counts: Counter[str] = Counter()
    console = Console(stderr=True)
    with Bar(console=console, transient=True) as bar:
        line = bar.add_task("Importing", total=None)
        for step in going:
            counts[step.result.status] += 1
            bar.update(line, completed=step.done, total=step.total)
            if step.result.status == "failed":
                console.print(step.result.reason, style="yellow", markup=False)
    words = (("added", "added"), ("known", "there already"), ("skipped", "grids left out"))
    words += (("failed", "not readable"),)
    print(", ".join(f"{counts[name]} {said}" for name, said in words if counts[name]) or "no pictures")
    return counts
