"""`sfumato batch FILE`: many prompts, each made once however often the command is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sfumato.faces.cli.make import make
from sfumato.faces.cli.making import Way
from sfumato.faces.cli.reaching import answering
from sfumato.faces.cli.wishes import typed
from sfumato.faces.client.client import Client
from sfumato.faces.client.remote import Remote
from sfumato.studio.batch import Row, keys, read_batch

AT_ONCE = 50  # rows of one request
AGAIN = frozenset({"failed", "cancelled"})


def batch_command(file: Path, name: str, way: Way) -> int:
    """Make every row of a file; see the command's help. Returns as `make_command`, 2 where a row failed.

    JSON: as `make_command`, and {"failed": ["prompt: reason"]}.

    Raises BatchError, Declined where no row was accepted.
    """
    rows = [_with(row, way) for row in read_batch(file)]
    with answering(way) as client:
        ids, since = accept(client, rows, name)
        return make(Remote(client, way.output, ids, since), way.as_json, patient=True)


def accept(client: Client, rows: Sequence[dict[str, Any]], name: str) -> tuple[list[str], int]:
    """Hand rows in, and those again that failed or were cancelled; job ids, and the last change before."""
    named = [{**row, "key": key} for row, key in zip(rows, keys(rows, name), strict=True)]
    ids: list[str] = []
    revs: list[int] = []
    for first in range(0, len(named), AT_ONCE):
        told = client.post("/api/batches", {"rows": named[first : first + AT_ONCE]})
        revs.append(told["rev"])
        for job in told["jobs"]:
            ids.append(job["id"])
            if job["status"] in AGAIN:
                client.post(f"/api/jobs/{job['id']}/retry")
    return ids, min(revs)


def _with(row: Row, way: Way) -> dict[str, Any]:
    """A row, with what the options say of all rows where it says nothing itself."""
    common = {"model": way.models[0] if way.models else None, "negative": way.negative}
    knobs = {**typed((), "", way.knobs).knobs, **row.asked.get("knobs", {})}
    said = {**common, **row.asked, "knobs": knobs}
    return {name: value for name, value in said.items() if value not in (None, "", {})}
