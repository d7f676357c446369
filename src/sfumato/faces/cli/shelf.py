"""What `sfumato models` does and prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sfumato.faces.cli.declaring import agreed
from sfumato.faces.settings import load
from sfumato.models.family import Family, opened_by_path
from sfumato.models.placement import bytes_of
from sfumato.models.size import files_of, parts_of, weight_files
from sfumato.studio.collection import (
    UNKNOWN,
    Adding,
    Collection,
    Entry,
    Getting,
    Hub,
    Models,
    add,
    flag,
    licences,
    map_version,
    models_folder,
    rests,
    rows,
    size,
    unmap_version,
)
from sfumato.studio.collection.abilities import abilities

LOOKS = "looks at finished pictures where the policy is strict (sfumato settings set policy strict)"
FORMATS = ("float32", "bfloat16", "int8")


def collection() -> Collection:
    """This person's models."""
    return Collection(models_folder())


def known() -> Models:
    """All models by name. Where none is named, the settings say what draws, else the collection."""
    return Models(collection(), load().model)


def add_command(adding: Adding) -> int:
    """Get a model and say how to use it."""
    with _bar() as heard:
        entry = add(adding, collection(), Hub(), heard)
    if kind := known().adapters().get(entry.name):
        print(f"{entry.name}: {_beside(kind)}\nlicence: {_said(entry)}")
        print(f"use it: sfumato imagine 'a red fox' -m MODEL -m {entry.name}")
        return 0
    if entry.name not in known():
        print(f"{entry.name}: {LOOKS}\nlicence: {_said(entry)}")
        return 0
    own = known()[entry.name]
    print(f"{entry.name}: {own.summary}")
    print(f"licence: {_licence(own)}")
    way = (
        "upscale picture.png"
        if own.defaults().at_once or own.defaults().enlarges > 1
        else "imagine 'a red fox'"
    )
    print(f"use it: sfumato {way} -m {entry.name}    look at it: sfumato models show {entry.name}")
    return 0


def _said(entry: Entry) -> str:
    """The licences of its files."""
    return "; ".join(part.licence or UNKNOWN for part in entry.parts)


def _beside(kind: str) -> str:
    return f"{'an' if kind[0] in 'iI' else 'a'} {kind}, which is used beside a model"


