"""`sfumato imagine`: pictures on disk, progress on the terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfumato.faces.cli import STOPPED
from sfumato.faces.cli.show import Show, open_show
from sfumato.faces.cli.wishes import Way
from sfumato.models.family import families, named
from sfumato.studio import Job, Picture, Refused, Running, Shelf, Step, Studio


def imagine_command(prompt: str, way: Way) -> int:
    """Make the pictures of a prompt; see the command's help. Returns 0, or 130 after Ctrl-C.

    JSON: {"jobs": [{"id", "plan", "images": [paths], "grid": path, "notes": [..], "seconds"}]}; the grid of
    one picture is that picture.
    """
    studio = Studio(way.output, named(way.models), Shelf(deterministic=way.deterministic))
    return make([(studio, job) for job in studio.submit(prompt, way.asked)], way.as_json)


def resume_command(output: Path, as_json: bool, models: list[str]) -> int:
    """Finish what was stopped in a folder; see the command's help. Returns and prints as `imagine_command`.

    Raises Refused when a job was made with another model than these.
    """
    family = named(models)
    stopped = Running(output).unfinished()
    if not stopped:
        print(f"Nothing was stopped in {output}.", file=sys.stderr)
    shelves: dict[tuple[str, str], Shelf] = {}
    work = []
    for job, device, dtype in stopped:
        if refusals := family.check(job.plan):
            raise Refused(f"“{job.plan.prompt}” was stopped: name its model. {' '.join(refusals)}")
        shelf = shelves.setdefault((device, dtype), Shelf(device, dtype))
        work.append((Studio(output, family, shelf), job))
    return make(work, as_json)


def forget_command(output: Path) -> int:
    """Give up what was stopped in a folder; finished pictures stay."""
    running = Running(output)
    for job, _, _ in running.unfinished():
        running.forget(job)
        print(f"forgotten: {job.plan.prompt}", file=sys.stderr)
    return 0


def make(work: list[tuple[Studio, Job]], as_json: bool) -> int:
    """Make the pictures of these jobs, each in its studio."""
    try:
        with open_show(quiet=as_json) as show, _freed([studio for studio, _ in work]):
            made = [
                _make(studio, job, show, f"{n} of {len(work)}") for n, (studio, job) in enumerate(work, 1)
            ]
    except KeyboardInterrupt:
        print("Stopped: finished pictures are kept; `sfumato resume` goes on.", file=sys.stderr)
        return STOPPED
    if as_json:
        print(json.dumps({"jobs": made}, ensure_ascii=False))
    return 0


@contextmanager
def _freed(studios: list[Studio]) -> Iterator[None]:
    try:
        yield
    finally:
        for studio in studios:
            studio.shelf.close()


def _make(studio: Studio, job: Job, show: Show, number: str) -> dict[str, object]:
    """One job, shown while it forms. Its record for JSON."""
    started = time.perf_counter()
    is_open = studio.shelf.holds(studio.family) or studio.family in families()  # shipped ones open at once
    show.begin(job, number, "" if is_open else studio.family.summary)
    paths: list[Path] = []
    pictures: list[Picture] = []  # the grid, where there are several, comes last
    for made in studio.work(job):
        if isinstance(made, Step):
            show.step(made)
        elif isinstance(made, Picture):
            pictures.append(made)
        else:
            paths.append(made)
    seconds = time.perf_counter() - started
    show.end(job, paths, pictures[-1].pixels, seconds)
    return {
        "id": job.id,
        "plan": json.loads(job.plan.to_json()),
        "images": [str(path) for path in (paths[:-1] if len(paths) > 1 else paths)],
        "grid": str(paths[-1]),
        "notes": list(job.notes),
        "seconds": round(seconds, 3),
    }
