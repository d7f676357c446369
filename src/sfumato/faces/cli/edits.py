"""`sfumato vary | restyle | region | zoom | pan | square | upscale | blend`: what is done with pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sfumato.faces.cli.imagine import make
from sfumato.faces.cli.wishes import Way
from sfumato.language import Prompt
from sfumato.models.family import Family, family, named
from sfumato.plan import Edit
from sfumato.studio import Shelf, Studio, give, read_kept, words_for


def edit_command(edit: Edit, pictures: Sequence[Path], text: str | None, way: Way) -> int:
    """Make what an edit asks of these pictures. Returns and prints as `imagine_command`.

    text  what is to be seen; None takes the words inside the first picture
    """
    sources = [give("start", path) for path in pictures]
    chosen = named(way.models) if way.models else _maker(pictures[0])
    studio = Studio(way.output, chosen, Shelf(deterministic=way.deterministic))
    prompts = _prompts(edit, pictures[0], text)
    return make([(studio, studio.edit(edit, sources, prompt, way.asked)) for prompt in prompts], way.as_json)


def _prompts(edit: Edit, picture: Path, text: str | None) -> tuple[Prompt, ...]:
    try:
        return words_for(edit, picture, text)
    except ValueError as error:
        if text is not None:
            raise
        raise ValueError(f"{error} Then say what is to be seen, after the picture's name.") from None


def _maker(picture: Path) -> Family:
    """The model that made a picture, where it is one that is shipped; else the first of these."""
    try:
        kind = read_kept(picture).plan.family
    except ValueError:
        return named([])
    return family(kind)
