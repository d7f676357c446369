"""A full disk: jobs are refused or wait, nothing is half-written, and all goes on when there is room."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfumato.models.family import families
from sfumato.studio import Shelf
from sfumato.studio.gallery import PARTIAL
from sfumato.studio.store import Unavailable
from sfumato.studio.worker import Worker
from test_worker.conftest import LONG, at_work, files, job, left, opened, until

SIZE = "size=4m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        sys.platform != "linux"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(path: Path) -> None:
    """All that is left of the disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def test_a_job_under_way_waits_for_room_and_others_are_refused(disk: Path, shelf: Shelf) -> None:
    store = opened(disk)
    ann = store.people.add("ann").id
    row = store.jobs.accept(job("a fox --seed 3", LONG), ann)
    with at_work(Worker(store, shelf)):
        until(lambda: store.jobs.get(row.id).done > 3)
        fill(disk / "ballast")
        with pytest.raises(Unavailable, match="disk is full"):
            while True:
                store.jobs.accept(job("a ship"), ann)
                fill(disk / "more")
        batcher = shelf.lease(families()[0]).batcher
        until(lambda: not batcher.busy)  # all passes are made, and nothing can be kept
        assert store.jobs.get(row.id).status == "running" and store.pictures.search().rows == []
        (disk / "ballast").unlink()
        (disk / "more").unlink(missing_ok=True)
        until(lambda: store.jobs.get(row.id).status == "done")
        until(lambda: not left(store))
    assert len(files(store.gallery)) == 4 and not list(store.gallery.glob(f"*{PARTIAL}"))
    assert len(store.pictures.search().rows) == 4
    assert store.jobs.accept(job("a tree"), ann).status == "queued"
    store.close()
