"""The jobs of one command on a server: followed, and their pictures brought here as the server keeps them.

What a studio is made of is imported for nothing but a preview, or a file that is here already.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.faces.client.client import Client, Declined, NoAnswer
from sfumato.faces.whole import COMMON, write
from sfumato.faces.work import Step, Task

if TYPE_CHECKING:
    import numpy as np

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

    def tasks(self) -> Iterator[Task]:
        """Each job with its plan. Nothing has to be opened here. Raises NoAnswer, Declined, NotMade."""
        for own in self.ids:
            told = self._known = self.client.get(f"/api/jobs/{own}")
            if told["plan"] is None:
                raise NotMade(f"Job {own} was forgotten.")
            yield Task(own, told["plan"], told["notes"])

    def work(self, task: Task) -> Iterator[Step | Path]:
        """See Work.work.

        Raises NotMade where it failed or was cancelled, NoAnswer where the server ended.
        """
        started = time.perf_counter()
        for told in self._follow(task.id):
            if told["status"] == "running":
                yield _step(told, time.perf_counter() - started)
        count = len(task.plan["seeds"])
        for index in range(count):
            yield self._bring(f"/api/pictures/{task.id}-{index}/file", task.id)
        if count > 1:
            yield self._bring(f"/api/jobs/{task.id}/grid", task.id)

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

    def _bring(self, address: str, job: str) -> Path:
        """Bring a file here, byte by byte as the server keeps it, unless it is here. Its path."""
        file = self.client.file(address)
        if f"-{job[:8]}-" not in file.name or not file.name.endswith(".png"):
            raise NotMade(
                f"The server at {self.client.url} names its files as no Sfumato does: {file.name!r}."
            )
        path = self.folder / file.name
        if not _is_here(path, job):
            write(path, file.data, COMMON)
        return path


def _is_here(path: Path, job: str) -> bool:
    """Whether a file is of this job already; somebody may have painted in it since."""
    if not path.exists():
        return False
    from sfumato.studio.gallery import read_kept

    try:
        return read_kept(path).job == job
    except ValueError:
        return False


def _step(told: dict[str, Any], seconds: float) -> Step:
    done, total, preview = told["done"], told["total"], told["preview"]
    left = seconds / done * (total - done) if done else None
    return Step(done, max(total, 1), left, lambda: None if preview is None else _drawn(preview))


def _drawn(address: str) -> np.ndarray:
    """A picture that came as data: address, uint8 (H, W, 3)."""
    from base64 import b64decode
    from io import BytesIO

    import numpy as np
    from PIL import Image

    with Image.open(BytesIO(b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB"))
