"""The jobs of one command on a server: followed, and their pictures brought here.

This is imported while the server works, so what it brings keeps nobody waiting.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sfumato.faces.client.client import Client, Declined, NoAnswer
from sfumato.plan import Plan
from sfumato.studio.gallery import keep, named, put, read_kept
from sfumato.studio.job import Job, Step
from sfumato.studio.picture import Picture, grid

ENDED = frozenset({"done", "failed", "cancelled", "forgotten"})


class NotMade(ValueError):
    """A job ended without pictures; the message is the reason."""


@dataclass(eq=False)
class Remote:
    """Jobs that a server accepted, made there. It is what `make` works through.

    folder  where the pictures are brought
    ids     of the jobs, in order
    since   the number of the last change before they were accepted
    """

    client: Client
    folder: Path
    ids: Sequence[str]
    since: int
    _known: dict[str, Any] = field(default_factory=dict)  # the job that was given out last, as it was then
    _ended: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.ids)

    def jobs(self) -> Iterator[tuple[Job, str]]:
        """Each job with its plan. Nothing has to be opened here. Raises NoAnswer, Declined."""
        for own in self.ids:
            told = self._known = self.client.get(f"/api/jobs/{own}")
            if told["plan"] is None:
                raise NotMade(f"Job {own} was forgotten.")
            yield Job(Plan.from_json(json.dumps(told["plan"])), tuple(told["notes"]), (), own), ""

    def work(self, job: Job) -> Iterator[Step | Picture | Path]:
        """As Studio.work: steps, then each picture and their grid, each with its path here.

        Raises NotMade where it failed or was cancelled, NoAnswer where the server ended.
        """
        started = time.perf_counter()
        for told in self._follow(job.id):
            if told["status"] == "running":
                yield _step(job, told, time.perf_counter() - started)
        pictures = []
        for index in range(len(job.plan.seeds)):
            path = self._fetch(job, index)
            kept = read_kept(path)
            pictures.append(Picture(kept.pixels, job.plan, index, job.id, kept.made_by))
            yield pictures[-1]
            yield path
        if len(pictures) > 1:
            whole = Picture(
                grid([own.pixels for own in pictures]), job.plan, None, job.id, pictures[0].made_by
            )
            yield whole
            yield keep(whole, self.folder)

    def stop(self) -> str:
        """Cancel what has not ended; what to tell who stopped it."""
        with suppress(NoAnswer):
            for own in [own for own in self.ids if own not in self._ended]:
                with suppress(Declined):  # it ended meanwhile
                    self.client.post(f"/api/jobs/{own}/cancel")
        return "Stopped on the server too: finished pictures are kept; `sfumato jobs retry` begins again."

    def close(self) -> None:
        """There is nothing to give back."""

    def _follow(self, job: str) -> Iterator[dict[str, Any]]:
        """The job whenever it has changed, until it is done. Events of others pass by."""
        told = self._known
        if told["status"] not in ENDED:
            for kind, told in self.client.events(self.since):
                if kind != "job" or told["id"] != job:
                    continue
                if told["status"] in ENDED:
                    break
                yield told
        self._ended.add(job)
        if told["status"] != "done":
            raise NotMade(told["reason"] or f"Job {job} was {told['status']}.")

    def _fetch(self, job: Job, index: int) -> Path:
        """Bring a picture here, byte by byte as the server keeps it, unless it is here."""
        path = self.folder / named(job.plan, index, job.id)
        if _is_here(path, job.id):
            return path
        data = self.client.file(f"/api/pictures/{job.id}-{index}/file")
        return put(path, job.id, lambda file: file.write(data))


def _is_here(path: Path, job: str) -> bool:
    try:
        return path.exists() and read_kept(path).job == job
    except ValueError:
        return False


def _step(job: Job, told: dict[str, Any], seconds: float) -> Step:
    done, total, preview = told["done"], told["total"], told["preview"]
    left = seconds / done * (total - done) if done else None
    return Step(job, done, max(total, 1), left, lambda: None if preview is None else _drawn(preview))


def _drawn(address: str) -> np.ndarray:
    """A picture that came as data: address, uint8 (H, W, 3)."""
    with Image.open(BytesIO(b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB"))
