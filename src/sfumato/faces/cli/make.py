"""Pictures of a command: made by a server or here, shown while they form, kept in one folder."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.faces.cli import STOPPED
from sfumato.faces.cli.making import Edits, Imagine, Way
from sfumato.faces.cli.reaching import reach

if TYPE_CHECKING:
    from sfumato.faces.cli.show import Show
    from sfumato.faces.work import Task, Work


def make_command(asked: Imagine | Edits, way: Way) -> int:
    """Make what is asked; see the commands' help. Returns 0, or 130 after Ctrl-C.

    JSON: {"jobs": [{"id", "plan", "images": [paths], "grid": path, "notes": [..], "seconds"}]}; the grid of
    one picture is that picture.
    """
    if (client := reach(way)) is not None:
        from sfumato.faces.cli.sending import send

        accepted = send(client, asked, way)  # first: what is imported now, is while the server works
        from sfumato.faces.client.remote import Remote

        return make(Remote(client, way.output, *accepted), way.as_json)
    from sfumato.faces.cli.alone import alone

    return make(alone(asked, way), way.as_json)


def make(work: Work, as_json: bool, patient: bool = False) -> int:
    """Make the pictures of these jobs, one after the other, and say so. Returns as `make_command`.

    patient  whether the others are made where one fails: its reason is told, and 2 returned in the end
    """
    from sfumato.faces.cli.show import open_show

    made: list[dict[str, Any]] = []
    failed: list[str] = []
    try:
        with closing(work), open_show(quiet=as_json) as show:
            for number, task in enumerate(work.tasks(), 1):
                show.begin(task, f"{number} of {len(work)}")
                reason = _try(work, task, show, made, patient)
                failed += [f"{task.plan['prompt']}: {reason}"] if reason else []
    except KeyboardInterrupt:
        print(work.stop(), file=sys.stderr)
        return STOPPED
    if as_json:
        told = {"jobs": made} | ({"failed": failed} if patient else {})
        print(json.dumps(told, ensure_ascii=False))
    return 2 if failed else 0


def _try(work: Work, task: Task, show: Show, made: list[dict[str, Any]], patient: bool) -> str:
    """Make a job and add its record; why it failed, "" where it did not. Raises that where not patient."""
    try:
        made.append(_make(work, task, show))
    except ValueError as error:
        if not patient:
            raise
        show.close()
        print(f"sfumato: {task.plan['prompt']}: {error}", file=sys.stderr)
        return str(error) or type(error).__name__
    return ""


def _make(work: Work, task: Task, show: Show) -> dict[str, Any]:
    """One job, shown while it forms. Its record for JSON."""
    started = time.perf_counter()
    paths: list[Path] = []  # the grid, where there are several, comes last
    for made in work.work(task):
        if isinstance(made, Path):
            paths.append(made)
        else:
            show.step(made)
    seconds = time.perf_counter() - started
    show.end(paths, seconds)
    return {
        "id": task.id,
        "plan": dict(task.plan),
        "images": [str(path) for path in (paths[:-1] if len(paths) > 1 else paths)],
        "grid": str(paths[-1]),
        "notes": list(task.notes),
        "seconds": round(seconds, 3),
    }
