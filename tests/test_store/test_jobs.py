"""Jobs: what is accepted is kept, and only legal moves happen."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from sfumato.studio import Job, give
from sfumato.studio.store import Conflict, IllegalMove, JobRow, LeaseLost, NotThere, Store
from sfumato.studio.store.given import file_of
from sfumato.studio.store.states import MOVES, Move, Status, after
from test_store.conftest import Place, job, plan


def test_what_is_accepted_is_there_for_another_process(place: Place, store: Store, ann: str) -> None:
    asked = job("狐 in the snow")
    row = store.jobs.accept(asked, ann, priority=3, batch="b", key="k")
    other = place.open()
    assert other.jobs.get(row.id) == row
    assert (row.status, row.priority, row.batch, row.key, row.attempt) == ("queued", 3, "b", "k", 1)
    assert other.jobs.job(row) == asked and row.plan_hash == asked.plan.hash
    other.close()


def test_the_same_key_gives_the_first_row(store: Store, ann: str, bob: str) -> None:
    first = store.jobs.accept(job(), ann, key="k")
    assert store.jobs.accept(job(), ann, key="k") == first
    with pytest.raises(Conflict, match="'k'"):
        store.jobs.accept(job("another"), ann, key="k")
    assert store.jobs.accept(job(), bob, key="k").id != first.id, "a key is its owner's own"
    assert store.jobs.accept(job(), ann).id != store.jobs.accept(job(), ann).id, "without a key each is new"


def test_the_same_job_is_accepted_once(store: Store, ann: str, bob: str) -> None:
    asked = job()
    assert store.jobs.accept(asked, ann) == store.jobs.accept(asked, ann)
    with pytest.raises(Conflict):
        store.jobs.accept(asked, bob)


def test_an_unknown_owner_is_refused(store: Store) -> None:
    with pytest.raises(NotThere):
        store.jobs.accept(job(), "nobody")


def test_given_pictures_are_kept_by_their_content(store: Store, ann: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 24, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    given = give("start", tmp_path / "photo.png", 0.5)
    (tmp_path / "photo.png").unlink()
    reading = plan().model_copy(update={"inputs": (given.input,)})
    row = store.jobs.accept(Job(reading, given=(given,)), ann)
    (again,) = store.jobs.job(row).given
    assert again.input == given.input and again.pixels.equal(given.pixels)
    kept = file_of(store.database.folder, given.input.hash)
    kept.write_bytes(kept.read_bytes()[:100])
    with pytest.raises(NotThere, match="give it again"):
        store.jobs.job(row)


def test_a_picture_that_is_not_what_its_name_says_is_refused(store: Store, ann: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    given = give("start", tmp_path / "red.png")
    given.pixels[0, 0, 0] = -1
    with pytest.raises(Conflict):
        store.jobs.accept(Job(plan(), given=(given,)), ann)
    assert store.jobs.listed() == [] and not list((tmp_path / "given").glob("*"))


def brought_to(status: Status, store: Store, owner: str) -> JobRow:
    """A job in this state; with its lease where it is running."""
    row = store.jobs.accept(job(), owner)
    if status == "queued":
        return row
    if status == "paused":
        return store.jobs.pause(row.id)
    held = store.queue.claim("w", 60)
    assert held is not None and held.id == row.id
    if status == "running":
        return held
    ways = {
        "done": lambda: store.queue.finish(held),
        "failed": lambda: store.queue.fail(held, "no"),
        "cancelled": lambda: store.jobs.cancel(row.id),
        "forgotten": lambda: store.jobs.forget(store.jobs.cancel(row.id).id),
    }
    return ways[status]()


@pytest.mark.parametrize("move", [own for own in get_args(Move) if own != "claim"])
def test_a_move_from_every_state(move: Move, store: Store, ann: str) -> None:
    for status in get_args(Status):
        row = brought_to(status, store, ann)
        if status in MOVES[move]:
            assert moved(store, row, move).status == MOVES[move][status] == store.jobs.get(row.id).status
        else:
            before = store.jobs.get(row.id)
            with pytest.raises((IllegalMove, LeaseLost)):
                moved(store, row, move)
            assert store.jobs.get(row.id) == before
        if store.jobs.get(row.id).status in MOVES["cancel"]:
            store.jobs.cancel(row.id)  # out of the next one's way


def moved(store: Store, row: JobRow, move: Move) -> JobRow:
    if move == "fail":
        return store.queue.fail(row, "no")
    if move in ("finish", "give_back"):
        return getattr(store.queue, move)(row)
    return getattr(store.jobs, move)(row.id)


def test_the_table_of_moves_refuses_in_words() -> None:
    assert after("failed", "retry") == "queued"
    with pytest.raises(
        IllegalMove, match="A job that is done cannot retry: only one that is failed, cancelled"
    ):
        after("done", "retry")


def test_a_retry_is_a_new_attempt_of_the_same_row(store: Store, ann: str) -> None:
    row = store.queue.fail(brought_to("running", store, ann), "the network answers NaN")
    assert row.reason == "the network answers NaN" and row.ended is not None
    again = store.jobs.retry(row.id)
    assert (again.id, again.attempt, again.reason, again.ended) == (row.id, 2, "", None)


def test_only_its_owner_moves_a_job(store: Store, ann: str, bob: str) -> None:
    row = store.jobs.accept(job(), ann)
    with pytest.raises(NotThere):
        store.jobs.cancel(row.id, owner=bob)
    assert store.jobs.cancel(row.id, owner=ann, reason="enough").reason == "enough"


def test_a_forgotten_job_leaves_nothing_but_its_end(store: Store, ann: str) -> None:
    row = store.jobs.accept(job("secret"), ann, key="k")
    store.jobs.cancel(row.id)
    gone = store.jobs.forget(row.id)
    assert gone.gone and "secret" not in repr(gone) + gone.plan_json and gone.key is None
    assert store.jobs.listed() == [] and store.changed(0)[-1].row == gone
    assert store.jobs.accept(job("secret"), ann, key="k").id != row.id


def test_jobs_are_listed_in_pages(place: Place, store: Store, ann: str) -> None:
    rows = []
    for number in range(7):
        place.clock.now += number % 2  # some have the same time
        rows.append(store.jobs.accept(job(seed=number), ann))
    seen: list[JobRow] = []
    while page := store.jobs.listed(limit=3, before=seen[-1] if seen else None):
        seen += page
    assert seen == sorted(rows, key=lambda row: (row.created, row.id), reverse=True)
    assert {row.id for row in store.jobs.listed(status="queued", owner=ann, batch="")} == {r.id for r in rows}
    assert store.jobs.listed(status="done") == []
