"""A database is brought to this version's form when it is opened, from nothing and from every older one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from sfumato.studio.store import Filters, NewerVersion, Store
from sfumato.studio.store.tables import METADATA
from test_store.conftest import GOLDEN, Place


def of_search(_table: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The indexes of full text are each database's own."""
    return not (name or "").startswith("picture_words") and kind != "sequence"


def test_the_steps_lead_to_the_tables(store: Store) -> None:
    with store.database.reading() as connection:
        options = {"include_object": of_search, "compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_a_database_that_is_there_is_left_as_it_is(place: Place, store: Store, ann: str) -> None:
    again = place.open()
    assert again.people.get(ann).name == "ann"
    again.close()


def test_a_newer_database_is_refused(place: Place, store: Store) -> None:
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerVersion, match=r"form is 9999, the newest known here is 0004.*update Sfumato"):
        place.open()


def test_another_program_s_database_is_left_alone(place: Place, store: Store) -> None:
    with store.database.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(NewerVersion, match="holds other things"):
        place.open()


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not in mysql"):
        Store.open("mysql://here/it", tmp_path)


@pytest.mark.parametrize("version", [1])
def test_a_stored_database_of_every_version_is_read(version: int, tmp_path: Path) -> None:
    shutil.copyfile(GOLDEN / f"store-v{version}.sqlite", tmp_path / "store.sqlite")
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite", tmp_path)
    ann = store.people.named("ann")
    (done, waiting) = sorted(store.jobs.listed(ann.id), key=lambda row: row.created)
    assert (done.status, waiting.status, waiting.priority) == ("done", "queued", 2)
    assert store.jobs.job(waiting).plan.prompt == "雪地里的红狐狸"
    (row,) = store.pictures.search("狐狸 winter", viewer=ann.id).rows
    assert (row.rating, row.tags, row.job) == (4, ("winter",), done.id)
    assert [board.name for board in store.boards.listed()] == ["foxes"]
    assert store.pictures.search(filters=Filters(board=store.boards.listed()[0].id)).rows == [row]
    assert len(store.changed(0)) == 3
    assert store.queue.claim("w", 60, ["another"]) is None
    row = store.queue.claim("w", 60, [store.jobs.get(waiting.id).plan.family])
    assert row is not None and store.queue.finish(row).status == "done"
    store.close()