@contextmanager
def _bar() -> Iterator[Callable[[Getting], None]]:
    """How far a download is, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task, seen = progress.add_task("", total=None), set[str]()

        def heard(got: Getting) -> None:
            progress.update(task, description=got.path[-40:], completed=got.done, total=got.total)
            if not console.is_terminal and got.path and got.path not in seen:
                print(f"{got.path}  ({size(got.done)} of {size(got.total)})", file=sys.stderr, flush=True)
            seen.add(got.path)

        yield heard


def list_command(as_json: bool) -> int:
    """Print the models that are here, one a line, and the kinds that can be opened."""
    own = known()
    found = [_row(name, family, own.default) for name, family in own.items()]
    if as_json:
        told = {"models": found, "adapters": dict(own.adapters()), "broken": dict(own.broken())}
        told["kinds"] = opened_by_path()
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for row in found:
        state = "ready" if row["here"] else "weights missing"
        mark = "*" if row["default"] else " "
        print(f"{mark} {row['name']:<24} {state:<16} {size(row['bytes']):>9}  {row['summary']}")
        for path in row["missing"]:
            print(f"  {'':<24} missing: {path}")
    for name, kind in own.adapters().items():
        print(f"  {name:<24} {_beside(kind)}: -m MODEL -m {name}")
    for checker in own.checkers():
        print(f"  {checker.path.name:<24} {LOOKS}")
    for name, why in own.broken().items():
        print(f"  {name:<24} cannot be opened: {why}")
    if left := rests(own.collection):
        print(f"\n{size(left)} of unfinished downloads: the same `sfumato models add` goes on.")
    print(f"\n* draws where no model is named. Get others: sfumato models add OWNER/NAME. Kinds: "
          f"{', '.join(opened_by_path())}.")  # fmt: skip
    return 0


def _row(name: str, family: Family, chosen: str) -> dict[str, Any]:
    missing = family.missing()
    return {
        "name": name,
        "kind": family.name,
        "summary": family.summary,
        "default": name == chosen,
        "here": not missing,
        "missing": [str(path) for path in missing],
        "bytes": _disk(family),
    }


def _disk(family: Family) -> int:
    return sum(own.stat().st_size for path in files_of(family) for own in weight_files(path) if own.exists())


def remove_command(name: str, yes: bool) -> int:
    """Remove a model, after asking. Returns 1 where the answer was no."""
    own = collection()
    entry = own.entry(name)
    if users := own.users(name):
        raise ValueError(f"{', '.join(users)} uses files of {name}: remove that first.")
    taken = sum(file.stat().st_size for file in entry.folder.rglob("*") if file.is_file())
    asked = (
        f"Forget {name}? Its files stay where they are."
        if entry.in_place
        else f"Remove {name} and its files ({size(taken)})?"
    )
    if not yes and not agreed(asked):
        print("Nothing was removed.", file=sys.stderr)
        return 1
    own.remove(name)
    print(f"{name} is forgotten." if entry.in_place else f"{name} is removed: {size(taken)} are free.")
    return 0


def show_command(name: str, as_json: bool) -> int:
    """Print everything about a model."""
    own = known()
    entry = next((each for each in own.collection.entries() if each.name == name), None)
    if entry and (kind := own.adapters().get(name)):
        return _show_adapter(entry, kind, as_json)
    family = own.family([name])
    told = _told(name, family, entry)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(f"{name}: {told['summary']}\nkind      {told['kind']}\nlicence   {told['licence']}")
    for part in told["parts"]:
        print(f"network   {part['name']}: {part['parameters']:,} parameters")
    print(f"memory    {', '.join(f'{kind} {size(count)}' for kind, count in told['memory'].items())}")
    for source in told["sources"]:
        print(f"from      {source}")
    for what, refusal in told["honours"].items():
        print(f"{'cannot' if refusal else 'can':<9} {what}{f': {refusal}' if refusal else ''}")
    return 0


def _show_adapter(entry: Entry, kind: str, as_json: bool) -> int:
    sources = [_source(part.source, part.revision) for part in entry.parts]
    if as_json:
        told = {"name": entry.name, "adapter": kind, "licence": _said(entry), "sources": sources}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(f"{entry.name}: {_beside(kind)}\nlicence   {_said(entry)}")
    print(*(f"from      {source}" for source in sources), sep="\n")
    print(f"use it    sfumato imagine 'a red fox' -m MODEL -m {entry.name}")
    return 0


def _told(name: str, family: Family, entry: Entry | None) -> dict[str, Any]:
    parts = parts_of(files_of(family))
    return {
        "name": name,
        "kind": family.name,
        "summary": family.summary,
        "licence": _licence(family),
        "parts": [{"name": part.name, "parameters": part.parameters} for part in parts],
        "memory": {kind: bytes_of(parts, kind) for kind in FORMATS},
        "sources": [] if entry is None else [_source(part.source, part.revision) for part in entry.parts],
        "honours": {own.what: own.refusal for own in abilities(family)},
    }


def _source(source: str, revision: str) -> str:
    return f"{source} at {revision[:12]}" if revision else source


def _licence(family: Family) -> str:
    said = licences(family)
    return f"{said} (its files do not say: read where it came from)" if UNKNOWN in said else said


def key_of(version: str | None, niji: str | None, style: str | None) -> str:
    """A row of the table of versions. Raises ValueError for two versions at once."""
    if version and niji:
        raise ValueError("A row is of one model: say `--v` or `--niji`.")
    return " ".join(own for own in (version, f"niji {niji}" if niji else None, style) if own)


def map_command(key: str, name: str) -> int:
    """Change a row."""
    if not key:
        raise ValueError("Say what it is to paint: `--v 7`, `--niji 6`, or `--style raw`.")
    known().family([name])  # it is there, and paints
    map_version(collection(), key, name)
    print(f"{flag(key)} is painted by {name}.")
    return 0


def unmap_command(key: str) -> int:
    """Take a row back."""
    if not unmap_version(collection(), key):
        raise ValueError(f"There is no row {flag(key) or '(say which)'}: see `sfumato models map`.")
    now = rows(collection()).get(key)
    print(f"{flag(key)} is painted by {now.name if now else 'the default model'} again.")
    return 0


def table_command(as_json: bool) -> int:
    """Print the table of versions."""
    own = known()
    table = rows(own.collection)
    if as_json:
        told = {
            k: {"name": r.name, "repository": r.repository, "here": r.name in own} for k, r in table.items()
        }
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for key, row in table.items():
        here = (
            "ready"
            if row.name in own
            else f"sfumato models add {row.repository}"
            if row.repository
            else "gone"
        )
        print(f"{flag(key):<24} {row.name:<18} {'yours' if row.own else '':<6} {here}")
    return 0
