"""`sfumato jobs`: the jobs of the store, which a running server makes."""

from __future__ import annotations

import json
import time
from typing import Annotated, Literal

import typer

from sfumato.faces.cli.options import AsJson
from sfumato.faces.cli.serving import Data, Database, opened

Status = Literal["queued", "running", "paused", "done", "failed", "cancelled"]
Ids = Annotated[
    list[str], typer.Argument(help="ids of jobs, or their starts; last is the newest", show_default=False)
]
Move = Literal["cancel", "pause", "resume", "retry"]

jobs = typer.Typer(help="The jobs of the store, which a running server makes.", no_args_is_help=True)


@jobs.command("list")
def listed(
    status: Annotated[Status | None, typer.Option(help="only those", show_default="all")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="at most so many")] = 20,
    as_json: AsJson = False,
    data: Data = None,
    database: Database = None,
) -> None:
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
def cancel(ids: Ids, data: Data = None, database: Database = None) -> None:
    """Stop jobs for good."""
    _move("cancel", ids, data, database)


@jobs.command()
def pause(ids: Ids, data: Data = None, database: Database = None) -> None:
    """Stop jobs until they are resumed."""
    _move("pause", ids, data, database)


@jobs.command()
def resume(ids: Ids, data: Data = None, database: Database = None) -> None:
    """Let paused jobs go on from where they stood."""
    _move("resume", ids, data, database)


@jobs.command()
def retry(ids: Ids, data: Data = None, database: Database = None) -> None:
    """Begin jobs again that failed or were cancelled."""
    _move("retry", ids, data, database)


def _move(move: Move, ids: list[str], data: Data, database: Database) -> None:
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
