"""A picture in words: those that it carries, else what the shipped judge takes it for."""

from __future__ import annotations

from pathlib import Path

from sfumato.language import PromptError
from sfumato.studio.given import on_white, read
from sfumato.studio.words import words_in

PARAMETERS = "parameters"  # the text in which other programs keep theirs


def described(path: Path) -> tuple[str, ...]:
    """Texts that may make a picture like this one, the likeliest first. Raises as `give`."""
    pixels = on_white(read(path))
    if carried := _carried(path):
        return (carried,)
    from sfumato.models.judge import open_judge

    judge = open_judge()
    return (judge.names[judge.name([pixels])[0]],)


def _carried(path: Path) -> str:
    """What it says it was made from; "" where it says nothing that can be read."""
    try:
        return str(words_in(path))
    except (ValueError, PromptError):
        return _of_others(path)


def _of_others(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as image:
        text = str(image.info.get(PARAMETERS, ""))
    return text.partition("\nNegative prompt:")[0].partition("\nSteps:")[0].strip()
