"""A model that a person added, as it is kept beside its files."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict

RECORD = "model.json"


class EntryPart(BaseModel):
    """A folder or file of a model.

    path      within the model's own folder, or absolute where it was registered in place
    source    where it came from: OWNER/NAME of the hub, or a path
    revision  of the repository, "" for paths
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    source: str
    revision: str = ""
    licence: str = ""


class Entry(BaseModel):
    """A model by its name; `folder` holds what of it is Sfumato's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    folder: Path
    parts: tuple[EntryPart, ...]
    added: str

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files and folders that make the model."""
        return tuple(self.folder / part.path for part in self.parts)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(part.source for part in self.parts)

    @property
    def in_place(self) -> bool:
        """Whether all of its files are somebody else's: removing it only forgets them."""
        return all(Path(part.path).is_absolute() for part in self.parts)

    def write(self, folder: Path) -> None:
        text = self.model_dump_json(exclude={"folder"}, indent=2)
        (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def read_entry(folder: Path) -> Entry | None:
    """The model in a folder; None where there is none, or it was written by another edition."""
    record = folder / RECORD
    if not record.is_file():
        return None
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        return Entry.model_validate({**told, "folder": folder})
    except (ValueError, TypeError):
        return None
