"""Studio: the two functions in which all floors meet, in the order of a prompt's way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.language import PromptError, parse
from sfumato.models.family import Family, families
from sfumato.plan import Plan, adjust, drafts, notes
from sfumato.studio.gallery import keep
from sfumato.studio.given import Given
from sfumato.studio.job import Job, Step
from sfumato.studio.picture import Picture
from sfumato.studio.running import Running, Saved, Unfinished
from sfumato.studio.shelf import Open, Shelf

if TYPE_CHECKING:
    import numpy as np

    from sfumato.engine import Progress


class Refused(ValueError):
    """A model cannot make what was asked; the message says why, one sentence a line."""


@dataclass(frozen=True)
class Wishes:
    """What a person asks for beside the prompt.

    given     pictures to read
    negative  what takes the place of no prompt in the guided sum
    knobs     fields of the plan's stages, as `adjust` takes them
    """

    given: tuple[Given, ...] = ()
    negative: str = ""
    knobs: Mapping[str, str] = field(default_factory=dict)

    def fulfil(self, plan: Plan) -> Plan:
        """The plan with the wishes in it. Raises PlanError for a knob that cannot be set so."""
        inputs = tuple(item.input for item in self.given)
        return adjust(plan.model_copy(update={"inputs": inputs, "negative": self.negative}), self.knobs)


PLAIN = Wishes()


@dataclass(frozen=True)
class Studio:
    """Takes prompts, makes pictures, keeps them.

    Attributes:
        folder: where pictures are kept; None keeps none.
        family: the model that draws; the house model where none is named.
        shelf: the open models.
    """

    folder: Path | None = None
    family: Family = field(default_factory=lambda: families()[0])
    shelf: Shelf = field(default_factory=Shelf)

    def submit(self, text: str, wishes: Wishes = PLAIN) -> tuple[Job, ...]:
        """Read a prompt and accept its jobs: one for each permutation and repetition.

        Raises:
            PromptError: the prompt cannot be read.
            PlanError, Refused: the model cannot make it.
            FileNotFoundError: the model's weights are not here.
        """
        reading = parse(text)
        if reading.problems:
            raise PromptError(reading.text, reading.problems)
        defaults = self.family.defaults()
        jobs = []
        for prompt in reading.prompts:
            said = (*reading.notes, *notes(prompt, defaults))
            plans = [wishes.fulfil(plan) for plan in drafts(prompt, defaults)]
            jobs += [accept(plan, self.family, said, wishes.given) for plan in plans]
        return tuple(jobs)

    def work(self, job: Job) -> Iterator[Step | Picture | Path]:
        """Make a job's pictures: steps, then each picture and the grid, each with its path if kept.

        Where pictures are kept, their states are saved on the way: a job that was killed goes on from them.
        """
        if self.folder is None:
            yield from self._work(job, None)
            return
        with Running(self.folder).at_work(job, self.shelf.lease(self.family).by) as saved:
            yield from self._work(job, saved)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """The jobs in this folder that were stopped and that nobody is at work on."""
        return () if self.folder is None else Running(self.folder).unfinished()

    def _work(self, job: Job, saved: Saved | None) -> Iterator[Step | Picture | Path]:
        from sfumato.engine import grid, to_pixels

        held, finished = self.shelf.lease(self.family), ()
        for progress, step in self._rounds(job, held, saved):
            finished = progress.finished or ()
            yield step
        pixels = [to_pixels(picture) for picture in finished]
        pictures = [Picture(own, job.plan, index, job.id, held.by) for index, own in enumerate(pixels)]
        for picture in (*pictures, Picture(grid(pixels), job.plan, None, job.id, held.by)):
            yield picture
            if self.folder is not None:
                yield keep(picture, self.folder)

    def _rounds(self, job: Job, held: Open, saved: Saved | None) -> Iterator[tuple[Progress, Step]]:
        """The engine's rounds; now and then all states are saved."""
        from sfumato.engine import run

        given = {item.input.hash: item.pixels for item in job.given}
        states, started = saved.load() if saved else None, time.perf_counter()
        for progress in run(job.plan, held.model, given, states, held.batcher):
            if saved:
                saved.save_if_due(progress.states)
            yield progress, step_of(job, progress, time.perf_counter() - started)


def accept(plan: Plan, chosen: Family, said: tuple[str, ...] = (), given: tuple[Given, ...] = ()) -> Job:
    """The plan as a job. Raises Refused when the family cannot make it."""
    if refusals := chosen.check(plan):
        raise Refused("\n".join(refusals))
    return Job(plan, tuple(dict.fromkeys((*said, *chosen.notes(plan)))), given)


def step_of(job: Job, progress: Progress, seconds: float) -> Step:
    """A round of the engine, as a face shows it."""
    left = seconds / progress.done * (progress.total - progress.done) if progress.done else None
    return Step(job, progress.done, progress.total, left, lambda: _preview(progress))


def _preview(progress: Progress) -> np.ndarray | None:
    from sfumato.engine import grid, to_pixels

    shown = [draw for draw in progress.previews if draw is not None]
    if len(shown) < len(progress.previews):
        return None
    pixels = [to_pixels(draw()) for draw in shown]
    return grid(pixels) if len({own.shape for own in pixels}) == 1 else None
