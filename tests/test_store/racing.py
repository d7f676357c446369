"""What the processes of test_races do. Each sends the ids of the jobs it has dealt with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from sfumato.studio.store import OverQuota, Store
from test_store.conftest import job, picture

LEASE = 60.0
WRITES = 30


def begin(act: Callable[[Store, Connection], None], url: str, folder: Path, line: Connection) -> None:
    """Wait for the start, then open the store and act."""
    line.recv()
    act(Store.open(url, folder), line)


def work(store: Store, line: Connection) -> None:
    """Take jobs and finish them until there is none, once all are there."""
    line.send("ready")
    line.recv()
    while (row := store.queue.claim("racer", LEASE)) is not None:
        line.send(row.id)
        store.queue.report(row, 1, 2)
        store.queue.finish(row)


def stall(store: Store, line: Connection) -> None:
    """Finish one job, and never the second."""
    for _ in range(2):
        row = store.queue.claim("racer", LEASE)
        assert row is not None
        store.queue.report(row, 1, 2)
        line.send(row.id)
        if line.recv() == "finish":
            store.queue.finish(row)


def write(store: Store, line: Connection) -> None:
    """Accept jobs, change them, add pictures."""
    person = store.people.named("ann").id
    for _ in range(WRITES):
        row = store.jobs.accept(job(), person)
        store.pictures.add([picture(row.id)], person)
        store.jobs.pause(row.id)
        line.send(row.id)


def same(store: Store, line: Connection) -> None:
    """Accept what the others accept, too."""
    person = store.people.named("ann").id
    for number in range(20):
        line.send(store.jobs.accept(job(seed=number), person, key=str(number)).id)


def within(store: Store, line: Connection) -> None:
    """Accept as much as a person may have."""
    person = store.people.named("few").id
    for _ in range(20):
        with suppress(OverQuota):
            line.send(store.jobs.accept(job(pictures=2), person).id)


def only_open(store: Store, line: Connection) -> None:
    """It was opened."""
    line.send(str(store.rev))
