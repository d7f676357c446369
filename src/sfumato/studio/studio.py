"""Studio: the two functions in which all floors meet, in the order of a prompt's way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.language import Prompt
from sfumato.models.family import Family, families
from sfumato.plan import (
    Asked,
    Blend,
    Edit,
    Plan,
    Source,
    adjust,
    drafts,
    keeping,
    notes,
    styled,
    switched,
    with_region,
)
from sfumato.studio.collection.models import Models, Painter, named_alone
from sfumato.studio.gallery import Sign, keep
from sfumato.studio.given import Given, given
from sfumato.studio.job import Job, Step
from sfumato.studio.picture import Picture, grid
from sfumato.studio.policy import Policy, own_policy
from sfumato.studio.refused import Refused
from sfumato.studio.running import Running, Saved, Unfinished
from sfumato.studio.safety import Screen, let_pass
from sfumato.studio.shelf import Open, Shelf
from sfumato.studio.words import read_words

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from sfumato.engine import Progress


@dataclass(frozen=True)
class Wishes:
    """What a person asks for beside the prompt.

    given     pictures to read
    negative  what takes the place of no prompt in the guided sum
    knobs     fields of the plan's stages, as `adjust` takes them
    then      (part of the run, text): from there on this text in place of the one before
    regions   what is to be seen where: each picture is a mask, its weight that of the text
    """

    given: tuple[Given, ...] = ()
    negative: str = ""
    knobs: Mapping[str, str] = field(default_factory=dict)
    then: tuple[tuple[float, str], ...] = ()
    regions: tuple[tuple[Given, str], ...] = ()

    @property
    def pictures(self) -> tuple[Given, ...]:
        """All that are read."""
        return (*self.given, *(mask for mask, _ in self.regions))

    def fulfil(self, plan: Plan) -> Plan:
        """The plan with the wishes in it. Raises PlanError for what cannot be."""
        given = tuple(item.input for item in self.given)
        changed = plan.model_copy(update={"inputs": (*plan.inputs, *given), "negative": self.negative})
        plan = Plan.from_json(changed.to_json())
        for moment, text in self.then:
            plan = switched(plan, moment, text)
        for mask, text in self.regions:
            plan = with_region(plan, mask.input, text)
        return adjust(keeping(plan), self.knobs)


PLAIN = Wishes()
MOST_IMAGES = 16  # of one prompt
NO_WORDS = Prompt()


@dataclass(frozen=True)
class Studio:
    """Takes prompts, makes pictures, keeps them.

    Attributes:
        folder: where pictures are kept; None keeps none.
        family: the model that draws; the house model where none is named.
        shelf: the open models.
        models: who paints where a prompt names a version or a style; None leaves all to `family`.
        policy: what prompts may not ask for; on a person's own machine what nobody may.
        read: the picture at an address of an image prompt, uint8 (H, W, 3), read when the job is accepted;
            None reads none.
        sign: what signs the files of pictures; None leaves them unsigned.
        screen: says of a finished picture why it is withheld; None withholds nothing (see safety.py).
    """

    folder: Path | None = None
    family: Family = field(default_factory=lambda: families()[0])
    shelf: Shelf = field(default_factory=Shelf)
    models: Models | None = None
    policy: Policy = field(default_factory=own_policy, repr=False)
    read: Callable[[str], np.ndarray] | None = None
    sign: Sign | None = field(default=None, repr=False)
    screen: Screen | None = field(default=None, repr=False)

    def submit(self, text: str, wishes: Wishes = PLAIN) -> tuple[Job, ...]:
        """Read a prompt and accept its jobs: one for each permutation and repetition.

        Raises:
            PromptError: the prompt cannot be read.
            PlanError, Refused: the model cannot make it.
            RefusedPrompt: the policy refuses it.
            FileNotFoundError: the model's weights are not here.
        """
        reading = read_words(text)
        once = self if self.read is None else replace(self, read=cache(self.read))
        return tuple(job for prompt in reading.prompts for job in once.imagine(prompt, wishes, reading.notes))

    def imagine(self, prompt: Prompt, wishes: Wishes = PLAIN, said: tuple[str, ...] = ()) -> tuple[Job, ...]:
        """Accept the jobs of one prompt that was read: one for each repetition.

        said  what is to be noted of how it was read

        Raises PlanError, Refused, FileNotFoundError as `submit`.
        """
        painter = self.painter(prompt)
        defaults = painter.family.defaults()
        for plan in (plans := drafts(prompt, defaults)):  # before anything is read from elsewhere
            self.policy.check(plan)
        wishes, unread = self._with_images(prompt, wishes, painter.family)
        told = (*said, *painter.notes, *notes(prompt, defaults), *unread)
        whole = [wishes.fulfil(styled(plan, painter.words)) for plan in plans]
        return tuple(self._accepted(plan, painter.family, told, wishes.pictures) for plan in whole)

    def painter(self, prompt: Prompt) -> Painter:
        """Who paints this prompt."""
        return (
            named_alone(prompt, self.family)
            if self.models is None
            else self.models.painter(prompt, self.family)
        )

    def maker(self, plan: Plan) -> Family:
        """Who makes this plan: `family`, or one of `models`. Raises Refused."""
        if self.models is None or (self.family.name == plan.family and not self.family.check(plan)):
            return self.family
        found = self.models.maker(plan)
        refuse(plan, found or self.family)
        return found or self.family

    def edit(
        self, edit: Edit, sources: Sequence[Given], prompt: Prompt = NO_WORDS, wishes: Wishes = PLAIN
    ) -> Job:
        """Accept an edit of pictures.

        sources  what is edited, as the edit takes it; their roles and weights do not matter
        prompt   what is to be seen; without an aspect the first picture's is taken

        Raises PlanError, Refused, FileNotFoundError as `submit`.
        """
        defaults = self.family.defaults()
        sizes = [Source(own.input.hash, own.pixels.shape[2], own.pixels.shape[1]) for own in sources]
        plan = wishes.fulfil(edit.plan(Asked(prompt, defaults, sizes, self.family.accepts)))
        said = (*notes(prompt, defaults), *_of_blend(edit, self.family))
        roles = {item.hash: item for item in plan.inputs}
        read = tuple(Given(roles[own.input.hash], own.pixels) for own in sources)
        if prompt.images:
            said = (*said, "An edit reads no image prompts: it paints as if they were not there.")
        return self._accepted(plan, self.family, said, (*read, *wishes.pictures))

    def _accepted(self, plan: Plan, family: Family, said: tuple[str, ...], given: tuple[Given, ...]) -> Job:
        self.policy.check(plan)
        return accept(plan, family, said, given)

    def _with_images(self, prompt: Prompt, wishes: Wishes, family: Family) -> tuple[Wishes, tuple[str, ...]]:
        """The wishes with the image prompts as references, or why these are not read."""
        if not prompt.images:
            return wishes, ()
        if self.read is None or "reference" not in family.accepts:
            return wishes, (f"{family.name} reads no image prompts: it paints as if they were not there.",)
        if len(prompt.images) > MOST_IMAGES:
            raise Refused(f"A prompt has at most {MOST_IMAGES} image prompts.")
        whole = 1.0 if prompt.parameters.iw is None else prompt.parameters.iw
        shares = [whole * (1.0 if own.weight is None else own.weight) for own in prompt.images]
        shown = [
            given("reference", self.read(own.url), w) for own, w in zip(prompt.images, shares, strict=True)
        ]
        return replace(wishes, given=(*shown, *wishes.given)), ()

    def work(self, job: Job) -> Iterator[Step | Picture | Path]:
        """Make a job's pictures: steps, then each picture and their grid, each with its path if kept.

        Where pictures are kept, their states are saved on the way: a job that was killed goes on from them.
        Raises Withheld where one may not be shown.
        """
        if self.folder is None:
            yield from self._work(job, None)
            return
        with Running(self.folder).at_work(job, self.shelf.lease(self.maker(job.plan)).by) as saved:
            yield from self._work(job, saved)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """The jobs in this folder that were stopped and that nobody is at work on."""
        return () if self.folder is None else Running(self.folder).unfinished()

    def _work(self, job: Job, saved: Saved | None) -> Iterator[Step | Picture | Path]:
        held, landed = self.shelf.lease(self.maker(job.plan)), ()
        for progress, step in self._rounds(job, held, saved):
            landed = progress.finished or ()
            yield step
        pictures = pictures_of(job, landed, held)
        let_pass(pictures, self.screen)
        if len(pictures) > 1:
            whole = grid([picture.pixels for picture in pictures])
            pictures.append(Picture(whole, job.plan, None, job.id, held.by))
        for picture in pictures:
            yield picture
            if self.folder is not None:
                yield keep(picture, self.folder, self.sign)

    def _rounds(self, job: Job, held: Open, saved: Saved | None) -> Iterator[tuple[Progress, Step]]:
        """The engine's rounds; now and then all states are saved."""
        from sfumato.engine import run

        states, started = saved.load() if saved else None, time.perf_counter()
        for progress in run(job.plan, held.model, job.pixels, states, held.batcher):
            if saved:
                saved.save_if_due(progress.states)
            yield progress, step_of(job, progress, time.perf_counter() - started)


