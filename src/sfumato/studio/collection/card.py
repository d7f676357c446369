"""The licence of a model, from its card."""

from __future__ import annotations

import re
from pathlib import Path

UNSAID = "not said in its files: read where it came from"
_FIELD = re.compile(r"^(license|license_name|license_link):\s*[\"']?([^\"'\n]+?)[\"']?\s*$", re.MULTILINE)


def licence_of(folder: Path) -> str:
    """What the head of a README.md says, with name and address where it is no common one; "" where unsaid."""
    card = folder / "README.md"
    if not card.is_file():
        return ""
    text = card.read_text(encoding="utf-8", errors="replace")
    if not text.startswith("---"):
        return ""
    said = dict(_FIELD.findall(text[3:].partition("\n---")[0]))
    return " ".join(said[key] for key in ("license_name", "license", "license_link") if key in said)
