"""What a server asks of a store: several jobs at once, what somebody has, who has a key, and any news."""

from __future__ import annotations

from threading import Thread

import pytest

from sfumato.studio.store import Conflict, NotThere, Store
from test_store.conftest import job, picture


def test_all_jobs_of_a_request_or_none(store: Store, ann: str) -> None:
    jobs = [job(seed=seed) for seed in (1, 2, 3)]
    rows = store.jobs.accept_all(jobs, ann, batch="b", key="k")
    assert [own.key for own in rows] == ["k#0", "k#1", "k#2"]
    assert [own.id for own in store.jobs.listed(batch="b")][::-1] == [own.id for own in jobs]
    assert [store.queue.claim("w", 60).id for _ in jobs] == [own.id for own in jobs]
    with pytest.raises(Conflict):
        store.jobs.accept_all([job(seed=4), job(seed=5)], ann, key="k")
    with pytest.raises(NotThere):
        store.jobs.accept_all(jobs, "nobody")
    assert len(store.jobs.listed()) == 3


def test_what_somebody_has(store: Store, ann: str, bob: str) -> None:
    (row, _) = store.jobs.accept_all([job(pictures=4), job(pictures=2)], ann)
    now = store.database.clock()
    store.pictures.add([picture(seed=1, created=now), picture(seed=2, created=now - 86401)], ann)
    store.jobs.accept(job(), bob)
    assert store.people.load(ann) == (2, 7)
    store.jobs.cancel(row.id)
    assert store.people.load(ann) == (1, 3)


def test_who_has_a_key(store: Store, ann: str) -> None:
    assert not store.people.have_keys()
    store.people.new_key(ann)
    assert store.people.have_keys()


def test_news_wakes_who_waits(store: Store, ann: str) -> None:
    heard = store.wait(-1, 0)
    assert store.wait(heard, 0) == heard
    news: list[int] = []
    waiting = Thread(target=lambda: news.append(store.wait(heard, 60)))
    waiting.start()
    store.jobs.accept(job(), ann)
    waiting.join(30)
    assert news == [heard + 1]
    with pytest.raises(NotThere):
        store.jobs.accept(job(), "nobody")
    assert store.wait(heard, 0) == heard + 1
