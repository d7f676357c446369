"""A full disk, a locked or lost database: one kind of error, with what to do, and nothing half-written."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from sfumato.studio import Job, give
from sfumato.studio.store import Store, Unavailable
from test_store.conftest import Place, job, plan


def test_a_locked_database_is_told(store: Store, place: Place, ann: str) -> None:
    hasty = place.open(patience=0.05)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE clock SET rev = rev"))
        with pytest.raises(Unavailable, match="Another program holds the database: wait for it"):
            hasty.jobs.accept(job(), ann)
    assert hasty.jobs.listed() == []
    assert hasty.jobs.accept(job(), ann).status == "queued"
    hasty.close()


def test_a_full_disk_under_the_database_is_told(tmp_path: Path) -> None:
    store = Place(f"sqlite:///{tmp_path}/store.sqlite", tmp_path).open()
    ann = store.people.add("ann").id
    kept = store.jobs.accept(job(), ann)
    with store.database.reading() as connection:  # SQLite's own way to a disk of this size
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    rows = [kept.id]
    with pytest.raises(Unavailable, match="The disk is full: free some space"):
        while True:
            rows.append(store.jobs.accept(job(), ann).id)
    assert sorted(row.id for row in store.jobs.listed(limit=1000)) == sorted(rows)
    assert store.rev == len(rows)
    store.close()


def test_a_full_disk_under_given_pictures_is_told(store: Store, ann: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for it: the write stops in the middle of the picture."""
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    given = give("start", tmp_path / "noise.png")
    asked = Job(plan().model_copy(update={"inputs": (given.input,)}), given=(given,))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Unavailable, match="see to its disk and try again"):
            store.jobs.accept(asked, ann)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list((tmp_path / "given").iterdir()) == [] and store.jobs.listed() == []
    row = store.jobs.accept(asked, ann)
    assert store.jobs.job(row).given[0].pixels.equal(given.pixels)


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer: start it"):
        Store.open(f"postgresql+psycopg://sfumato@/nothing?host={tmp_path}", tmp_path)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text("hello " * 100)
    with pytest.raises(Unavailable, match="not a database of Sfumato"):
        Store.open(f"sqlite:///{tmp_path}/store.sqlite", tmp_path)


def test_sqlite_is_set_up_to_keep_what_it_takes(tmp_path: Path) -> None:
    store = Place(f"sqlite:///{tmp_path}/store.sqlite", tmp_path).open()
    with store.database.reading() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]
    assert found == ["wal", 2, 1, 30000]
    store.close()


def test_nothing_else_brings_a_database_along() -> None:
    code = "import sys, sfumato, sfumato.studio, sfumato.faces.cli; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert not {"sqlalchemy", "alembic", "sqlite3", "sfumato.studio.store"} & set(done.stdout.split())
