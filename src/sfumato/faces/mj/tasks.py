"""Tasks: jobs and submissions as midjourney-proxy tells them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sfumato.faces.mj.buttons import DIGITS, Pressed, below_grid, below_picture, below_words
from sfumato.faces.mj.kept import Record, Records
from sfumato.faces.web.sealed import sealed
from sfumato.faces.web.server import Server
from sfumato.studio.store import JobRow, NotThere, Person

HOUR = 3600  # seconds
PURPOSE = "mj"
STATUS: Mapping[str, str] = MappingProxyType(
    {
        "queued": "SUBMITTED",
        "running": "IN_PROGRESS",
        "paused": "NOT_START",
        "done": "SUCCESS",
        "failed": "FAILURE",
        "cancelled": "CANCEL",
    }
)

Task = dict[str, Any]


def task_of(base: str, server: Server, me: Person, name: str) -> Task:
    """One task of this person.

    base  the address of this server as the person reached it

    Raises NotThere.
    """
    record = Records.of(server, me).get(name)
    if record is None:
        row = server.store.jobs.get(name, me.id)
        known = Record(id=row.id, action="IMAGINE", submitted=row.created, job=row.id)
        return of_job(base, server, known, row)
    if record.job is not None:
        return of_job(base, server, record, server.store.jobs.get(record.job, me.id))
    return of_record(base, server, record)


def of_job(base: str, server: Server, record: Record, row: JobRow) -> Task:
    """A task whose job is this one."""
    done = row.status == "done"
    share = 1.0 if done else row.done / row.total if row.total else 0.0
    shown = address(base, server, row.id, row.rev) if done or row.preview is not None else ""
    words = "" if row.gone else row.plan.prompt
    return {
        **_same(record),
        "status": STATUS.get(row.status, "FAILURE"),
        "progress": f"{int(share * 100)}%",
        "startTime": _ms(row.started),
        "finishTime": _ms(row.ended),
        "prompt": record.prompt or words,
        "promptEn": words,
        "imageUrl": shown,
        "failReason": row.reason or None,
        "buttons": below_grid(row.id, len(row.plan.seeds)) if done else [],
        "jobId": row.id,
        "seed": "" if row.gone else str(row.plan.seeds[0].number),
        "properties": {"finalPrompt": words, "notes": list(row.notes), "messageHash": row.id},
    }


def of_record(base: str, server: Server, record: Record) -> Task:
    """A task that makes no pictures: one that shows a picture, or words, or waits."""
    made = {"status": "SUCCESS", "progress": "100%", "startTime": _ms(record.submitted)}
    ended = {**made, "finishTime": _ms(record.submitted)}
    common = {**_same(record), "promptEn": record.prompt, "imageUrl": "", "failReason": None, "buttons": []}
    properties = {"finalPrompt": record.prompt}
    if record.waits:
        waiting = {"status": "MODAL", "progress": "0%", "startTime": None, "finishTime": None}
        return {**common, **waiting, "properties": properties}
    if record.picture is not None:
        job, _, index = record.picture.rpartition("-")
        below = below_picture(job, int(index) + 1)
        shown = address(base, server, record.picture)
        return {**common, **ended, "imageUrl": shown, "buttons": below, "properties": properties}
    return {**common, **ended, "buttons": below_words(len(record.words)), "properties": properties}


def _same(record: Record) -> Task:
    return {
        "id": record.id,
        "action": record.action,
        "prompt": record.prompt,
        "description": f"/{record.action.lower()} {record.prompt}".strip(),
        "state": record.state,
        "submitTime": _ms(record.submitted),
        "customId": record.custom or None,
    }


def described_as(words: tuple[str, ...]) -> str:
    """Texts as the bot numbers them."""
    return "\n\n".join(f"{digit} {text}" for digit, text in zip(DIGITS, words, strict=False))


def address(base: str, server: Server, name: str, version: int = 0) -> str:
    """Where a job's grid or a picture opens without a key, for one to two hours; another for each version."""
    until = (int(time.time()) // HOUR + 2) * HOUR
    token = sealed(server, PURPOSE, json.dumps([name, until, version]).encode())
    return f"{base}/mj/image/signed-{token}.png"


def picture_is_there(server: Server, me: Person, pressed: Pressed) -> str:
    """The prompt of a picture that this person may see. Raises NotThere."""
    row = server.store.pictures.get(pressed.picture, me.id)
    if row.trashed is not None:
        raise NotThere("There is no such picture any more: it is in the trash.")
    return row.prompt


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)
