"""The licence of a model, from its card or the files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sfumato.models._parts.header import header

_FIELD = re.compile(r"^(license|license_name|license_link):\s*[\"']?([^\"'\n]+?)[\"']?\s*$", re.MULTILINE)
_TEXTS = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENCE.md", "LICENCE.txt")
_HEAD = 2000  # characters of a licence in which it says which it is
_TITLES = (
    ("apache-2.0", r"Apache License\s+Version 2\.0"),
    ("mit", r"MIT License|Permission is hereby granted, free of charge"),
    ("flux-1-dev-non-commercial-license", r"FLUX\.1 \[dev\] Non-Commercial License"),
    ("openrail++", r"CreativeML Open RAIL\+\+-M"),
    ("creativeml-openrail-m", r"CreativeML Open RAIL-M"),
    ("stabilityai-ai-community", r"Stability AI Community License"),
    ("tencent-hunyuan-community", r"Tencent Hunyuan[\w-]* Community License"),
    ("cc-by-nc-4.0", r"Attribution-NonCommercial 4\.0 International"),
    ("cc-by-4.0", r"Attribution 4\.0 International"),
    ("gpl-3.0", r"GNU General Public License\s+Version 3"),
)
"""What a licence's own text begins with, and how cards call it."""


def licence_of(path: Path) -> str:
    """The licence that the files of a model say: its card, a LICENSE beside it, or the head of a file.

    path  a folder, a file in it, or a part of a repository; its card may stand one folder higher

    "" where nothing is said.
    """
    return _in_head(path) or next(filter(None, map(_in_folder, _folders(path))), "")


def _folders(path: Path) -> Iterator[Path]:
    own = path if path.is_dir() else path.parent
    yield own
    if (own.parent / "model_index.json").is_file():
        yield own.parent


def _in_folder(folder: Path) -> str:
    return _in_card(folder / "README.md") or next(
        filter(None, (_in_text(folder / name) for name in _TEXTS)), ""
    )


def _in_card(card: Path) -> str:
    """What the head of a README.md says, with name and address where it is no common one."""
    text = _text(card)
    if not text.startswith("---"):
        return ""
    said = dict(_FIELD.findall(text[3:].partition("\n---")[0]))
    return " ".join(said[key] for key in ("license_name", "license", "license_link") if key in said)


def _in_text(file: Path) -> str:
    """Which licence a text is; where it is no known one, its first line."""
    head = _text(file)[:_HEAD]
    known = next((name for name, title in _TITLES if re.search(title, head, re.IGNORECASE)), "")
    return known or next((line.strip("# \t")[:100] for line in head.splitlines() if line.strip("# \t")), "")


def _in_head(file: Path) -> str:
    """What a single file says of itself, as https://github.com/Stability-AI/ModelSpec has it."""
    return str(header(file).metadata.get("modelspec.license", ""))[:200]


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
