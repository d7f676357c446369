"""Claiming: one worker a job, under a lease, in a fair order."""

from __future__ import annotations

import pytest

from sfumato.studio.store import JobRow, LeaseLost, Report, Store
from sfumato.studio.store.turn import AGING, RECENT
from test_store.conftest import Place, job


def claimed(store: Store, worker: str = "w", seconds: float = 60) -> JobRow:
    row = store.queue.claim(worker, seconds)
    assert row is not None
    return row


def test_an_empty_queue_gives_nothing_and_numbers_nothing(store: Store) -> None:
    assert store.queue.claim("w", 60) is None and store.rev == 0


def test_several_are_taken_in_the_order_of_one_by_one(place: Place, store: Store, ann: str) -> None:
    bob = store.people.add("bob").id
    for number in range(6):
        store.jobs.accept(job(seed=number), ann)
        place.clock.now += 0.01
    for number in range(2):
        store.jobs.accept(job(seed=10 + number), bob)
    rows = store.queue.claim_some(7, "w", 60)
    assert [row.owner for row in rows] == [ann, bob, ann, bob, ann, ann, ann]
    assert [row.plan.seeds[0].number for row in rows if row.owner == ann] == [0, 1, 2, 3, 4]
    assert len({row.lease for row in rows}) == 7 and {row.status for row in rows} == {"running"}
    assert [row.rev for row in rows] == sorted({row.rev for row in rows})
    assert [row.plan.seeds[0].number for row in store.queue.claim_some(7, "w", 60)] == [5]


def test_after_the_last_trial_of_a_job_no_other_is_taken(place: Place, store: Store, ann: str) -> None:
    rows = store.jobs.accept_all([job(seed=number) for number in range(4)], ann)
    for _ in range(2):
        assert [row.id for row in store.queue.claim_some(2, "dead", 1)] == [row.id for row in rows[:2]]
        place.clock.now += 2
    taken = [[row.takes for row in store.queue.claim_some(4, "w", 60, None, 3)] for _ in range(4)]
    assert sorted(map(tuple, taken)) == [(), (1, 1), (3,), (3,)]


def test_the_bell_rings_for_changes_alone(store: Store, ann: str) -> None:
    store.jobs.accept_all([job(seed=number) for number in range(3)], ann)
    before = store.wait(-1, 0)
    (*rows,) = store.queue.claim_some(8, "w", 60)
    assert store.wait(-1, 0) == before + 1, "three in one transaction"
    assert store.queue.claim_some(8, "w", 60) == [] and store.queue.beat(rows, 60) == []
    assert store.wait(-1, 0) == before + 1, "nobody needs to look"
    store.queue.beat(rows, None, [Report(rows[0], 1, 2)])
    assert store.wait(-1, 0) == before + 2