def refuse(plan: Plan, chosen: Family) -> None:
    """Raises Refused when the family cannot make the plan here: weights are missing, or it is not able to."""
    if missing := chosen.missing():
        raise Refused(f"The weights {', '.join(path.name for path in missing)} are not on this machine.")
    if refusals := chosen.check(plan):
        raise Refused("\n".join(refusals))


def accept(plan: Plan, chosen: Family, said: tuple[str, ...] = (), given: tuple[Given, ...] = ()) -> Job:
    """The plan as a job. Raises Refused when the family cannot make it."""
    if refusals := chosen.check(plan):
        raise Refused("\n".join(refusals))
    return Job(plan, tuple(dict.fromkeys((*said, *chosen.notes(plan)))), given)


def _of_blend(edit: Edit, chosen: Family) -> tuple[str, ...]:
    if not isinstance(edit, Blend) or "reference" in chosen.accepts:
        return ()
    return (f"{chosen.name} does not read pictures as words: it begins from the mean of these.",)


def pictures_of(job: Job, landed: Sequence[Tensor], held: Open) -> list[Picture]:
    """What a job's landed pictures, (3, H, W) in about [-1, 1], become by the last steps of its plan."""
    from sfumato.engine import finished, to_pixels

    pixels = [finished(to_pixels(picture), job.plan, job.pixels) for picture in landed]
    return [Picture(own, job.plan, index, job.id, held.by) for index, own in enumerate(pixels)]


def step_of(job: Job, progress: Progress, seconds: float) -> Step:
    """A round of the engine, as a face shows it."""
    left = seconds / progress.done * (progress.total - progress.done) if progress.done else None
    return Step(job, progress.done, progress.total, left, lambda: preview_of(progress, job))


def preview_of(progress: Progress, job: Job) -> np.ndarray | None:
    """The grid as it is believed now, uint8 (H, W, 3); None while there is nothing to see."""
    from sfumato.engine import finished, to_pixels

    shown = [draw for draw in progress.previews if draw is not None]
    if len(shown) < len(progress.previews):
        return None
    pixels = [to_pixels(draw()) for draw in shown]
    if {own.shape[:2] for own in pixels} == {(job.plan.height, job.plan.width)}:
        pixels = [finished(own, job.plan, job.pixels) for own in pixels]
    return grid(pixels) if len({own.shape for own in pixels}) == 1 else None
