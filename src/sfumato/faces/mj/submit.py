"""/mj/submit: what is asked for becomes a task."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from sfumato.faces.mj import doing, forms
from sfumato.faces.mj.buttons import READ, WAITING, Pressed, edit_of, pressed
from sfumato.faces.mj.caller import Making
from sfumato.faces.mj.errors import EXISTS, IN_QUEUE, SUBMITTED, said
from sfumato.faces.mj.hooks import Hook, check_hook, wait_for
from sfumato.faces.mj.kept import Record, Records
from sfumato.faces.mj.queries import base_of, picture_at
from sfumato.faces.mj.tasks import described_as, picture_is_there
from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import read_form, read_json
from sfumato.faces.openai.seen import from_text
from sfumato.faces.sdapi.extras import words_of
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import Terms
from sfumato.faces.web.jobs import accepted
from sfumato.faces.web.server import Here, Server
from sfumato.studio import Job
from sfumato.studio.store import Person

router = APIRouter(prefix="/submit")

SIMPLE = re.compile(r"\s*([0-9a-f-]{36})\s+([UV])([1-9])\s*|\s*([0-9a-f-]{36})\s+R\s*", re.A | re.I)
LETTERS = (("U", "UPSCALE"), ("V", "VARIATION"))
NAMES = (("UPSCALE", "JOB::upsample"), ("VARIATION", "JOB::variation"), ("REROLL", "JOB::reroll"))

Answer = dict[str, Any]
Form = TypeVar("Form", bound=forms.Asked)


@dataclass(frozen=True)
class Visit:
    """One submission: who asks what of whom."""

    request: Request
    server: Server
    me: Person
    body: dict[str, Any]

    @property
    def records(self) -> Records:
        """What this person has submitted."""
        return Records.of(self.server, self.me)

    def read(self, kind: type[Form]) -> Form:
        """The body as a form. Raises Wrong."""
        asked = read_form(kind, self.body)
        if address := asked.notifyHook.strip():
            check_hook(self.server, address)
        return asked

    def keep(self, record: Record) -> Record:
        """Keep what is to be told of a task, and tell whom its submission names."""
        kept = self.records.put(record)  # before its hook, which looks it up
        if address := (self.body.get("notifyHook") or "").strip():
            hook = Hook(task=record.id, owner=self.me.id, address=address, base=base_of(self.request))
            wait_for(self.server, hook)
        return kept

    def begun(self, record: Record, make: Callable[[], Sequence[Job]]) -> Answer:
        """Keep the jobs and what is to be told of them. Raises Refusal."""
        before = len(self.server.store.jobs.listed(self.me.id, owner=self.me.id, status="queued"))
        jobs = accepted(self.request, self.server, self.me, Terms(), None, make).jobs
        names = [job.id for job in jobs]
        if record.waits:
            names[0] = record.id
        for name, job in zip(names, jobs, strict=True):
            self.keep(record.model_copy(update={"id": name, "job": job.id, "waits": ""}))
        more: dict[str, Any] = {"taskIds": names} if len(names) > 1 else {}
        if before:
            told = f"In queue, there are {before} tasks ahead"
            return said(IN_QUEUE, told, names[0], numberOfQueues=before, **more)
        return said(SUBMITTED, "Submit success", names[0], **more)


async def visit_of(request: Request, server: Here, me: Making) -> Visit:
    """The submission of a request. Raises Wrong, Refusal."""
    return Visit(request, server, me, await read_json(request))


Asking = Annotated[Visit, Depends(visit_of)]


@router.post("/imagine", response_model=None)
def imagine(visit: Asking) -> Answer:
    """Pictures of a prompt."""
    asked = visit.read(forms.Imagine)
    record = Record(action="IMAGINE", prompt=asked.prompt, state=asked.state)
    return visit.begun(record, lambda: doing.of_words(visit.server, asked.prompt, asked.pictures))


@router.post("/action", response_model=None)
def action(visit: Asking) -> Answer:
    """A button was pressed."""
    asked = visit.read(forms.Act)
    if found := READ.fullmatch(asked.customId):
        return _of_words(visit, asked, int(found[1]))
    button = pressed(asked.customId)
    if button is None:
        raise Wrong("customId", "There is no such button: take the customId of one of the task's buttons.")
    return _pressed(visit, button, asked.state)


def _pressed(visit: Visit, button: Pressed, state: str) -> Answer:
    custom = f"MJ::{button.name}::{button.index}::{button.job}"
    record = Record(action=_action(button.name), state=state, custom=custom)
    if button.name == "JOB::reroll":
        return visit.begun(record, lambda: doing.again(visit.server, visit.me, button.job))
    record = record.model_copy(update={"prompt": picture_is_there(visit.server, visit.me, button)})
    if button.name in WAITING:
        kept = visit.keep(record.model_copy(update={"waits": custom}))
        return said(EXISTS, "Waiting for window confirm", kept.id, finalPrompt=kept.prompt, remix=True)
    if button.name == "JOB::upsample":
        return _alone(visit, record, button)
    if button.name == "BOOKMARK":
        visit.server.store.pictures.like([button.picture], visit.me.id)
        return _alone(visit, record, button)
    edit = edit_of(button.name)
    if edit is None:
        raise Wrong("customId", f"There is no button {button.name[:40]!r} here.")
    return visit.begun(record, lambda: doing.of_edit(visit.server, visit.me, edit, button))


def _alone(visit: Visit, record: Record, button: Pressed) -> Answer:
    """One picture of a grid by itself: it is there already."""
    before = next((own for own in visit.records.newest() if own.picture == button.picture), None)
    if before is not None:
        return said(EXISTS, "The task exists", before.id, status="SUCCESS")
    kept = visit.keep(record.model_copy(update={"picture": button.picture}))
    return said(SUBMITTED, "Submit success", kept.id)


def _of_words(visit: Visit, asked: forms.Act, place: int) -> Answer:
    described = visit.records.get(asked.taskId) if asked.taskId else None
    if described is None or place > len(described.words):
        raise Wrong("taskId", "Name the task that described a picture, and one of its texts.")
    text = described.words[place - 1]
    record = Record(action="IMAGINE", prompt=text, state=asked.state, custom=asked.customId)
    return visit.begun(record, lambda: doing.of_words(visit.server, text))


@router.post("/change", response_model=None)
def change(visit: Asking) -> Answer:
    """A button of a grid, by its place."""
    return _changed(visit, visit.read(forms.Change))


@router.post("/simple-change", response_model=None)
def simple_change(visit: Asking) -> Answer:
    """The same, written as `<task> U1`, `V1` or `R`."""
    asked = visit.read(forms.Simple)
    found = SIMPLE.fullmatch(asked.content)
    if not found:
        raise Wrong("content", "Write the task's id, a blank, and U1, V1 or R.")
    action = dict(LETTERS).get((found[2] or "").upper(), "REROLL")
    own = {"taskId": (found[1] or found[4]).lower(), "action": action, "index": found[3]}
    return _changed(visit, read_form(forms.Change, {**own, "state": asked.state}))


def _changed(visit: Visit, asked: forms.Change) -> Answer:
    if asked.action != "REROLL" and asked.index is None:
        raise Wrong("index", "Say which picture, from 1.")
    record = visit.records.get(asked.taskId)
    job = record.job if record and record.job else asked.taskId
    visit.server.store.jobs.get(job, visit.me.id)
    name = dict(NAMES)[asked.action]
    return _pressed(visit, Pressed(name, job, asked.index or 0), asked.state)


@router.post("/blend", response_model=None)
def blend(visit: Asking) -> Answer:
    """One picture out of several."""
    asked = visit.read(forms.Blend)
    record = Record(action="BLEND", state=asked.state)
    return visit.begun(record, lambda: doing.of_pictures(visit.server, asked.base64Array, asked.dimensions))


@router.post("/describe", response_model=None)
async def describe(visit: Asking) -> Answer:
    """A picture in words."""
    asked = visit.read(forms.Describe)
    if asked.base64:
        picture = from_text(asked.base64, "base64")
    else:
        picture = await run_in_threadpool(picture_at, visit.server, visit.me, asked.link, "link")
    words = await run_in_threadpool(words_of, picture)
    record = Record(action="DESCRIBE", prompt=described_as(words), state=asked.state, words=words)
    kept = await run_in_threadpool(visit.keep, record)
    return said(SUBMITTED, "Submit success", kept.id)


@router.post("/edit", response_model=None)
@router.post("/edits", response_model=None)
def edits(visit: Asking) -> Answer:
    """A picture painted again by words."""
    asked = visit.read(forms.Edits)
    picture = picture_at(visit.server, visit.me, asked.image, "image")
    record = Record(action="EDIT", prompt=asked.prompt, state=asked.state)
    return visit.begun(record, lambda: doing.of_picture(visit.server, asked.prompt, picture))


@router.post("/modal", response_model=None)
def modal(visit: Asking) -> Answer:
    """What a button asked for that waited: other words, a factor, a mask."""
    asked = visit.read(forms.Modal)
    record = visit.records.get(asked.taskId)
    button = pressed(record.waits) if record else None
    if record is not None and not (record.waits or asked.prompt or asked.maskBase64):
        return said(SUBMITTED, "Submit success", record.id)  # clients confirm whatever is answered with 21
    if record is None or button is None:
        raise Wrong("taskId", "This task waits for nothing.")
    record = record.model_copy(update={"prompt": asked.prompt or record.prompt})
    if button.name == "CustomZoom":
        return visit.begun(record, lambda: doing.of_zoom(visit.server, visit.me, button, asked.prompt))
    mask = asked.maskBase64
    if mask is None:
        raise Wrong("maskBase64", "Send a mask: white, or transparent, where the picture is painted anew.")
    return visit.begun(record, lambda: doing.of_region(visit.server, visit.me, button, mask, asked.prompt))


@router.post("/shorten", response_model=None)
def shorten(visit: Asking) -> Answer:
    """Not here."""
    visit.read(forms.Imagine)
    raise Refusal("invalid", "Prompts are not shortened here: every word counts. Take words out yourself.")


def _action(name: str) -> str:
    last = name.rpartition("::")[2]
    of = {"upsample": "UPSCALE", "reroll": "REROLL", "Inpaint": "INPAINT", "CustomZoom": "CUSTOM_ZOOM"}
    kinds = (("upsample", "UPSCALE"), ("pan", "PAN"), ("variation", "VARIATION"), ("BOOKMARK", "BOOKMARK"))
    return of.get(last) or next((kind for part, kind in kinds if part in last), "OUTPAINT")
