"""What was submitted, a file each by person: what a job alone does not say of a task."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from sfumato.faces.web.server import Server
from sfumato.studio.store import Person

MONTH = 30 * 86400  # seconds
AT_MOST = 200  # tasks of a list


class Record(BaseModel):
    """A submission.

    job      that makes its pictures; None where none is made, or it still waits to be confirmed
    picture  of the gallery, where it shows one alone
    words    what a picture was described as
    waits    the button that it is, until it is confirmed
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=lambda: str(uuid4()))
    action: str
    submitted: float = Field(default_factory=time.time)  # seconds since 1970
    prompt: str = ""
    state: str = ""
    custom: str = ""
    job: str | None = None
    picture: str | None = None
    words: tuple[str, ...] = ()
    waits: str = ""


@dataclass(frozen=True)
class Records:
    """The submissions of one person; nobody else can name them."""

    folder: Path

    @classmethod
    def of(cls, server: Server, me: Person) -> Records:
        """Those of a person."""
        return cls(server.store.gallery.with_name("mj") / me.id)

    def put(self, record: Record) -> Record:
        """Keep one; those that are too old go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=self.folder, prefix=".", delete=False, encoding="utf-8") as file:
            file.write(record.model_dump_json())
        os.replace(file.name, self._path(record.id))
        for path in self.folder.glob("*.json"):
            if path.stat().st_mtime < time.time() - MONTH:
                path.unlink(missing_ok=True)
        return record

    def get(self, name: str) -> Record | None:
        """One by its task's id, which was checked; None for a job that came another way."""
        try:
            return Record.model_validate_json(self._path(name).read_bytes())
        except FileNotFoundError:
            return None

    def newest(self) -> list[Record]:
        """The last ones, the newest first."""
        paths = sorted(self.folder.glob("*.json"), key=lambda own: own.stat().st_mtime_ns, reverse=True)
        found = (self.get(path.stem) for path in paths[:AT_MOST])
        return [own for own in found if own is not None]

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"
