"""Responses that were given, kept for a month so that others go on from them: a file each, by person."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import uuid4

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.web.server import Server
from sfumato.studio.store import Person

NAME = re.compile(r"resp_[0-9a-f]{32}", re.A)
CALL = re.compile(r"ig_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(\d{1,2})", re.A)
MONTH = 30 * 86400  # seconds


def new_name() -> str:
    """The id of a new response."""
    return f"resp_{uuid4().hex}"


def call_of(picture: str) -> str:
    """The id of the call that made a picture of the gallery: it says which, so nothing needs to be kept."""
    job, _, index = picture.rpartition("-")
    return f"ig_{job.replace('-', '')}{index}"


def picture_of(call: str) -> str:
    """The picture of the gallery that a call made. Raises Wrong for what is no such id."""
    if not (found := CALL.fullmatch(call)):
        raise Wrong("input", f"There is no image generation call {call[:60]!r}.", "not_found")
    return "-".join(found.groups())


@dataclass(frozen=True)
class Kept:
    """The responses of one person; nobody else can name them."""

    folder: Path

    @classmethod
    def of(cls, server: Server, me: Person) -> Kept:
        """Those of a person."""
        return cls(server.store.gallery.with_name("responses") / me.id)

    def put(self, name: str, response: dict[str, Any]) -> None:
        """Keep one; those that are too old go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=self.folder, prefix=".", delete=False, encoding="utf-8") as file:
            json.dump(response, file, ensure_ascii=False)
        os.replace(file.name, self._path(name))
        for path in self.folder.glob("resp_*.json"):
            if path.stat().st_mtime < time.time() - MONTH:
                path.unlink(missing_ok=True)

    def get(self, name: str, param: str | None = None) -> dict[str, Any]:
        """One by its id. Raises Wrong where there is none, or it is too old."""
        path = self._path(name) if NAME.fullmatch(name) else None
        if path is None or not path.exists() or path.stat().st_mtime < time.time() - MONTH:
            raise Missing(
                param, f"There is no response {name[:60]!r}: it was deleted, is too old, or is not yours."
            )
        return json.loads(path.read_text(encoding="utf-8"))

    def drop(self, name: str) -> None:
        """Delete one. Raises Wrong where there is none."""
        self.get(name)
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


class Missing(Wrong):
    """Something that a request names is not there."""

    def __init__(self, param: str | None, message: str) -> None:
        super().__init__(param, message, "previous_response_not_found" if param else "not_found")
        self.code = "not_found"
