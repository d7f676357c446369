"""Jobs: asked for, listed, stopped and tried again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import JobsAsked, Short, Terms
from sfumato.faces.web.grids import grid_of
from sfumato.faces.web.server import Here, Maker, Me, Server, theirs
from sfumato.faces.web.shown import JobShown, JobWhole, Status, media_of
from sfumato.faces.web.sources import given_of
from sfumato.language import parse
from sfumato.plan import random_seed
from sfumato.studio import Job, Wishes
from sfumato.studio.batch import fewer
from sfumato.studio.store import Conflict, JobRow, NotThere, Person

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="the sender's own name for this request: sent again it gives the same jobs",
    ),
]
MOST = 500  # jobs of one request


class Jobs(BaseModel):
    """Some jobs, and the number of the last change of all before they were read: follow on from there."""

    jobs: list[JobShown]
    rev: int = Field(description="for GET /api/events?since=")


@router.post("", status_code=201, summary="Make pictures of a prompt")
def ask(asked: JobsAsked, request: Request, server: Here, me: Maker, key: Key = None) -> Jobs:
    """Accept a job for each permutation and repetition of the prompt, all of them or none."""

    return accepted(request, server, me, asked, key, lambda: drafted(asked, server, me))


def drafted(asked: JobsAsked, server: Server, me: Person) -> list[Job]:
    """The jobs of a prompt, not accepted yet. Raises as Studio.submit, and Refusal."""
    jobs = server.drawing(asked.model).submit(asked.prompt, _wishes(asked, server, me))
    return [fewer(job, asked.count) for job in jobs]


def _wishes(asked: JobsAsked, server: Server, me: Person) -> Wishes:
    return Wishes(
        tuple(given_of(server, me, own, own.role, own.weight) for own in asked.pictures),
        asked.negative,
        asked.turned,
        tuple((own.at, own.text) for own in asked.then),
        tuple((given_of(server, me, own, "region", own.weight), own.text) for own in asked.regions),
    )


def accepted(
    request: Request,
    server: Server,
    me: Person,
    asked: Terms,
    key: str | None,
    make: Callable[[], Sequence[Job]],
) -> Jobs:
    """Keep the jobs that `make` gives, or find those that the same request with this key gave before.

    Raises Refusal when the key names another request, the person may not, or a quota is used up; NotThere for
    a board that is not theirs.
    """
    if asked.priority > 0 and me.role != "admin":
        raise Refusal("not_allowed", "A priority above 0 is for who looks after the server.")
    if asked.board is not None:
        server.store.boards.check(asked.board, me.id)
    rev, batch = server.store.rev, _batch(me, key, request.url.path + asked.model_dump_json())
    rows = before = _before(server, me, batch) if key is not None else []
    if not before:
        rows = _keep(server, me, make(), asked, batch, key)
        server.wake()
    request.state.jobs = [row.id for row in rows]
    return Jobs(jobs=[JobShown.of(row, me) for row in rows], rev=rev)


def _batch(me: Person, key: str | None, said: str) -> str:
    """The same for the same request of the same person with the same key."""
    return uuid4().hex if key is None else sha256(f"{me.id}\0{key}\0{said}".encode()).hexdigest()[:32]


def _before(server: Server, me: Person, batch: str) -> list[JobRow]:
    rows = server.store.jobs.listed(me.id, owner=me.id, batch=batch, limit=MOST)
    return rows[::-1]


def _keep(
    server: Server, me: Person, jobs: Sequence[Job], asked: Terms, batch: str, key: str | None
) -> list[JobRow]:
    with server.asking:
        if key is not None and (before := _before(server, me, batch)):  # another thread was quicker
            return before
        try:
            wishes = {"priority": asked.priority, "private": asked.private, "board": asked.board}
            return server.store.jobs.accept_all(jobs, me.id, batch=batch, key=key, **wishes)
        except Conflict:
            if key is not None and (before := _before(server, me, batch)):  # another process was
                return before
            raise


@router.get("", summary="List jobs, the newest first")
def listed(
    server: Here,
    me: Me,
    owner: Annotated[Short | None, Query(description="a person's id")] = None,
    status: Status | None = None,
    batch: Short | None = None,
    before: Annotated[Short | None, Query(description="last id of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Jobs:
    """Jobs that this person may see."""
    rev, jobs = server.store.rev, server.store.jobs
    last = None if before is None else jobs.get(before, me.id)
    rows = jobs.listed(me.id, owner=owner, status=status, batch=batch, before=last, limit=limit)
    return Jobs(jobs=[JobShown.of(row, me) for row in rows], rev=rev)


@router.get("/{job}", summary="One job with its plan")
def one(job: Short, server: Here, me: Me) -> JobWhole:
    """Everything about a job."""
    return JobWhole.of(server.store.jobs.get(job, me.id), me)


@router.get(
    "/{job}/preview",
    summary="How far a running job is, as a picture",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}, "image/png": {}, "image/jpeg": {}}}},
)
def preview(job: Short, server: Here, me: Me) -> Response:
    """Not found while there is nothing to see, and when the job has ended."""
    shown = server.store.jobs.get(job, me.id).preview
    if shown is None:
        raise Refusal("not_found", "There is nothing to see of this job yet.")
    return Response(shown, media_type=media_of(shown))


@router.get(
    "/{job}/grid",
    summary="All pictures of a job in one",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/webp": {}}}, 304: {"description": "Unchanged."}},
)
def grid(
    job: Short,
    server: Here,
    me: Me,
    width: Annotated[
        int | None, Query(ge=1, le=4096, description="a WebP at least so wide, or as wide as the grid is")
    ] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Its pictures side by side, made when it is asked for: a PNG with its plan, or a smaller
    WebP.

    Not found while the job is not done, and where one of its pictures is deleted, or not for this person.
    """
    row = server.store.jobs.get(job, me.id)
    return grid_of(server, me, row, width, if_none_match)


