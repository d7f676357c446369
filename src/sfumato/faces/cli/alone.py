"""Pictures made in this process, where no server is asked; and what was stopped on the way."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from sfumato.faces.cli.make import make
from sfumato.faces.cli.making import Edits, Imagine, Way
from sfumato.faces.cli.shelf import collection
from sfumato.faces.cli.wishes import there, typed
from sfumato.faces.settings import load, sign_of
from sfumato.faces.shelving import shelf_of
from sfumato.faces.work import Step, Task
from sfumato.language import Prompt
from sfumato.models.family import Family, families
from sfumato.plan import Edit
from sfumato.plan.plan import faults
from sfumato.studio import (
    Job,
    Models,
    Picture,
    Refused,
    Running,
    Shelf,
    Studio,
    give,
    read_kept,
    words_for,
)
from sfumato.studio.policy import read_policy
from sfumato.studio.safety import screen_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Here:
    """Jobs, each with the studio that makes it. It is what `make` works through."""

    work_of: Sequence[tuple[Studio, Job]]

    def __len__(self) -> int:
        return len(self.work_of)

    def tasks(self) -> Iterator[Task]:
        """Each job; shipped models open at once."""
        for studio, job in self.work_of:
            family = studio.maker(job.plan)
            is_open = studio.shelf.holds(family) or family in families()
            opens = "" if is_open else family.summary
            yield Task(job.id, json.loads(job.plan.to_json()), job.notes, opens)

    def work(self, task: Task) -> Iterator[Step | Path]:
        """See Studio.work."""
        studio, job = next((studio, own) for studio, own in self.work_of if own.id == task.id)
        for made in studio.work(job):
            if isinstance(made, Path):
                yield made
            elif not isinstance(made, Picture):
                yield Step(made.done, made.total, made.seconds_left, made.preview)

    def stop(self) -> str:
        """Their states are saved."""
        return "Stopped: finished pictures are kept; `sfumato resume` goes on."

    def close(self) -> None:
        """Give the memory of the models back."""
        for studio, _ in self.work_of:
            studio.shelf.close()


def alone(asked: Imagine | Edits, way: Way) -> Here:
    """The jobs of what is asked. Raises as Studio.submit and Studio.edit do."""
    settings = load()
    policy = read_policy(settings.policy or "", "off")
    sign = sign_of(settings)
    read = partial(read_image, settings.fetch)
    shelf = shelf_of(settings, way.deterministic)
    known = Models(collection(), settings.model, settings.upscaler)
    screen = screen_of(policy, known.checkers())
    if isinstance(asked, Imagine):
        who = None if way.models else known
        studio = Studio(way.output, known.family(way.models), shelf, who, policy, read, sign, screen)
        said = typed(asked.pictures, way.negative, way.knobs, asked.then, asked.regions)
        return Here([(studio, job) for job in studio.submit(asked.prompt, said.wishes())])
    sources = [give("start", there(path)) for path in asked.pictures]
    edit = read_edit(asked)
    chosen = (
        known.family(way.models) if way.models else known.editor(edit) or _maker(asked.pictures[0], known)
    )
    studio = Studio(way.output, chosen, shelf, None, policy, read, sign, screen)
    said = typed((), way.negative, way.knobs).wishes()
    return Here([(studio, studio.edit(edit, sources, words, said)) for words in _prompts(edit, asked)])


def read_image(fetches: bool, address: str) -> np.ndarray:
    """The picture of an image prompt, uint8 (H, W, 3): a file or, where it fetches, one of another site.

    Raises ValueError, FileNotFoundError.
    """
    from sfumato.faces.web.errors import Refusal  # brings the web, which few prompts need
    from sfumato.faces.web.fetching import Fetcher
    from sfumato.faces.web.pictured import reader

    try:
        return reader(Fetcher().fetch if fetches else None, files=True)(address)
    except Refusal as refusal:
        raise ValueError(f"{address}: {refusal.message}") from None


def read_edit(asked: Edits) -> Edit:
    """The edit of its kind. Raises ValueError for fields that cannot be."""
    try:
        return TypeAdapter(Edit).validate_python(asked.edit)
    except ValidationError as error:
        raise ValueError(f"This edit cannot be: {faults(error)}.") from None


def _prompts(edit: Edit, asked: Edits) -> tuple[Prompt, ...]:
    try:
        return words_for(edit, asked.pictures[0], asked.words)
    except ValueError as error:
        if asked.words is not None:
            raise
        raise ValueError(f"{error} Then say what is to be seen, after the picture's name.") from None


def _maker(picture: Path, known: Models) -> Family:
    """The model that made a picture, where it is here; else the one of the settings."""
    try:
        return known.maker(read_kept(picture).plan) or known.family(())
    except ValueError:
        return known.family(())


def resume_command(output: Path, as_json: bool, models: Sequence[str]) -> int:
    """Finish what was stopped in a folder; see the command's help. Returns and prints as `make_command`.

    Raises Refused when a job was made with another model than these.
    """
    settings = load()
    known, sign = Models(collection(), settings.model), sign_of(settings)
    screen = screen_of(read_policy(settings.policy or "", "off"), known.checkers())
    stopped = Running(output).unfinished()
    if not stopped:
        print(f"Nothing was stopped in {output}.", file=sys.stderr)
    shelves: dict[tuple[str, str], Shelf] = {}
    work = []
    for job, device, dtype in stopped:
        family = known.family(models) if models else known.maker(job.plan) or known.family(())
        if refusals := family.check(job.plan):
            raise Refused(f"“{job.plan.prompt}” was stopped: name its model. {' '.join(refusals)}")
        own = replace(settings, device=device, dtype=dtype)
        shelf = shelves.setdefault((device, dtype), shelf_of(own))
        work.append((Studio(output, family, shelf, sign=sign, screen=screen), job))
    return make(Here(work), as_json)


def forget_command(output: Path) -> int:
    """Give up what was stopped in a folder; finished pictures stay."""
    running = Running(output)
    for job, _, _ in running.unfinished():
        running.forget(job)
        print(f"forgotten: {job.plan.prompt}", file=sys.stderr)
    return 0
