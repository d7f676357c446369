"""The table of versions: which model paints what a prompt asks of Midjourney's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from sfumato.language import Prompt
from sfumato.language.versions import NAMES, OPEN
from sfumato.studio.collection.collection import Collection
from sfumato.studio.collection.trouble import NotAdded

STYLES = ("raw", "cute", "expressive", "original", "scenic", "4a", "4b", "4c")


@dataclass(frozen=True)
class Row:
    """A model by its name, where to get it ("" unknown), and words that stand for it (see versions.toml)."""

    name: str
    repository: str = ""
    words: str = ""
    own: bool = False


def table() -> Mapping[str, Row]:
    """The committed rows."""
    return {key: Row(row["name"], row["repository"], row["words"]) for key, row in _read()["version"].items()}


def style_words() -> Mapping[str, str]:
    """Words for styles, by style."""
    return {key: row["words"] for key, row in _read()["style"].items()}


def rows(collection: Collection) -> Mapping[str, Row]:
    """The table with a person's changes."""
    found, mine = dict(table()), collection.chosen.versions
    for key, name in mine.items():
        before = found.pop(key, Row(""))
        if name is not None:
            repository = before.repository if before.name == name else ""
            found[key] = Row(name, repository, before.words, own=True)
    return {key: found[key] for key in sorted(found, key=_order)}


def map_version(collection: Collection, key: str, name: str | None) -> None:
    """Let a model paint this version; None takes the row out. Raises NotAdded, UnknownModel."""
    if key.removesuffix(f" {style_of(key)}").strip() not in (*NAMES, "") or not key:
        raise NotAdded(f"There is no version {key!r}: these are {', '.join(NAMES)}, with a style if any.")
    if name is not None:
        collection.entry(name)
    collection.choose(versions={**collection.chosen.versions, key: name})


def unmap_version(collection: Collection, key: str) -> bool:
    """Take a person's own change back, or the committed row out; whether there was any."""
    mine = dict(collection.chosen.versions)
    if mine.pop(key, "") != "":
        collection.choose(versions=mine)
        return True
    if key in table():
        map_version(collection, key, None)
        return True
    return False


def asked(prompt: Prompt) -> tuple[str, str]:
    """The version that a prompt names, "" for none, and its style."""
    said = prompt.parameters
    style = said.style or ("raw" if said.raw else "")
    return ("" if said.model == OPEN else said.model), style


def keys(version: str, style: str) -> Iterator[str]:
    """Rows of the table for these, the narrowest first."""
    if style:
        yield f"{version} {style}".strip()
    if version:
        yield version


def style_of(key: str) -> str:
    """The style in a key of the table, "" without one."""
    last = key.rpartition(" ")[2]
    return last if last in STYLES else ""


def flag(key: str) -> str:
    """A key as a prompt has it: `--niji 5 --style cute`."""
    style = style_of(key)
    version = key.removesuffix(style).strip()
    named = version if version.startswith("niji") else f"v {version}" if version[:1].isdigit() else version
    return " ".join((*([f"--{named}"] if named else []), *([f"--style {style}"] if style else [])))


def _order(key: str) -> tuple[int, str]:
    version = key.removesuffix(style_of(key)).strip()
    return (NAMES.index(version) if version in NAMES else len(NAMES), key)


def _read() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    text = files("sfumato.studio.collection").joinpath("versions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