@router.post("/{job}/cancel", summary="Stop a job for good")
def cancel(job: Short, request: Request, server: Here, me: Maker) -> JobShown:
    return _moved(request, server, me, job, server.store.jobs.cancel)


@router.post("/{job}/pause", summary="Stop a job until it is resumed")
def pause(job: Short, request: Request, server: Here, me: Maker) -> JobShown:
    return _moved(request, server, me, job, server.store.jobs.pause)


@router.post("/{job}/resume", summary="Let a paused job go on")
def resume(job: Short, request: Request, server: Here, me: Maker) -> JobShown:
    return _moved(request, server, me, job, server.store.jobs.resume)


@router.post("/{job}/retry", summary="Begin a job again that failed or was cancelled")
def retry(job: Short, request: Request, server: Here, me: Maker) -> JobShown:
    return _moved(request, server, me, job, server.store.jobs.retry)


@router.post("/{job}/rerun", status_code=201, summary="Make a job's plan again, from another seed")
def rerun(job: Short, request: Request, server: Here, me: Maker, key: Key = None) -> Jobs:
    """The same words, pictures and settings, onto the same board; the same seed too where the prompt names
    one."""
    row = server.store.jobs.get(job, me.id)

    def make() -> Sequence[Job]:
        return [_again(server.store.jobs.job(row))]

    terms = Terms(private=row.private, board=_board_of(server, me, row))
    return accepted(request, server, me, terms, key, make)


def _board_of(server: Server, me: Person, row: JobRow) -> str | None:
    """The board of a job, where it is this person's and still there."""
    if row.board is None or row.owner != me.id:
        return None
    try:
        server.store.boards.check(row.board, me.id)
    except NotThere:
        return None
    return row.board


def _again(job: Job) -> Job:
    prompts = parse(job.plan.prompt).prompts
    if prompts and prompts[0].parameters.seed is not None:
        return replace(job, id=str(uuid4()))
    number = random_seed()
    seeds = tuple(own.model_copy(update={"number": number}) for own in job.plan.seeds)
    return replace(job, id=str(uuid4()), plan=job.plan.model_copy(update={"seeds": seeds}))


@router.delete("/{job}", summary="Forget a job that has ended; its pictures stay")
def forget(job: Short, request: Request, server: Here, me: Maker) -> JobShown:
    return _moved(request, server, me, job, server.store.jobs.forget)


def _moved(
    request: Request, server: Server, me: Person, job: str, move: Callable[[str, str | None], JobRow]
) -> JobShown:
    server.store.jobs.get(job, me.id)  # what they may not see they may not know of
    row = move(job, theirs(me))
    request.state.jobs = [row.id]
    server.wake()
    return JobShown.of(row, me)
