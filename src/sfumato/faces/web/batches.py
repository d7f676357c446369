"""Batches: many prompts in one request, each accepted once however often the request is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from sfumato.faces.web.errors import Refusal, refusal_of
from sfumato.faces.web.forms import NO_NUL, Form, JobsAsked, Short
from sfumato.faces.web.jobs import Jobs, accepted, drafted
from sfumato.faces.web.server import Here, Maker, Server
from sfumato.language import PromptError
from sfumato.plan import PlanError
from sfumato.studio import Job, Refused
from sfumato.studio.batch import BatchError, Row, keys, read_lines, read_table
from sfumato.studio.store import Person, StoreError

router = APIRouter(prefix="/api", tags=["jobs"])

MOST = 500  # rows of one request
READERS = MappingProxyType({"text/csv": read_table, "text/plain": read_lines})


class RowAsked(JobsAsked):
    """A row of a batch."""

    key: Short | None = Field(
        default=None,
        description="the sender's own name for this row; null: its content, and how many before it are equal",
    )


class BatchAsked(Form):
    """Rows, each of which makes the jobs of its prompt."""

    rows: Annotated[list[RowAsked], Field(min_length=1, max_length=MOST)]


class Batch(Jobs):
    """The jobs of all rows, in order."""

    rows: list[list[str]] = Field(description="of every row, the ids of its jobs")


def _described() -> dict[str, Any]:
    """The forms of the body for the schema; it is read by hand, as it has three."""
    text = {"schema": {"type": "string"}}
    rows = BatchAsked.model_json_schema(ref_template="#/components/schemas/{model}")
    rows["properties"]["rows"]["items"] = rows.pop("$defs")["RowAsked"]
    forms = {"application/json": {"schema": rows}, "text/csv": text, "text/plain": text}
    return {"requestBody": {"required": True, "content": forms}}


async def rows_of(request: Request, _me: Maker) -> list[Row]:
    """The rows of a body in any of its forms, of those who may. Raises Refusal, RequestValidationError."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in READERS:
        try:
            rows = READERS[kind](body)
        except BatchError as error:
            raise Refusal("invalid", "The batch has rows that cannot be.", str(error)) from None
        if len(rows) > MOST:
            raise Refusal("invalid", f"A batch of one request has at most {MOST} rows, not {len(rows)}.")
        return rows
    try:
        asked = BatchAsked.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False)) from None
    return [Row(place, own.model_dump(exclude_unset=True)) for place, own in enumerate(asked.rows, 1)]


@router.post("/batches", status_code=201, summary="Make pictures of many prompts", openapi_extra=_described())
def batch(
    rows: Annotated[list[Row], Depends(rows_of)],
    request: Request,
    server: Here,
    me: Maker,
    name: Annotated[
        str, Query(max_length=200, pattern=NO_NUL, description="under another, the same rows are made again")
    ] = "",
) -> Batch:
    """Accept the jobs of every row, each row once: the same batch again gives the same jobs.

    The rows are JSON, `text/csv` with a head, or `text/plain` with a prompt a line. Where one cannot be made
    none is accepted. Where a quota ends in the middle, those before are: send the same again later.
    """
    forms = [_form(row) for row in rows]
    jobs = [_drafted(row, form, server, me) for row, form in zip(rows, forms, strict=True)]
    kept: list[Jobs] = []
    for row, form, own, key in zip(rows, forms, jobs, _keys(rows, name), strict=True):
        with _of(row):
            kept.append(accepted(request, server, me, form, key, lambda own=own: own))
    ids = [[job.id for job in each.jobs] for each in kept]
    request.state.jobs = [job for own in ids for job in own]
    return Batch(jobs=[job for each in kept for job in each.jobs], rev=kept[0].rev, rows=ids)


def _form(row: Row) -> JobsAsked:
    said = {name: value for name, value in row.asked.items() if name != "key"}
    try:
        return JobsAsked.model_validate(said)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False)) from None


def _keys(rows: Sequence[Row], name: str) -> list[str]:
    made = keys([row.asked for row in rows], name)
    return [row.asked.get("key") or key for row, key in zip(rows, made, strict=True)]


def _drafted(row: Row, form: JobsAsked, server: Server, me: Person) -> Sequence[Job]:
    with _of(row):
        return drafted(form, server, me)


@contextmanager
def _of(row: Row) -> Iterator[None]:
    """Says of what is refused which row it is."""
    try:
        yield
    except (Refusal, PromptError, PlanError, Refused, StoreError) as error:
        told = refusal_of(error)
        raise Refusal(told.code, f"Line {row.line}: {told.message}", told.hint, told.headers) from None
