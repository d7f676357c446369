"""Backups, restored into either kind of database; and the index made anew from the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sfumato.plan import Input
from sfumato.studio import Job, Picture, give
from sfumato.studio.gallery import keep
from sfumato.studio.given import digest
from sfumato.studio.store import Conflict, Drawn, Filters, NotThere, Store, Unavailable, drawn
from test_store.conftest import Place, picture, plan
from test_store.test_pictures import kept


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store elsewhere."""
    folder = tmp_path / "other"
    if request.param == "sqlite":
        return Place(f"sqlite:///{folder}/other.sqlite", folder).open()
    postgres: Callable[[], str] = request.getfixturevalue("postgres")
    return Place(postgres(), folder).open()


def everything(store: Store, person: str) -> list:
    """All but the numbers of changes."""
    boards = store.boards.listed(person)
    pictures = [store.pictures.search(filters=Filters(board=own.id)).rows for own in boards]
    pictures += [store.pictures.search().rows, store.pictures.search("狐狸").rows]
    jobs = [replace(row, rev=0) for row in store.jobs.listed()]
    return [jobs, store.people.all(), boards, [[replace(row, rev=0) for row in own] for own in pictures]]


def test_a_backup_brings_everything_back(store: Store, other: Store, ann: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    given = give("start", tmp_path / "red.png")
    reading = plan("雪地里的红狐狸").model_copy(update={"inputs": (given.input,)})
    asked = Job(reading, given=(given,))
    row = store.jobs.accept(asked, ann, key="k")
    made, path = kept(store.gallery)
    store.pictures.add([drawn(made, path, store.gallery, np.ones(4)), picture("狐狸", 5)], ann)
    store.boards.pin(store.boards.add("b", ann).id, ["狐狸/5-0"], ann)
    store.backup(tmp_path / "backup", files=True)
    before = everything(store, ann)
    store.jobs.cancel(row.id)  # after it

    other.restore(tmp_path / "backup")
    with pytest.raises(Conflict, match="not empty"):
        other.restore(tmp_path / "backup")
    assert everything(other, ann) == before
    (again,) = [own for own in other.jobs.listed() if own.id == row.id]
    assert other.jobs.job(again).given[0].pixels.equal(given.pixels)
    assert other.jobs.accept(asked, ann, key="k").id == row.id
    assert other.pictures.similar(np.ones(4), 1)[0].row.path == path.name
    assert (other.gallery / path.name).read_bytes() == path.read_bytes()
    assert min(change.rev for change in other.changed(0)) > store.rev, "whoever followed is told all anew"
    assert other.pictures.add([picture("new", 6)], ann)[0].rev > other.changed(0)[-2].rev
    other.close()


def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "backup")
    (tmp_path / "empty").mkdir()
    assert [path.name for path in (tmp_path / "backup").iterdir()] == ["store.sqlite"]
    with pytest.raises(Conflict, match="name a new folder"):
        store.backup(tmp_path / "backup")
    with pytest.raises(NotThere, match="is not a backup"):
        store.restore(tmp_path / "empty")


def test_a_damaged_backup_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "store.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(Unavailable, match="not a database of Sfumato"):
        store.restore(tmp_path / "bad")


def painted(gallery: Path) -> tuple[list[Drawn], Path]:
    """A picture and one made from it, in a gallery with other things in it; the first one's file."""
    first, path = kept(gallery)
    reading = plan("狐狸").model_copy(update={"inputs": (Input(role="start", hash=digest(first.pixels)),)})
    child = Picture(first.pixels + 9, reading, 0, "0" * 8, {"device": "cpu"})
    below = keep(child, gallery / "a")
    keep(Picture(first.pixels, reading, None, "0" * 8, {}), gallery)  # a grid
    keep(child, gallery / ".running")
    Image.new("RGB", (8, 8)).save(gallery / "other.png")
    (gallery / "broken.png").write_bytes(path.read_bytes()[:200])
    return [drawn(own, where, gallery) for own, where in ((first, path), (child, below))], path


def test_the_index_is_made_anew_from_the_files(store: Store, other: Store, ann: str, bob: str) -> None:
    told, path = painted(store.gallery)
    (before, _) = store.pictures.add(told, bob)
    store.pictures.rate([before.id], 5)

    fresh = Store(type(store.database)(other.database.engine, store.database.folder))
    carl = fresh.people.add("carl").id
    built = fresh.rebuild(carl)
    assert set(built.found) == {own.id for own in told} and built.missing == ()
    assert len(built.unreadable) == 2 and any("other.png carries no plan" in own for own in built.unreadable)
    ignored = {"owner": "", "private": False, "rating": 0, "rev": 0}
    rows = [{row.id: vars(row) | ignored for row in own.pictures.search().rows} for own in (fresh, store)]
    assert rows[0] == rows[1]
    assert {(row.owner, row.private) for row in fresh.pictures.search().rows} == {(carl, True)}
    assert [row.id for row in fresh.pictures.parents(told[1].id)] == [told[0].id]

    path.unlink()
    again = store.rebuild(ann)
    assert again.missing == (told[0].id,) and again.found == (told[1].id,)
    assert store.pictures.get(before.id).rating == 5 and store.pictures.get(before.id).owner == bob
    other.close()
