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


def test_a_list_is_kept_at_once_and_sent_again_makes_nothing_twice(store: Store, ann: str, bob: str) -> None:
    keys = [f"row {number}" for number in range(100)]
    jobs = [job(seed=number) for number in range(100)]
    before = store.rev
    first = store.jobs.accept_each(jobs[:40], ann, keys[:40], batch="b")  # then the sender was killed
    assert set(store.jobs.keyed(ann, keys)) == set(keys[:40]) and store.jobs.keyed(bob, keys) == {}
    rows = store.jobs.accept_each([job(seed=number) for number in range(100)], ann, keys, batch="b")
    assert rows[:40] == first and [own.key for own in rows] == keys and store.rev == before + 100
    assert store.jobs.keyed(ann, keys) == {own.key: own for own in rows}
    assert [own.id for own in store.jobs.listed(batch="b", limit=200)][::-1] == [own.id for own in rows]


def test_a_list_with_a_key_of_another_plan_is_not_kept_at_all(store: Store, ann: str) -> None:
    store.jobs.accept(job(seed=7), ann, key="b")
    with pytest.raises(Conflict, match="'b'"):
        store.jobs.accept_each([job(seed=1), job(seed=2)], ann, ["a", "b"])
    with pytest.raises(ValueError, match="2 jobs were given, and 1 keys"):
        store.jobs.accept_each([job(seed=1), job(seed=2)], ann, ["a"])
    assert len(store.jobs.listed()) == 1


def test_what_somebody_has(store: Store, ann: str, bob: str) -> None:
    (row, _) = store.jobs.accept_all([job(pictures=4), job(pictures=2)], ann)
    now = store.database.clock()
    store.pictures.add([picture(seed=1, created=now), picture(seed=2, created=now - 86401)], ann)
    store.jobs.accept(job(), bob)
    assert store.people.load(ann) == (2, 7)
    store.jobs.cancel(row.id)
    assert store.people.load(ann) == (1, 3)


def test_who_saw_a_picture_is_told_that_it_is_hidden(store: Store, ann: str, bob: str) -> None:
    secret, seen = (picture(seed=seed) for seed in (1, 2))
    store.pictures.add([secret], ann, private=True)
    store.pictures.add([seen], ann)
    told = store.changed(0, bob)
    assert [own.row.id for own in told] == [seen.id]
    store.pictures.hide([secret.id, seen.id], ann)
    store.pictures.like([seen.id], ann)
    (end,) = store.changed(told[-1].rev, bob)
    assert (end.row.id, end.row.gone, end.row.prompt, end.row.liked) == (seen.id, True, "", False)
    assert store.changed(end.rev, bob) == [], "what its owner does with it later is not told"
    assert [own.row.gone for own in store.changed(told[-1].rev, ann)] == [False, False]
    store.pictures.hide([seen.id], ann, private=False)
    (back,) = store.changed(end.rev, bob)
    assert not back.row.gone and back.row.prompt == "a red fox"


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
