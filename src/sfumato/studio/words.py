"""The words inside a picture, as the prompt of an edit of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sfumato.language import Prompt, PromptError, Reading, parse
from sfumato.plan import Blend, Edit, Upscale
from sfumato.studio.gallery import read_kept
from sfumato.studio.imports import read_found, words_of


def words_in(path: Path) -> Prompt:
    """What a kept picture was made from, without what was said of that one job: shape, seed, repetition.

    A picture of another program has its words, where our language can read them.

    Raises FileNotFoundError when there is no such file, ValueError when it carries no words or is a grid.
    """
    try:
        kept = read_kept(path)
    except ValueError:
        if (prompt := _of_others(path)) is None:
            raise
        return _without_job(prompt)
    if kept.index is None:
        raise ValueError(f"{path} is a grid of pictures: choose one of them.")
    if not kept.plan.prompt:
        raise ValueError(f"{path} was made without words: say what is to be seen.")
    return _without_job(words(kept.plan.prompt)[0])


def _without_job(prompt: Prompt) -> Prompt:
    plain = replace(prompt.parameters, aspect=None, seed=None, sameseed=None, repeat=None)
    return replace(prompt, parameters=plain)


def _of_others(path: Path) -> Prompt | None:
    found = read_found(path)
    return None if found is None else words_of(found.prompt)


def words_for(edit: Edit, picture: Path, text: str | None) -> tuple[Prompt, ...]:
    """What an edit is to show: this text, else the picture's own. Raises as `words` and `words_in`.

    A blend has none, and a larger picture needs none.
    """
    if text is not None:
        return words(text)
    if isinstance(edit, Blend):
        return (Prompt(),)
    try:
        return (words_in(picture),)
    except ValueError:
        if isinstance(edit, Upscale):
            return (Prompt(),)
        raise


def words(text: str) -> tuple[Prompt, ...]:
    """A text as prompts, one for each permutation. Raises PromptError."""
    return read_words(text).prompts


def read_words(text: str) -> Reading:
    """A text as it was read, with what is to be said of that. Raises PromptError."""
    reading = parse(text)
    if reading.problems:
        raise PromptError(reading.text, reading.problems)
    return reading
