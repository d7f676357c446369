"""A1111's text, which Forge, SD.Next, Civitai, Fooocus and many others write, too.

prompt, any number of lines / Negative prompt: …, any number of lines / Steps: 20, Sampler: Euler a, …
It is in the PNG chunk `parameters`, or in the EXIF comment of JPEG and WebP. Values with commas are quoted as
JSON strings (`modules/infotext_utils.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sfumato.studio.imports.found import Found, clean, seed_of, settings_of
from sfumato.studio.imports.texts import Said

PLACES = ("parameters", "exif:UserComment", "comment")
NEGATIVE = "Negative prompt:"
FEWEST = 3  # pairs that make a last line one of parameters
LONGEST = 200_000
_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9 _/.-]{0,60}):\s*")
_SETTINGS = re.compile(r"^Steps: *\d", re.M)


def read(said: Said) -> Found | None:
    """What a file says in this form."""
    for place in PLACES:
        text = said.texts.get(place, "")[:LONGEST].replace("\r\n", "\n")
        if _SETTINGS.search(text) or (place == "parameters" and text and not text.lstrip().startswith("{")):
            return _found(text)
    return None


def _found(text: str) -> Found:
    body, last = _split(text.strip())
    told = dict(pairs(last))
    prompt, _, negative = body.partition(f"\n{NEGATIVE}")
    if body.startswith(NEGATIVE):
        prompt, negative = "", body.removeprefix(NEGATIVE)
    others = (pair for pair in told.items() if pair[0] not in ("Model", "Seed"))
    return Found(
        program=_program(told),
        prompt=clean(prompt),
        negative=clean(negative),
        model=clean(told.get("Model", ""))[:200],
        seed=seed_of(told.get("Seed")),
        settings=settings_of(others),
    )


def _split(text: str) -> tuple[str, str]:
    """What comes before the line of parameters, and that line; what follows it belongs to it."""
    begins = [found.start() for found in _SETTINGS.finditer(text)]
    if begins:
        return text[: begins[-1]].rstrip(), text[begins[-1] :].replace("\n", ", ")
    before, _, last = text.rpartition("\n")
    if len(list(pairs(last))) >= FEWEST and not last.startswith(NEGATIVE):
        return before, last
    return text, ""


def pairs(line: str) -> Iterator[tuple[str, str]]:
    """`Name: value, Name: "quoted, value", Name: {"json": 1}`; what is none of these is passed over."""
    place = 0
    while place < len(line):
        name = _NAME.match(line, place)
        if name is None:
            place = _next(line, place)
            continue
        value, place = _value(line, name.end())
        yield name[1].strip(), value


def _value(line: str, place: int) -> tuple[str, int]:
    """A value that begins here, and where the next pair begins."""
    if line[place : place + 1] in ('"', "{", "["):
        try:
            value, end = json.JSONDecoder().raw_decode(line, place)
        except (ValueError, RecursionError):
            pass
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            return text, _next(line, end)
    end = _next(line, place)
    return line[place:end].rstrip(", "), end


def _next(line: str, place: int) -> int:
    """Behind the next comma."""
    comma = line.find(",", place)
    return len(line) if comma < 0 else comma + 1


def _program(told: dict[str, str]) -> str:
    said = told.get("Version", "")
    for name in ("ComfyUI", "Fooocus"):
        if name in said:
            return name
    if "SD.Next" in told.get("App", ""):
        return "SD.Next"
    return "Forge" if re.match(r"f\d|neo", said) else "AUTOMATIC1111"
