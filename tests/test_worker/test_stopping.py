"""Paused, cancelled, shut down: within one pass, and what goes on later ends with the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from sfumato.engine import Batcher, Commission
from sfumato.engine.batcher import costs_of
from sfumato.models.family import families
from sfumato.studio import Job, Shelf
from sfumato.studio.store import Drawn, JobRow, Store
from sfumato.studio.store.queue import Queue
from sfumato.studio.worker import Worker
from test_worker.conftest import LONG, at_work, ended, files, job, left, opened, until

Alone = Callable[..., dict[str, bytes]]

pytestmark = pytest.mark.usefixtures("every_pass_is_saved")


@pytest.fixture
def long() -> Job:
    return job("a fox --seed 3", LONG, pictures=1)


@pytest.fixture
def row(store: Store, ann: str, long: Job) -> JobRow:
    return store.jobs.accept(long, ann)


def under_way(store: Store, row: JobRow) -> Callable[[], bool]:
    return lambda: store.jobs.get(row.id).done > 3


def batcher_of(shelf: Shelf) -> Batcher:
    return shelf.lease(families()[0]).batcher


def one_pass(shelf: Shelf, job: Job) -> int:
    """Most numbers of x that one pass over all pictures of this job asks about."""
    commission = Commission(job.plan, shelf.lease(families()[0]).model)
    return len(job.plan.seeds) * max(cost.numbers for cost in costs_of(commission))


def test_a_paused_job_stops_at_once_and_goes_on_to_the_same_bytes(
    store: Store, shelf: Shelf, row: JobRow, long: Job, alone: Alone
) -> None:
    batcher = batcher_of(shelf)
    with at_work(Worker(store, shelf, "w")):
        until(under_way(store, row))
        store.jobs.pause(row.id)
        before = batcher.work
        until(lambda: not batcher.busy)
        assert batcher.work - before <= one_pass(shelf, long), "the pass that was under way"
        assert left(store) == [row.id] and files(store.gallery) == {}
        paused = store.jobs.get(row.id)
        assert 0 < paused.done < paused.total
        store.jobs.resume(row.id)
        before = batcher.work
        until(ended(store, row))
    whole = one_pass(shelf, long) * 20
    assert batcher.work - before < whole, "it went on from where it stood"
    assert store.jobs.get(row.id).status == "done" and left(store) == []
    assert files(store.gallery) == alone(long)


def test_a_cancelled_job_stops_at_once_and_leaves_nothing(
    store: Store, shelf: Shelf, row: JobRow, long: Job
) -> None:
    batcher = batcher_of(shelf)
    with at_work(Worker(store, shelf)):
        until(under_way(store, row))
        store.jobs.cancel(row.id)
        before = batcher.work
        until(lambda: not batcher.busy and left(store) == [])
        assert batcher.work - before <= one_pass(shelf, long)
    assert files(store.gallery) == {} and store.jobs.get(row.id).status == "cancelled"


def test_one_that_is_cancelled_between_its_files_and_its_row_leaves_nothing(
    store: Store, shelf: Shelf, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, seen = Queue.finish, []

    def finish(queue: Queue, row: JobRow, pictures: Sequence[Drawn] = ()) -> JobRow:
        seen.extend(files(store.gallery))
        store.jobs.cancel(row.id)
        return whole(queue, row, pictures)

    monkeypatch.setattr(Queue, "finish", finish)
    row = store.jobs.accept(job("a fox --seed 8"), ann)
    with at_work(Worker(store, shelf)):
        until(lambda: bool(seen) and left(store) == [])
    assert len(seen) == 4 and files(store.gallery) == {}
    assert store.jobs.get(row.id).status == "cancelled" and store.pictures.search().rows == []


@pytest.mark.parametrize("stop", ["cancel", "pause"])
def test_what_another_process_stops_is_let_go_of_soon(
    stop: str, store: Store, shelf: Shelf, row: JobRow, long: Job
) -> None:
    """No count of this process tells of it: the worker must look by itself."""
    batcher, other = batcher_of(shelf), opened(store.database.folder)
    with at_work(Worker(store, shelf)):
        until(under_way(store, row))
        getattr(other.jobs, stop)(row.id)
        until(lambda: not batcher.busy)
    assert store.jobs.get(row.id).done < store.jobs.get(row.id).total, "before it was done"
    assert files(store.gallery) == {}
    other.close()


def test_one_that_is_cancelled_while_it_is_paused_leaves_nothing(
    store: Store, shelf: Shelf, row: JobRow
) -> None:
    with at_work(Worker(store, shelf)):
        until(under_way(store, row))
        store.jobs.pause(row.id)
        until(lambda: not batcher_of(shelf).busy)
        assert left(store) == [row.id]
        store.jobs.cancel(row.id)
        until(lambda: left(store) == [])
    assert files(store.gallery) == {}


def test_paused_and_resumed_many_times_it_is_no_suspect(
    store: Store, shelf: Shelf, row: JobRow, long: Job, alone: Alone
) -> None:
    with at_work(Worker(store, shelf)):
        until(under_way(store, row))
        for _ in range(5):  # also at once: the worker then takes up what it has not yet let go of
            store.jobs.pause(row.id)
            store.jobs.resume(row.id)
            until(lambda: store.jobs.get(row.id).status == "running")
        until(ended(store, row))
    assert files(store.gallery) == alone(long) and left(store) == []


def test_a_shut_down_worker_gives_its_jobs_back(
    store: Store, shelf: Shelf, row: JobRow, long: Job, ann: str, alone: Alone
) -> None:
    others = [store.jobs.accept(job(f"a ship --seed {n}", LONG, pictures=1), ann) for n in range(3)]
    with at_work(Worker(store, shelf, "first", jobs=2)):
        until(under_way(store, row))
    back = [store.jobs.get(own.id) for own in (row, *others)]
    assert {own.status for own in back} == {"queued"} and {own.takes for own in back} == {0}
    assert row.id in left(store)
    batcher = batcher_of(shelf)
    assert not batcher.busy
    for own in others:
        store.jobs.cancel(own.id)
    with at_work(Worker(store, shelf, "second")):
        until(ended(store, row))
    assert store.jobs.get(row.id).worker == "second"
    assert files(store.gallery) == alone(long)


def test_a_worker_that_is_woken_finds_a_new_job(store: Store, shelf: Shelf, ann: str) -> None:
    worker = Worker(store, shelf)
    with at_work(worker):
        row = store.jobs.accept(job("a fox --seed 5"), ann)
        worker.wake()
        until(ended(store, row))
    assert store.jobs.get(row.id).status == "done"
