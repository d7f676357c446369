"""Collection: the models that a person has added, each a folder with its record.

FOLDER/collection.json    which is the default, and a person's own rows of the table of versions
FOLDER/NAME/model.json    a model, and beside it what of its files is Sfumato's own
FOLDER/.getting/KEY/      a model on its way: renamed to NAME when it is whole
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sfumato.models.family import UnknownModel, families
from sfumato.studio.collection.entry import Entry, read_entry

GETTING = ".getting"
STATE = "collection.json"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Chosen(BaseModel):
    """What a person chose among their models.

    versions  by row of the table of versions; None takes a row out
    """

    model_config = ConfigDict(frozen=True)

    default: str = ""
    versions: Mapping[str, str | None] = Field(default_factory=dict)


@dataclass(frozen=True)
class Collection:
    """The models in a folder, which need not exist yet."""

    folder: Path

    def entries(self) -> tuple[Entry, ...]:
        """All models, by name."""
        folders = sorted(self.folder.glob("*/")) if self.folder.is_dir() else []
        return tuple(entry for own in folders if (entry := read_entry(own)) is not None)

    def entry(self, name: str) -> Entry:
        """Raises UnknownModel."""
        found = read_entry(self.folder / name) if NAME.fullmatch(name) else None
        if found is None:
            have = ", ".join(own.name for own in self.entries()) or "none yet"
            raise UnknownModel(f"No model {name!r} was added; these were: {have}.")
        return found

    @property
    def chosen(self) -> Chosen:
        """What was chosen. Nothing where that cannot be read."""
        try:
            return Chosen.model_validate_json((self.folder / STATE).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return Chosen()

    def choose(self, **changes: Any) -> None:
        """Change what is chosen, as a whole or not at all."""
        chosen = self.chosen.model_dump() | changes
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{STATE}.{os.getpid()}"
        fresh.write_text(json.dumps(chosen, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        fresh.replace(self.folder / STATE)

    def set_default(self, name: str) -> None:
        """What draws where nothing is named. Raises UnknownModel."""
        shipped = [own.name for own in families()]
        if name not in shipped:
            self.entry(name)
        self.choose(default="" if name == shipped[0] else name)

    def remove(self, name: str) -> None:
        """Forget a model, with those of its files that are Sfumato's own. Raises UnknownModel."""
        entry, gone = self.entry(name), self.folder / GETTING / f"{name}.gone"
        shutil.rmtree(gone, ignore_errors=True)
        gone.parent.mkdir(exist_ok=True)
        entry.folder.replace(gone)  # from here on nobody sees it
        shutil.rmtree(gone)
        if self.chosen.default == name:
            self.choose(default="")

    def users(self, name: str) -> tuple[str, ...]:
        """Other models that have parts in this one's folder."""
        folder = self.entry(name).folder
        return tuple(
            own.name
            for own in self.entries()
            if own.name != name and any(path.is_relative_to(folder) for path in own.paths)
        )


def models_folder() -> Path:
    """Where models are kept: SFUMATO_MODELS, else in the user's data folder."""
    from platformdirs import user_data_path

    said = os.environ.get("SFUMATO_MODELS")
    return Path(said).expanduser() if said else user_data_path("sfumato", appauthor=False) / "models"
