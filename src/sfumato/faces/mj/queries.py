"""/mj/task and /mj/image: how far tasks are, and what they show."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from sfumato.faces.mj.caller import Caller, Making, caller
from sfumato.faces.mj.errors import SUBMITTED, said
from sfumato.faces.mj.forms import Several
from sfumato.faces.mj.kept import Records
from sfumato.faces.mj.tasks import PURPOSE, Task, task_of
from sfumato.faces.openai.forms import read_form, read_json
from sfumato.faces.openai.seen import Raw, from_text
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.grids import grid_of
from sfumato.faces.web.sealed import unsealed
from sfumato.faces.web.server import Here, Server
from sfumato.faces.web.shown import media_of
from sfumato.studio.store import NotThere, Person

router = APIRouter()

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.A)
PICTURE = re.compile(rf"{ID.pattern}-\d{{1,2}}", re.A)
OWN = re.compile(r"^https?://[^/]{1,300}/mj/image/signed-([A-Za-z0-9_-]+)\.png$", re.A)
PAGE = 50
OPEN = ("running", "queued")


def base_of(request: Request) -> str:
    """The address of this server as the person reached it."""
    return f"{request.base_url.scheme}://{request.base_url.netloc}"


@router.get("/task/list", response_model=None)
def listed(request: Request, server: Here, me: Caller) -> list[Task]:
    """The last tasks of this person, the newest first."""
    records = Records.of(server, me).newest()[:PAGE]
    known = {own.job for own in records}
    jobs = server.store.jobs.listed(me.id, owner=me.id, limit=PAGE)
    names = [own.id for own in records] + [row.id for row in jobs if row.id not in known]
    tasks = _found(base_of(request), server, me, names)
    return sorted(tasks, key=lambda own: own["submitTime"], reverse=True)


@router.get("/task/queue", response_model=None)
def queue(request: Request, server: Here, me: Caller) -> list[Task]:
    """Those that are not finished, the oldest first."""
    waiting = {own["id"]: own for own in reversed(listed(request, server, me))}
    return [own for own in waiting.values() if own["status"] in ("SUBMITTED", "IN_PROGRESS")]


@router.post("/task/list-by-condition", response_model=None)
@router.post("/task/list-by-ids", response_model=None)
async def several(request: Request, server: Here, me: Caller) -> list[Task]:
    """Those of these ids; what is not there is left out."""
    asked = read_form(Several, await read_json(request))
    return _found(base_of(request), server, me, [str(own) for own in asked.ids])


@router.get("/task/{name}/fetch", response_model=None)
def fetch(name: str, request: Request, server: Here, me: Caller) -> Task:
    """One task."""
    return task_of(base_of(request), server, me, _checked(name))


@router.post("/task/{name}/cancel", response_model=None)
def cancel(name: str, server: Here, me: Making) -> Task:
    """Stop a task."""
    server.store.jobs.cancel(_job(server, me, name), me.id, "It was cancelled.")
    server.wake()
    return said(SUBMITTED, "Task cancelled", name)


@router.get("/task/{name}/image-seed", response_model=None)
@router.get("/image-seed/{name}", response_model=None)
def seed(name: str, server: Here, me: Caller) -> Task:
    """The number of a task's seed, as text."""
    row = server.store.jobs.get(_job(server, me, name), me.id)
    return said(SUBMITTED, "Success", str(row.plan.seeds[0].number))


@router.get("/image/{name}", response_model=None)
def image(name: str, request: Request, server: Here) -> Response:
    """A grid, as it forms or whole, or a picture: by a signed address, or with a key."""
    if name.startswith("signed-"):
        return _signed(server, name.removeprefix("signed-").rpartition(".")[0])
    headers = request.headers
    me = caller(request, server, headers.get("mj-api-secret"), headers.get("authorization"))
    plain = name.removesuffix(".png")
    if PICTURE.fullmatch(plain):
        return _shown(server, me, plain)
    record = Records.of(server, me).get(_checked(plain))
    return _shown(server, me, (record.job or record.picture or plain) if record else plain)


def _signed(server: Server, token: str) -> Response:
    name, until, _version = json.loads(unsealed(server, PURPOSE, token))
    if until < time.time():
        raise Refusal("not_found", "This address has expired: fetch the task again.")
    owner = (
        server.store.pictures.get(name).owner
        if PICTURE.fullmatch(name)
        else server.store.jobs.get(name).owner
    )
    return _shown(server, server.store.people.get(owner), name)


def picture_at(server: Server, me: Person, address: str, field: str) -> Raw:
    """A picture that a submission names: in base64, at an address of a task, or at one of another site.

    Raises Wrong, Refusal, NotThere.
    """
    if found := OWN.search(address[:4000]):
        name = json.loads(unsealed(server, PURPOSE, found[1]))[0]
        shown = _shown(server, me, name)
        return Raw(
            field, Path(shown.path).read_bytes() if isinstance(shown, FileResponse) else bytes(shown.body)
        )
    return from_text(address, field, server.fetch)


def _shown(server: Server, me: Person, name: str) -> Response:
    if PICTURE.fullmatch(name):
        row = server.store.pictures.get(name, me.id)
        path = server.store.gallery / row.path
        if row.trashed is not None or not path.is_file():
            raise Refusal("not_found", "The file of this picture is not there any more.")
        return FileResponse(path, media_type="image/png")
    row = server.store.jobs.get(name, me.id)
    if row.status != "done" and row.preview is not None:
        return Response(row.preview, media_type=media_of(row.preview))
    return grid_of(server, me, row, None, None)


def _job(server: Server, me: Person, name: str) -> str:
    record = Records.of(server, me).get(_checked(name))
    return record.job or name if record else name


def _checked(name: str) -> str:
    """An id that is one: it names files. Raises NotThere."""
    if not ID.fullmatch(name):
        raise NotThere("There is no such task.")
    return name


def _found(base: str, server: Server, me: Person, names: list[str]) -> list[Task]:
    tasks = []
    for name in names:
        try:
            tasks.append(task_of(base, server, me, _checked(name)))
        except NotThere:
            continue
    return tasks
