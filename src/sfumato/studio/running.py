"""Jobs under way in a folder of pictures, so that a killed one goes on where it stood.

Each has a folder of its own in .running: its record, the pictures it reads, and the last saved state of each
of its pictures. Every file appears whole or not at all; a lock, which dies with its process, says who is at
work.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sfumato.plan import Plan
from sfumato.studio.gallery import PARTIAL, begun
from sfumato.studio.given import Given
from sfumato.studio.job import Job
from sfumato.studio.lock import is_taken, take

if TYPE_CHECKING:
    from sfumato.engine import State

NAME = ".running"
RECORD, GIVEN, LOCK = "record.json", "given.safetensors", "lock"
SHARE = 0.01  # of the time that saving states may take
FIRST = 1.0  # seconds of work that are not worth saving


class Unfinished(NamedTuple):
    """A job that was stopped, and the device and number format it was made with."""

    job: Job
    device: str
    dtype: str


@dataclass(frozen=True)
class Running:
    """The jobs under way in `folder`, where their pictures are kept when they are done."""

    folder: Path

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Jobs that nobody is at work on, the oldest first. Raises ValueError for one that cannot be read."""
        found: list[tuple[int, Unfinished]] = []
        for own in (self.folder / NAME).glob("*/"):
            if is_taken(own / LOCK):
                continue
            try:
                found.append(((own / RECORD).stat().st_mtime_ns, _read(own / RECORD)))
            except FileNotFoundError:  # killed before its record was there, or when it was gone
                shutil.rmtree(own, ignore_errors=True)  # another process may be at it too
        self._tidy()
        return tuple(job for _, job in sorted(found, key=itemgetter(0)))

    @contextmanager
    def at_work(self, job: Job, by: Mapping[str, str]) -> Iterator[Saved]:
        """While it lasts, the job is this process's own.

        It is forgotten when it is done, and when it fails as it would fail again: by a ValueError, as of a
        network that answers NaN. Where the process is killed, the work is stopped, or the machine fails (a
        full disk, no memory), it is kept. Raises BlockingIOError when another process is at work on it.
        """
        own = self.folder / NAME / job.id
        with saved_in(own, len(job.plan.seeds)) as saved:
            _write_record(own, job, by)
            try:
                yield saved
            except ValueError:
                self.forget(job)
                raise
            self.forget(job)

    def forget(self, job: Job) -> None:
        """Give a job up: nothing of it is left but finished pictures."""
        clear_begun(self.folder, job.id)
        own = self.folder / NAME / job.id
        # important: the record goes first. Without it there is no job, so none goes on from half its folder.
        (own / RECORD).unlink(missing_ok=True)
        shutil.rmtree(own, ignore_errors=True)  # another process may be at it too
        self._tidy()

    def _tidy(self) -> None:
        with suppress(OSError):  # other jobs are still in it, or it is gone
            (self.folder / NAME).rmdir()


@contextmanager
def saved_in(own: Path, pictures: int) -> Iterator[Saved]:
    """A job's own folder, for this process alone. Raises BlockingIOError when another has it."""
    own.mkdir(parents=True, exist_ok=True)
    with (own / LOCK).open("w") as lock:
        take(lock)
        yield Saved(own, pictures)


def clear_begun(folder: Path, job: str) -> None:
    """Remove the half-written files of a job that a killed process left beside its pictures."""
    for left in folder.glob(f"{begun(job)}*{PARTIAL}"):
        left.unlink(missing_ok=True)  # another process may be at it too


@dataclass
class Saved:
    """The states of one job's pictures on disk.

    last  when, on the monotonic clock, they were saved, or the job was begun
    rest  seconds of work on this job from then on that are not worth saving
    """

    folder: Path
    pictures: int
    last: float = field(default_factory=time.monotonic)
    rest: float = field(default_factory=lambda: FIRST)

    def load(self) -> list[State | None]:
        """Where every picture stood; None for one that begins, also where another version saved it."""
        return [_state(self.folder / f"{picture}.state") for picture in range(self.pictures)]

    def save_if_due(self, states: Sequence[State | None], jobs: int = 1) -> None:
        """Save, unless that would take more than its share of the time since it was done last.

        jobs  under way side by side: so much longer takes the work on each
        """
        if time.monotonic() >= self.last + self.rest * jobs:
            self.save(states)

    def save(self, states: Sequence[State | None]) -> None:
        """Write every state.

        A disk that takes no more does not end the picture: only a killed one would begin further back.
        """
        from sfumato.engine import dump

        started = time.monotonic()
        begun = [(picture, state) for picture, state in enumerate(states) if state is not None]
        with suppress(OSError):
            for picture, state in begun:
                _write(self.folder / f"{picture}.state", dump(state))
        self.last = time.monotonic()
        self.rest = (self.last - started) / SHARE


def _state(file: Path) -> State | None:
    from sfumato.engine import load

    try:
        return load(file.read_bytes())
    except (FileNotFoundError, ValueError):  # from the beginning it comes to the same picture
        return None


def _write_record(own: Path, job: Job, by: Mapping[str, str]) -> None:
    if (own / RECORD).exists():
        return
    if job.given:
        from safetensors.torch import save

        _write(own / GIVEN, save({item.input.hash: item.pixels.contiguous() for item in job.given}))
    record = {"plan": json.loads(job.plan.to_json()), "notes": job.notes, "id": job.id, "made_by": dict(by)}
    _write(own / RECORD, json.dumps(record, ensure_ascii=False).encode())


def _read(record: Path) -> Unfinished:
    text = record.read_text(encoding="utf-8")
    try:
        told = json.loads(text)
        plan = Plan.from_json(json.dumps(told["plan"]))
        job = Job(plan, tuple(told["notes"]), _read_given(record.with_name(GIVEN), plan), told["id"])
        return Unfinished(job, told["made_by"]["device"], told["made_by"]["dtype"])
    except (ValueError, KeyError) as error:
        raise ValueError(
            f"{record} tells of a job that was stopped, and cannot be read ({error}). It is damaged or of "
            f"another version: let that one finish it, or delete {record.parent} to give it up."
        ) from None


def _read_given(file: Path, plan: Plan) -> tuple[Given, ...]:
    if not plan.inputs:
        return ()
    from safetensors.torch import load_file

    pixels = load_file(file)
    return tuple(Given(item, pixels[item.hash]) for item in plan.inputs)


def _write(path: Path, data: bytes) -> None:
    """All of it, or what was there before."""
    part = path.with_suffix(PARTIAL)
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)  # on a full disk the pictures need its place
        raise
