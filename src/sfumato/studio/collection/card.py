"""The licence under which a model's pictures are made."""

from __future__ import annotations

from pathlib import Path

from sfumato.models.family import Family, families
from sfumato.models.licence import licence_of
from sfumato.models.size import files_of
from sfumato.studio.collection.entry import RECORD, read_entry

OURS = "Apache-2.0"  # of the models in the package
UNKNOWN = "unknown"


def licences(family: Family) -> str:
    """The licences of all files that make a model, each once; UNKNOWN stands for what says nothing."""
    if family in families():
        return OURS
    said = [_recorded(path) or licence_of(path) or UNKNOWN for path in files_of(family)]
    return "; ".join(dict.fromkeys(said)) or UNKNOWN


def _recorded(path: Path) -> str:
    """What was written down when a model was added, of the part that this file is in."""
    folder = next((own for own in path.parents if (own / RECORD).is_file()), None)
    entry = None if folder is None else read_entry(folder)
    if entry is None:
        return ""
    parts = zip(entry.parts, entry.paths, strict=True)
    return next((part.licence for part, own in parts if own == path or own in path.parents), "")
