"""Sfumato: an open, self-hosted Midjourney, and a working model of every system behind it.

    import sfumato
    for picture in sfumato.imagine("a red fox in the snow --ar 3:2"):
        picture.image.save(f"fox-{picture.index}.png")

Importing this costs nothing: torch is loaded when the first picture is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sfumato.plan import Edit
    from sfumato.studio import Picture, Step, Studio

__version__ = "0.1.0"
__all__ = ["edit", "imagine", "imagining"]


def imagine(prompt: str, studio: Studio | None = None) -> list[Picture]:
    """The pictures of a prompt, in order, those of every permutation and repetition.

    Raises:
        sfumato.language.PromptError: the prompt cannot be read; the message points at the place.
        sfumato.plan.PlanError, sfumato.studio.Refused: the model cannot make it.
    """
    from sfumato.studio import Picture

    return [made for made in imagining(prompt, studio) if isinstance(made, Picture)]


def edit(
    what: Edit, pictures: Sequence[Path], prompt: str | None = None, studio: Studio | None = None
) -> list[Picture]:
    """The pictures that an edit (`sfumato.plan.Vary`, `Zoom`, `Pan` …) makes of these files.

    prompt: what is to be seen; None takes the words inside the first picture.

    Raises:
        FileNotFoundError, ValueError: a picture cannot be read, or carries no words of its own.
        sfumato.plan.PlanError, sfumato.studio.Refused: the model cannot make it.
    """
    from sfumato.studio import Picture, Studio, give, words_for

    studio = studio or Studio()
    sources = [give("start", path) for path in pictures]
    jobs = [studio.edit(what, sources, words) for words in words_for(what, pictures[0], prompt)]
    made = [each for job in jobs for each in studio.work(job)]
    return [each for each in made if isinstance(each, Picture) and each.index is not None]


def imagining(prompt: str, studio: Studio | None = None) -> Iterator[Step | Picture]:
    """The same, as it happens: a `Step` (progress, preview) after every look, each `Picture` when done."""
    from pathlib import Path

    from sfumato.studio import Picture, Studio

    studio = studio or Studio()
    for job in studio.submit(prompt):
        for made in studio.work(job):
            if not isinstance(made, Path) and not (isinstance(made, Picture) and made.index is None):
                yield made
