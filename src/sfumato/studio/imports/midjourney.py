"""Midjourney's downloads: `Description` is the command with its parameters and the id of its job.

Where a program dropped that, the name of the file still tells words: `user_words_of_the_prompt_<id>_2.png`.
"""

from __future__ import annotations

import re

from sfumato.studio.imports.found import Found, clean, seed_of, settings_of
from sfumato.studio.imports.texts import Said, xmp_text

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_JOB = re.compile(rf"\s*Job ID:\s*({UUID})\s*$", re.I)
_NAME = re.compile(rf"([^_]+)_(.+?)_({UUID})(?:_(\d))?(?: \(\d+\))?\.\w+", re.I)
_PARAMETER = re.compile(r"\s--([a-z]+)\s+([^\s-]\S*)", re.I)
FULL_NAME = 60  # letters of the words, from which on they may be cut off


def read(said: Said) -> Found | None:
    """What a download says, else what its name says."""
    author = said.texts.get("Author") or said.texts.get("exif:Artist", "")
    for text in _descriptions(said):
        if job := _JOB.search(text[-200:]):
            return _found(text[: len(text) - len(job[0])], job[1], author)
    return _of_name(said.name[:400])


def _descriptions(said: Said) -> list[str]:
    found = [said.texts.get(place, "") for place in ("Description", "exif:ImageDescription", "comment")]
    xmp = said.texts.get("xmp", "")
    return [own.strip() for own in (*found, xmp_text(xmp, "dc:description")) if own.strip()]


def _found(text: str, job: str, author: str) -> Found:
    prompt = clean(re.sub(r"^/?imagine\s+(prompt:)?\s*", "", clean(text), flags=re.I))
    told = {name.lower(): value for name, value in _PARAMETER.findall(f" {prompt}")}
    version = told.get("v") or told.get("version")
    model = f"Midjourney {version}" if version else "Midjourney"
    if "niji" in told:
        model = f"Niji {told['niji']}"
    pairs = (("Job ID", job), ("Author", author), *((f"--{name}", value) for name, value in told.items()))
    return Found("Midjourney", prompt, "", model, seed_of(told.get("seed")), settings_of(pairs))


def _of_name(name: str) -> Found | None:
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    words = clean(parts[2].replace("_", " "))
    pairs = [("Job ID", parts[3]), ("Author", parts[1]), ("Read from", "the name of the file")]
    if len(words) >= FULL_NAME:
        pairs.append(("Prompt", "may be cut off"))
    return Found("Midjourney", words, "", "Midjourney", None, settings_of(pairs))
