"""What was found in a picture of another program, in one form for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfumato.language import Prompt, parse

LONGEST = 20_000  # characters of one text
MOST_JSON = 8_000_000  # characters
MOST_SETTINGS = 60
SEEDS = 2**63


@dataclass(frozen=True)
class Found:
    """What a file says of its picture. Nobody can verify it: our engine did not make it.

    program   as people call it
    seed      None where none is said, or a database could not hold it
    settings  everything else by its name, as text
    """

    program: str
    prompt: str = ""
    negative: str = ""
    model: str = ""
    seed: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def details(self) -> dict[str, Any]:
        """What the index keeps beside prompt, model and seed; `words` is a prompt that we can read, or ""."""
        words = self.prompt if words_of(self.prompt) is not None else ""
        told = {"program": self.program, "model": self.model, "negative": self.negative, "words": words}
        return {**told, "settings": dict(self.settings)}


def words_of(prompt: str) -> Prompt | None:
    """Another program's prompt as one of ours; None where it is none, or would be several jobs.

    Elsewhere braces and brackets are emphasis: what would be read as a list of jobs is not that prompt.
    """
    reading = parse(prompt)
    return reading.prompts[0] if len(reading.prompts) == 1 and prompt.strip() else None


def clean(value: object) -> str:
    """A value as text that can be kept: bounded, without what a database does not take; "" for no text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**100 else ""
    if not isinstance(value, str):
        return ""
    plain = value.replace("\0", "").replace("\r\n", "\n")[:LONGEST]
    return plain.encode("utf-8", "replace").decode("utf-8").strip()


def seed_of(value: object) -> int | None:
    """A seed, if it is one."""
    text = clean(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    return int(text) if int(text) < SEEDS else None


def settings_of(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Pairs as settings: those that say something, the first of each name."""
    found: dict[str, str] = {}
    for name, value in pairs:
        text = clean(value)[:1000]
        if text and len(found) < MOST_SETTINGS:
            found.setdefault(clean(name)[:60], text)
    return found


def record(text: str | None) -> dict[str, Any] | None:
    """A JSON object; None for anything else."""
    if text is None or len(text) > MOST_JSON or not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def size_of(width: object, height: object) -> str:
    """As 1024x768; "" where one of them is not said."""
    sides = [clean(width), clean(height)]
    return "x".join(sides) if all(own.isascii() and own.isdigit() for own in sides) else ""
