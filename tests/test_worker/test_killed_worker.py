"""Killed at an exact instant, a job is taken up again, to the same files and rows. See living.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from sfumato.studio.store import JobRow
from sfumato.studio.worker.desk import DEATHS, GIVEN_UP
from test_worker.conftest import files, job, left, opened

Death = tuple[str, int]

DEATHS_OF_ONE: tuple[Death, ...] = (
    ("claimed", 1),
    ("reported", 2),  # the first time there is nothing to report yet
    ("a pass", 2),
    ("a pass", 4),
    ("saving", 2),
    ("saving", 9),
    ("writing", 1),
    ("writing", 3),
    ("before the rows", 1),
    ("in the transaction", 1),
    ("after the rows", 1),
    ("forgetting", 2),
)
UNDISTURBED, TOO_OFTEN, TWO_WORKERS = "undisturbed", "too often", "two workers"
COMMITTED = frozenset({"after the rows", "forgetting"})

pytestmark = [
    pytest.mark.minutes,
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there"),
]


class End(NamedTuple):
    """How a store ended. `found` are the ids of its index, `left` the jobs with saved states."""

    codes: list[int]
    rows: list[JobRow]
    files: dict[str, bytes]
    found: list[str]
    left: list[str]


def name_of(death: Death) -> str:
    return f"{death[0]} {death[1]}"


def lived(work: Sequence[tuple[Path, Death | None, int]]) -> list[list[int]]:
    """What living.py says of this work."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("living.py")],
        input=json.dumps([(str(folder), death, workers) for folder, death, workers in work]),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # forked processes cannot share a pool of threads
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def filled(folder: Path, jobs: int) -> None:
    store = opened(folder)
    ann = store.people.add("ann").id
    for number in range(jobs):
        store.jobs.accept(job(f"a fox --seed {number}"), ann)
    store.close()


def seen(folder: Path, codes: list[int]) -> End:
    store = opened(folder)
    rows, pictures = store.jobs.listed(), store.pictures.search(limit=200).rows
    end = End(codes, rows, files(store.gallery), sorted(own.id for own in pictures), left(store))
    store.close()
    return end


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, End]:
    """All deaths, then all ends."""
    root = tmp_path_factory.mktemp("killed")
    names = [*map(name_of, DEATHS_OF_ONE), UNDISTURBED, TOO_OFTEN, TWO_WORKERS]
    for name in names:
        filled(root / name, 8 if name == TWO_WORKERS else 1)
    deaths = [(root / name_of(death), death, 1) for death in DEATHS_OF_ONE]
    often = [(root / TOO_OFTEN, ("claimed", 1), 1)] * DEATHS
    finish = [(root / name, None, 2 if name == TWO_WORKERS else 1) for name in names]
    codes = lived([*deaths, *often, *finish])
    first = dict(zip(map(name_of, DEATHS_OF_ONE), codes, strict=False))
    return {
        name: seen(root / name, first.get(name, []) + own)
        for name, own in zip(names, codes[-len(names) :], strict=True)
    }


@pytest.mark.parametrize("death", DEATHS_OF_ONE, ids=name_of)
def test_it_ends_with_the_same_files_and_rows(death: Death, ends: dict[str, End]) -> None:
    end, whole = ends[name_of(death)], ends[UNDISTURBED]
    assert end.codes == [-signal.SIGKILL, 0] and whole.codes == [0]
    assert len(whole.files) == 4 and end.files == whole.files, "and nothing half-written"
    assert len(whole.found) == 4 and end.found == whole.found
    (row,) = end.rows
    assert row.status == "done" and row.takes == (1 if death[0] in COMMITTED else 2)
    assert end.left == []


def test_a_job_that_kills_its_workers_is_given_up(ends: dict[str, End]) -> None:
    end = ends[TOO_OFTEN]
    (row,) = end.rows
    assert end.codes == [0] and (row.status, row.reason) == ("failed", GIVEN_UP)
    assert end.files == {} and end.found == [] and end.left == []


def test_two_workers_never_make_the_same_picture(ends: dict[str, End]) -> None:
    end = ends[TWO_WORKERS]
    assert end.codes == [0, 0] and {row.status for row in end.rows} == {"done"}
    assert len({row.worker for row in end.rows}) == 2, "both were at work"
    assert {row.takes for row in end.rows} == {1}
    assert len(end.files) == len(end.found) == 8 * 4