def test_news_alone_hold_no_job_for_longer(place: Place, store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    row = claimed(store, "first", 60)
    place.clock.now += 59
    assert store.queue.beat([row], None, [Report(row, 1, 2, b"seen")]) == []
    found = store.jobs.get(row.id)
    assert (found.done, found.total, found.preview) == (1, 2, b"seen") and found.rev > row.rev
    assert store.queue.beat([row], None, [Report(row, 2, 2)]) == []
    found = store.jobs.get(row.id)
    assert (found.done, found.preview, found.lease_until) == (2, b"seen", row.lease_until)
    place.clock.now += 2
    assert claimed(store, "second").id == row.id


def test_a_job_whose_lease_ran_out_goes_to_another(place: Place, store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    first = claimed(store, "first", 60)
    place.clock.now += 59
    assert store.queue.claim("second", 60) is None
    assert store.queue.beat([first], 60) == []
    place.clock.now += 59
    assert store.queue.claim("second", 60) is None, "renewed"
    place.clock.now += 2
    second = claimed(store, "second")
    assert (second.id, second.takes, second.attempt) == (first.id, 2, 1)
    for act in (
        lambda: store.queue.report(first, 1, 2),
        lambda: store.queue.finish(first),
        lambda: store.queue.fail(first, "no"),
        lambda: store.queue.give_back(first),
    ):
        before = store.jobs.get(first.id)
        with pytest.raises(LeaseLost, match="second took it up"):
            act()
        assert store.jobs.get(first.id) == before
    assert store.queue.beat([first], 600, [Report(first, 1, 2)]) == [first.id]
    assert store.jobs.get(first.id) == before
    assert store.queue.finish(second).status == "done"


def test_a_late_worker_may_end_what_nobody_took_up(place: Place, store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    row = claimed(store)
    place.clock.now += 3600
    assert store.queue.finish(row).status == "done"


def test_a_worker_is_told_that_its_job_was_stopped(store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    row = claimed(store)
    store.jobs.pause(row.id)
    with pytest.raises(LeaseLost, match="it is paused"):
        store.queue.report(row, 1, 2)


def test_a_worker_asks_which_of_its_jobs_it_lost(place: Place, store: Store, ann: str) -> None:
    for number in range(5):
        store.jobs.accept(job(seed=number), ann)
    rows = [claimed(store) for _ in range(4)]
    store.jobs.pause(rows[0].id)
    store.jobs.cancel(rows[1].id)
    store.queue.finish(rows[2])
    assert store.queue.lost(rows) == {rows[0].id: "paused", rows[1].id: "cancelled", rows[2].id: "done"}
    place.clock.now += 61
    store.queue.beat([rows[3]], 1)
    place.clock.now += 2
    while (other := claimed(store, "other")).id != rows[3].id:
        pass
    assert store.queue.lost(rows[3:]) == {rows[3].id: "running"} and store.queue.lost([other]) == {}


def test_what_has_ended_is_known_by_its_id(store: Store, ann: str) -> None:
    rows = [store.jobs.accept(job(seed=number), ann) for number in range(3)]
    store.jobs.cancel(rows[0].id)
    store.jobs.pause(rows[1].id)
    asked = [*(row.id for row in rows), "another"]
    assert [row.id for row in store.queue.ended(asked)] == [rows[0].id]


def test_only_a_worker_that_died_counts_as_a_take(place: Place, store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    assert store.queue.give_back(claimed(store)).takes == 0
    assert claimed(store).takes == 1
    place.clock.now += 61
    row = claimed(store)
    assert row.takes == 2
    store.jobs.pause(row.id)
    store.jobs.resume(row.id)
    assert claimed(store).takes == 1


def test_the_same_worker_begun_anew_does_not_hold_the_old_lease(place: Place, store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    old = claimed(store, "gpu0", 60)
    place.clock.now += 61
    new = claimed(store, "gpu0", 60)
    with pytest.raises(LeaseLost):
        store.queue.report(old, 1, 2)
    assert store.queue.report(new, 1, 2).done == 1


def test_only_a_claim_gives_a_lease_out(store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    row = claimed(store)
    shown = [store.jobs.get(row.id), *store.jobs.listed(), store.queue.report(row, 1, 2)]
    assert row.lease and not any(own.lease for own in shown)
    assert row.lease not in repr(store.changed(0)) + repr(row)


def test_progress_is_a_change_and_a_heartbeat_is_none(store: Store, ann: str) -> None:
    store.jobs.accept(job(), ann)
    row = claimed(store)
    store.queue.beat([row], 60)
    assert store.changed(row.rev) == []
    told = store.queue.report(row, 3, 20, b"webp")
    assert [change.row for change in store.changed(row.rev)] == [told]
    assert (told.done, told.total, store.queue.report(row, 4, 20).preview) == (3, 20, b"webp")
    assert store.queue.finish(row).preview is None


def test_one_beat_holds_and_reports_on_all_that_are_still_held(store: Store, place: Place, ann: str) -> None:
    for seed in range(3):
        store.jobs.accept(job(seed=seed), ann)
    rows, before = [claimed(store, "w", 60) for _ in range(3)], store.rev
    assert store.stops == 0
    store.jobs.pause(rows[1].id)
    assert store.stops == 1, "who works in this process need not ask until then"
    news = [Report(rows[0], 3, 20, b"webp"), Report(rows[1], 5, 20)]
    assert store.queue.beat(rows, 600, news) == [rows[1].id]
    assert store.rev == before + 2, "the pause and one report"
    shown = [store.jobs.get(row.id) for row in rows]
    assert [(own.status, own.done, own.preview) for own in shown] == [
        ("running", 3, b"webp"),
        ("paused", 0, None),
        ("running", 0, None),
    ]
    place.clock.now += 599
    assert store.queue.claim("other", 60) is None, "both are held"


def test_what_is_not_running_stops_nobody(store: Store, ann: str) -> None:
    row = store.jobs.accept(job(), ann)
    store.jobs.pause(row.id)
    store.jobs.resume(row.id)
    store.jobs.cancel(row.id)
    assert store.stops == 0


def order(store: Store, place: Place, seconds: float = 1.0) -> list[str]:
    """The owners of all jobs, in the order in which one worker does them."""
    served = []
    while (row := store.queue.claim("w", 3600)) is not None:
        served.append(store.people.get(row.owner).name)
        place.clock.now += seconds
        store.queue.finish(row)
    return served


def test_priority_goes_first(place: Place, store: Store, ann: str, bob: str) -> None:
    store.jobs.accept(job(), ann)
    store.jobs.accept(job(), bob, priority=1)
    assert order(store, place) == ["bob", "ann"]


def test_a_large_batch_does_not_make_others_wait(place: Place, store: Store, ann: str, bob: str) -> None:
    for _ in range(6):
        store.jobs.accept(job(), ann)
    place.clock.now += 3 * AGING
    claimed(store)  # one of ann's runs on
    place.clock.now += 1
    for _ in range(2):
        store.jobs.accept(job(), bob)
    assert order(store, place) == ["bob", "ann", "bob", "ann", "ann", "ann", "ann"]


def test_what_was_served_long_ago_no_longer_counts(place: Place, store: Store, ann: str, bob: str) -> None:
    store.jobs.accept(job(), ann)
    order(store, place)
    place.clock.now += RECENT
    store.jobs.accept(job(), ann)
    place.clock.now += 1
    store.jobs.accept(job(), bob)
    assert order(store, place) == ["ann", "bob"], "by age alone"


@pytest.mark.parametrize("whose", ["another's", "their own"])
def test_nothing_starves(whose: str, place: Place, store: Store, ann: str, bob: str) -> None:
    """One job of low priority, and a stream of better ones that never ends."""
    store.jobs.accept(job(), ann)
    for served in range(60):
        store.jobs.accept(job(), bob if whose == "another's" else ann, priority=10)
        row = claimed(store)
        if row.priority == 0:
            assert served * 40 <= 11 * AGING
            return
        place.clock.now += 40
        store.queue.finish(row)
    raise AssertionError("it never came to its turn")
