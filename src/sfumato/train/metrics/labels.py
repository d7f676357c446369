"""Folders of pictures with their texts and groups: anybody's, and MJHQ-30K's (Li et al. 2024, Playground
v2.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

KINDS = frozenset({".png", ".jpg", ".jpeg", ".webp"})
META = "meta_data.json"  # of MJHQ-30K: {name: {"category": …, "prompt": …}}
TEXTS = "prompts.jsonl"  # of anybody: {"file": …, "prompt": …, "category": …} a line, the last one not needed


class Labels(NamedTuple):
    """What is said of a picture beside it: its text and its group, "" where nothing is."""

    text: str = ""
    group: str = ""


def files_in(folder: Path) -> list[Path]:
    """The pictures of a folder and those below, in the order of their names. Raises FileNotFoundError for
    none."""
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in KINDS and _shown(path, folder)
    )
    if not found:
        raise FileNotFoundError(f"There is no PNG, JPEG or WebP picture in {folder}.")
    return found


def _shown(path: Path, folder: Path) -> bool:
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)


def read_labels(file: Path) -> Mapping[str, Labels]:
    """Texts and groups by pictures' names without their endings: from META, or from lines as in TEXTS.

    Raises ValueError for a file of another form.
    """
    try:
        if file.suffix == ".json":
            told = json.loads(file.read_text("utf-8"))
            return {Path(name).stem: _labels(own) for name, own in told.items()}
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        return {Path(row["file"]).stem: _labels(row) for row in rows}
    except (json.JSONDecodeError, KeyError, AttributeError, TypeError, UnicodeDecodeError):
        raise ValueError(
            f"{file} does not say which picture shows what: it wants a line "
            '{"file": "a.png", "prompt": "a fox"} for each, or the form of MJHQ-30K\'s meta_data.json.'
        ) from None


def _labels(told: Mapping[str, str]) -> Labels:
    return Labels(str(told.get("prompt", "")), str(told.get("category", "")))


def labels_beside(*folders: Path) -> Mapping[str, Labels]:
    """Those of the first folder that has a file of them; none where none has."""
    known = (folder / name for folder in folders for name in (TEXTS, META))
    file = next((path for path in known if path.exists()), None)
    return read_labels(file) if file else {}
