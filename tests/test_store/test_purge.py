"""What a purge deletes, and what it must not: files that other rows read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sfumato.plan import Input
from sfumato.studio import Job, give
from sfumato.studio.store import Store, drawn
from sfumato.studio.store.given import file_of
from sfumato.studio.store.purge import FRESH
from test_store.conftest import picture, plan
from test_store.test_pictures import kept


def reading(path: Path) -> Job:
    """A job that begins from a picture."""
    given = give("start", path)
    return Job(
        plan("from it").model_copy(update={"inputs": (Input(role="start", hash=given.input.hash),)}),
        (),
        (given,),
    )


def age(path: Path) -> None:
    os.utime(path, (path.stat().st_mtime - 2 * FRESH,) * 2)


@pytest.fixture
def parent(store: Store, ann: str):
    """A picture in the trash that a job of bob's was given, long ago."""
    made, path = kept(store.gallery)
    (row,) = store.pictures.add([drawn(made, path, store.gallery)], ann)
    asked = store.jobs.accept(reading(path), ann)
    store.pictures.trash([row.id], ann)
    copy = file_of(store.database.folder, row.content)
    age(copy)
    return row, asked, copy


def test_a_job_keeps_what_it_reads(store: Store, parent) -> None:
    row, asked, copy = parent
    assert store.pictures.purge(0) == [row.id]
    assert copy.exists() and store.jobs.job(store.jobs.get(asked.id)).given[0].input.hash == row.content


def test_what_nobody_reads_goes_whole(store: Store, parent) -> None:
    row, asked, copy = parent
    small = store.database.folder / "thumbnails" / row.sha256[:2] / f"{row.sha256}-64.webp"
    small.parent.mkdir(parents=True)
    small.write_bytes(b"x")
    store.jobs.cancel(asked.id)
    store.jobs.forget(asked.id)
    store.pictures.purge(0)
    assert not copy.exists() and not small.exists() and not (store.gallery / row.path).exists()


def test_a_picture_keeps_what_it_was_made_from(store: Store, ann: str, parent) -> None:
    row, asked, copy = parent
    store.pictures.add([picture("child", 9, inputs=(row.content,))], ann)
    store.jobs.cancel(asked.id)
    store.jobs.forget(asked.id)
    store.pictures.purge(0)
    assert copy.exists()


def test_a_job_that_is_being_accepted_keeps_it(store: Store, ann: str, parent) -> None:
    row, _, copy = parent
    store.jobs.accept(reading(store.gallery / row.path), ann)  # writes nothing anew, but it is fresh
    for own in store.jobs.listed():
        store.jobs.cancel(own.id)
        store.jobs.forget(own.id)
    store.pictures.purge(0)
    assert copy.exists(), "its row might come in the next moment"


def test_more_than_one_transaction(store: Store, ann: str) -> None:
    ids = [row.id for row in store.pictures.add([picture(seed=n) for n in range(230)], ann)]
    store.pictures.trash(ids, ann)
    assert set(store.pictures.purge(0, ann)) == set(ids) and store.pictures.purge(0) == []
