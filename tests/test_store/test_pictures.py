"""The index of pictures: kept once, judged by their owner, trashed and purged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sfumato.studio import Picture
from sfumato.studio.gallery import keep
from sfumato.studio.store import Conflict, Drawn, Filters, LeaseLost, NotThere, PictureRow, Store, drawn
from test_store.conftest import Place, job, picture, plan


def kept(gallery: Path, index: int | None = 0) -> tuple[Picture, Path]:
    """A small picture and its file."""
    pixels = np.full((64, 96, 3), 1 + (index or 0), np.uint8)
    made = Picture(pixels, plan("a ship", 7, 2), index, job().id, {"device": "cpu"})
    return made, keep(made, gallery)


def test_a_finished_job_s_pictures_appear_with_it(store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann, private=True)
    row = store.queue.claim("w", 60)
    assert row is not None
    made, path = kept(store.gallery)
    store.queue.report(row, 3, 20)
    done = store.queue.finish(row, [drawn(made, path, store.gallery, np.ones(8))])
    assert (done.done, done.total) == (20, 20), "what is done is all done"
    (change, last) = store.changed(row.rev)
    assert isinstance(change.row, PictureRow) and last.row == done
    found = change.row
    assert (found.owner, found.private, found.job, found.path) == (ann, True, made.job, path.name)
    assert (found.width, found.height, found.aspect, found.seed) == (96, 64, 1.5, 7)
    assert found.embedding is not None and found.embedding.tolist() == [1.0] * 8
    assert store.pictures.get(f"{made.job}-0") == found


def test_a_worker_without_its_lease_leaves_no_picture(store: Store, ann: str) -> None:
    row = store.jobs.accept(job(), ann)
    held = store.queue.claim("w", 60)
    store.jobs.cancel(row.id)
    with pytest.raises(LeaseLost):
        store.queue.finish(held, [picture()])  # type: ignore[arg-type]
    assert store.pictures.search().rows == []


def test_a_grid_is_not_indexed(store: Store) -> None:
    made, path = kept(store.gallery, None)
    with pytest.raises(ValueError, match="is a grid"):
        drawn(made, path, store.gallery)


def test_what_people_said_outlasts_a_second_finish(store: Store, ann: str, bob: str) -> None:
    (row,) = store.pictures.add([picture()], ann)
    store.pictures.like([row.id], ann)
    store.pictures.rate([row.id], 4, ann)
    store.pictures.tag(row.id, ["animal", " ", "animal", "冬天"], ann)
    (again,) = store.pictures.add([picture(width=512)], ann)
    assert (again.liked, again.rating, again.tags) == (True, 4, ("animal", "冬天"))
    assert (again.id, again.width) == (row.id, 512) and again.rev > row.rev
    assert store.pictures.search("冬天 fox").rows == [again]
    with pytest.raises(Conflict):
        store.pictures.add([picture()], bob)


def test_only_its_owner_changes_a_picture(store: Store, ann: str, bob: str) -> None:
    ids = [row.id for row in store.pictures.add([picture(seed=1), picture(seed=2)], ann)]
    ids += [row.id for row in store.pictures.add([picture(seed=3)], bob)]
    before = store.pictures.search().rows
    for act in (store.pictures.like, store.pictures.hide, store.pictures.trash, store.pictures.untrash):
        with pytest.raises(NotThere):
            act(ids, ann)
    with pytest.raises(NotThere):
        store.pictures.tag(ids[2], ["mine"], ann)
    with pytest.raises(ValueError, match="0 to 5"):
        store.pictures.rate(ids[:1], 6, ann)
    assert store.pictures.search().rows == before


def test_every_picture_of_many_has_its_own_number(store: Store, ann: str) -> None:
    ids = [row.id for row in store.pictures.add([picture(seed=n) for n in range(5)], ann)]
    rows = store.pictures.like(ids, ann)
    assert len({row.rev for row in rows}) == 5
    assert [change.row.id for change in store.changed(rows[1].rev)] == ids[2:]


def test_trash_is_undone_or_purged(place: Place, store: Store, ann: str, bob: str) -> None:
    made, path = kept(store.gallery)
    (row,) = store.pictures.add([drawn(made, path, store.gallery)], ann)
    store.pictures.add([picture(inputs=(row.content,))], ann)
    board = store.boards.add("ships", ann)
    store.boards.pin(board.id, [row.id], ann)
    store.pictures.trash([row.id], ann)
    assert row.id not in {own.id for own in store.pictures.search().rows}
    assert [own.id for own in store.pictures.search(filters=Filters(trash=True), viewer=ann).rows] == [row.id]
    assert store.pictures.search(filters=Filters(trash=True), viewer=bob).rows == []
    place.clock.now += 9
    assert store.pictures.purge(10) == []
    assert store.pictures.untrash([row.id], ann)[0].trashed is None
    store.pictures.trash([row.id], ann)
    place.clock.now += 10
    assert path.exists() and store.pictures.purge(10) == [row.id] and not path.exists()
    last = store.changed(0)[-1].row
    assert (last.id, last.gone, store.changed(0)[-1].rev) == (row.id, True, store.rev)
    assert "ship" not in repr(last) and store.pictures.purge(0) == []
    with pytest.raises(NotThere):
        store.pictures.get(row.id)
    with pytest.raises(NotThere):
        store.pictures.untrash([row.id], ann)


def test_a_purged_picture_that_is_made_again_is_found_again(store: Store, ann: str) -> None:
    (row,) = store.pictures.add([picture()], ann)
    store.pictures.tag(row.id, ["old"], ann)
    store.pictures.trash([row.id], ann)
    store.pictures.purge(0)
    (again,) = store.pictures.add([picture()], ann)
    assert (again.gone, again.tags, again.trashed) == (False, (), None)
    assert store.pictures.search("fox").rows == [again] and store.pictures.search("old").rows == []


def test_lineage_is_read_from_what_a_plan_reads(store: Store, ann: str, bob: str) -> None:
    first, second = picture("first", 1), picture("second", 2)
    secret = picture("secret", 3)
    store.pictures.add([first, second], ann)
    store.pictures.add([secret], bob, private=True)
    inputs = (second.content, "unknown", first.content, secret.content)
    child: Drawn = picture("child", 4, inputs=inputs)
    store.pictures.add([child], ann)
    assert [row.prompt for row in store.pictures.parents(child.id)] == ["second", "first"]
    assert [row.id for row in store.pictures.children(first.id)] == [child.id]


def test_similar_is_the_exact_cosine(store: Store, ann: str) -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((300, 16)).astype(np.float16)
    store.pictures.add([picture(seed=n, blob=own.tobytes()) for n, own in enumerate(vectors)], ann)
    store.pictures.add([picture("short", 1000, blob=bytes(16)), picture("none", 1001)], ann)
    store.pictures.add([picture("zero", 1002, blob=bytes(32))], ann)
    asked = random.standard_normal(16)
    exact = vectors.astype(np.float64) @ asked
    exact /= np.linalg.norm(vectors.astype(np.float64), axis=1) * np.linalg.norm(asked)
    found = store.pictures.similar(asked, 10)
    assert [own.row.seed for own in found] == np.argsort(-exact)[:10].tolist()
    assert np.allclose([own.cosine for own in found], np.sort(exact)[::-1][:10], atol=1e-5)
    assert len(store.pictures.similar(asked, 1000)) == 301, "only those as long"
    with pytest.raises(ValueError, match="not finite"):
        store.pictures.embed({found[0].row.id: np.full(16, 1e9)})
    store.pictures.embed({found[0].row.id: -asked})
    assert store.pictures.similar(asked, 301)[-1].row.id == found[0].row.id
