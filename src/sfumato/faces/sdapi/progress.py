"""How far a person's jobs are, and stopping them."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Query

from sfumato.faces.openai.answers import Dress, preview_of
from sfumato.faces.sdapi.caller import Caller, Making
from sfumato.faces.web.server import Here, Server
from sfumato.studio.store import IllegalMove, JobRow, Person

router = APIRouter()

AS_MADE = Dress(None, "png", 100)


@router.get("/progress")
def progress(
    server: Here, me: Caller, skip_current_image: Annotated[bool, Query()] = False
) -> dict[str, Any]:
    """Of all jobs of this person that are not finished; the picture is of the one that runs."""
    rows = _open(server, me)
    now = next((row for row in rows if row.status == "running"), None)
    done, total = sum(row.done for row in rows), sum(row.total for row in rows)
    share = done / total if total else 0.0
    shown = None if now is None or skip_current_image else preview_of(now, AS_MADE)
    began = min((row.started for row in rows if row.started), default=None)
    left = (time.time() - began) / share * (1 - share) if began and share else 0.0
    return {
        "progress": share,
        "eta_relative": max(0.0, left),
        "state": _state(rows, now),
        "current_image": None if shown is None else b64encode(shown).decode(),
        "textinfo": None if now is None else now.plan.prompt,
        "current_task": None if now is None else now.id,
    }


def _state(rows: list[JobRow], now: JobRow | None) -> dict[str, Any]:
    steps = {"sampling_step": now.done if now else 0, "sampling_steps": now.total if now else 0}
    stopped = {"skipped": False, "interrupted": False, "stopping_generation": False}
    job = {"job": now.id if now else "", "job_count": len(rows), "job_no": 0}
    return {**stopped, **job, **steps, "job_timestamp": str(int(now.started or 0)) if now else "0"}


@router.post("/interrupt")
@router.post("/skip")
@router.post("/server-stop")
def interrupt(server: Here, me: Making) -> dict[str, Any]:
    """Stop this person's jobs."""
    for row in _open(server, me):
        try:
            server.store.jobs.cancel(row.id, me.id, "It was interrupted.")
        except IllegalMove:  # it ended meanwhile
            continue
    server.wake()
    return {}


def _open(server: Server, me: Person) -> list[JobRow]:
    jobs = server.store.jobs
    return [
        row
        for status in ("running", "queued")
        for row in jobs.listed(me.id, owner=me.id, status=status, limit=200)
    ]
