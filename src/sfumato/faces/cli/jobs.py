"""`sfumato jobs`: the jobs of the store, which a running server makes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import click

from sfumato.faces.cli.declaring import Group
from sfumato.faces.cli.options import as_json, data, database
from sfumato.faces.cli.serving import opened

Status = Literal["queued", "running", "paused", "done", "failed", "cancelled"]
Move = Literal["cancel", "pause", "resume", "retry"]

ids = click.argument("ids", nargs=-1, required=True, help="ids of jobs, or their starts; last is the newest")

jobs = Group("jobs", help="The jobs of the store, which a running server makes.")


@jobs.command("list")
@click.option("--status", type=click.Choice(get_args(Status)), help="only those", show_default="all")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 1000), default=20, show_default=True, help="at most so many"
)
@as_json
@data
@database
def listed(status: Status | None, limit: int, as_json: bool, data: Path | None, database: str | None) -> None:
    """List jobs, the newest first."""
    from sfumato.faces.cli.tables import print_jobs
    from sfumato.studio.local import local_owner

    with opened(data, database) as store:
        rows = store.jobs.listed(local_owner(store).id, status=status, limit=limit)
    if not as_json:
        print_jobs(rows, time.time())
        return
    names = ("id", "status", "reason", "done", "total", "priority", "created", "started", "ended")
    told = [{name: getattr(row, name) for name in names} | {"prompt": row.plan.prompt} for row in rows]
    print(json.dumps({"jobs": told}, ensure_ascii=False))


@jobs.command()
@ids
@data
@database
def cancel(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Stop jobs for good."""
    _move("cancel", ids, data, database)


@jobs.command()
@ids
@data
@database
def pause(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Stop jobs until they are resumed."""
    _move("pause", ids, data, database)


@jobs.command()
@ids
@data
@database
def resume(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Let paused jobs go on from where they stood."""
    _move("resume", ids, data, database)


@jobs.command()
@ids
@data
@database
def retry(ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Begin jobs again that failed or were cancelled."""
    _move("retry", ids, data, database)


def _move(move: Move, ids: Sequence[str], data: Path | None, database: str | None) -> None:
    """Those before one that cannot are moved. Raises ValueError with the reason."""
    from sfumato.faces.cli.ids import job_of

    with opened(data, database) as store:
        moves = {
            "cancel": store.jobs.cancel,
            "pause": store.jobs.pause,
            "resume": store.jobs.resume,
            "retry": store.jobs.retry,
        }
        for job in [job_of(store, said) for said in ids]:
            row = moves[move](job)
            print(f"{row.id}  {row.status}")
