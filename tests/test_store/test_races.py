"""Several processes at one store: real processes, real kill -9."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import insert

from sfumato.studio.store import Change, Store
from sfumato.studio.store.jobs import fresh
from sfumato.studio.store.tables import JOBS
from test_store import racing
from test_store.conftest import Place, job
from test_store.racing import LEASE

RACERS = 4


@pytest.fixture(scope="module", autouse=True)
def paths() -> Iterator[None]:
    """The server that forks the racers reads its modules once, and needs to be told where they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        yield


@dataclass
class Racer:
    """A process, and the line on which it sends."""

    process: BaseProcess
    line: Connection

    def go(self) -> None:
        self.line.send("go")

    def said(self) -> list[str]:
        """All until it ends."""
        heard = []
        with suppress(EOFError):
            while True:
                heard.append(self.line.recv())
        return heard


@contextmanager
def racer(act: Callable, place: Place) -> Iterator[Racer]:
    """A process that has nothing of this one's; it is killed at the end where it has not ended."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["test_store.racing"])
    near, far = context.Pipe()
    process = context.Process(target=racing.begin, args=(act, place.url, place.folder, far))
    process.start()
    far.close()  # the line ends with its process
    try:
        yield Racer(process, near)
    finally:
        process.kill()
        process.join()
        near.close()


@contextmanager
def racers(act: Callable, place: Place) -> Iterator[list[Racer]]:
    """Processes that begin at the same moment, and end well."""
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(racer(act, place)) for _ in range(RACERS)]
        for own in all_of_them:
            own.go()
        yield all_of_them
        for own in all_of_them:
            own.process.join(120)
        assert [own.process.exitcode for own in all_of_them] == [0] * RACERS


def fill(store: Store, owner: str, count: int) -> set[str]:
    """Many waiting jobs at once."""
    rows = [
        {**fresh(job(seed=n), owner, 0.0), "priority": 0, "private": False, "batch": ""} for n in range(count)
    ]
    with store.database.writing() as connection:
        connection.execute(insert(JOBS), rows)
    return {row["id"] for row in rows}


def test_no_job_is_taken_twice_and_none_is_lost(place: Place, store: Store, ann: str) -> None:
    jobs = fill(store, ann, 200)
    with racers(racing.work, place) as running:
        assert [own.line.recv() for own in running] == ["ready"] * RACERS
        for own in running:
            own.go()
        taken = [own.said() for own in running]
    assert sorted(chain.from_iterable(taken)) == sorted(jobs)
    assert sum(bool(own) for own in taken) > 1, "there was no race"
    assert {row.status for row in store.jobs.listed(limit=300)} == {"done"}


def test_threads_may_share_a_store(store: Store, ann: str) -> None:
    jobs = fill(store, ann, 60)

    def take(_: int) -> list[str]:
        taken = []
        while (row := store.queue.claim("thread", LEASE)) is not None:
            taken.append(store.queue.finish(row).id)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = list(chain.from_iterable(pool.map(take, range(8))))
    assert sorted(taken) == sorted(jobs)


def test_a_reader_misses_nothing_while_others_write(place: Place, store: Store, ann: str) -> None:
    """It keeps what it was told last of everything; in the end that is how all of it stands."""
    known: dict[str, Change] = {}
    last = 0
    with racers(racing.write, place) as running:
        while any(own.process.is_alive() for own in running) or last < store.rev:
            for change in store.changed(last, limit=7):
                assert change.rev > last
                known[change.row.id], last = change, change.rev
    final = {change.row.id: change for change in store.changed(0, limit=1000)}
    assert len(final) == 2 * RACERS * racing.WRITES and known == final
    assert len({change.rev for change in final.values()}) == len(final)


def test_the_same_key_from_many_is_one_job(place: Place, store: Store, ann: str) -> None:
    with racers(racing.same, place) as running:
        rows = [own.said() for own in running]
    assert all(own == rows[0] for own in rows) and len(set(rows[0])) == 20
    assert len(store.jobs.listed(limit=100)) == 20


def test_a_quota_holds_for_all_processes_together(place: Place, store: Store) -> None:
    few = store.people.add("few", most_jobs=9, most_pictures=15)
    with racers(racing.within, place) as running:
        accepted = [which for own in running for which in own.said()]
    assert len(accepted) == len(set(accepted)) == 7, "the eighth would be the sixteenth picture"
    assert store.people.load(few.id) == (7, 14)


def test_many_may_open_a_new_database_at_once(place: Place) -> None:
    with racers(racing.only_open, place) as running:
        assert [own.said() for own in running] == [["0"]] * RACERS


def test_the_jobs_of_killed_workers_go_on(place: Place, store: Store, ann: str) -> None:
    jobs, held = fill(store, ann, 40), set()
    for _ in range(2):  # killed in the midst of their work
        with racer(racing.stall, place) as own:
            own.go()
            own.line.recv()
            own.line.send("finish")
            held.add(own.line.recv())
    for count in (1, 3):  # killed wherever they were
        with racer(racing.work, place) as own:
            own.go()
            own.line.recv()  # it is there
            own.go()
            for _ in range(count):
                own.line.recv()
            own.process.kill()
    later = Store.open(place.url, place.folder, clock=lambda: time.time() + LEASE + 1)
    while (row := later.queue.claim("survivor", LEASE)) is not None:
        later.queue.finish(row)
    rows = later.jobs.listed(limit=100)
    assert {row.id for row in rows} == jobs and {row.status for row in rows} == {"done"}
    again = {row.id for row in rows if row.takes == 2}
    assert held <= again and len(again) <= 4, "one at most was in each one's hands"
    later.close()
