"""A program whose workers kill themselves at one exact instant, or live until all is done.

    python living.py < JSON    [[folder, death or null, workers] ...]

Each worker is a process of its own, forked when the model is open. A death is (moment, count): the `count`-th
event at that moment, a name of TRAPS. It prints the exit codes of each line's workers.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any

from sfumato.engine import Batcher
from sfumato.models.family import families
from sfumato.studio import Shelf, running
from sfumato.studio.store import Store, queue
from sfumato.studio.store.queue import Queue
from sfumato.studio.worker import Worker
from sfumato.studio.worker.desk import Desk
from sfumato.studio.worker.task import FOLDER

LEASE = 3.0  # a worker that is kept from renewing for longer takes its own job again: the rows then say so
AT_A_TIME = 2


class Trap:
    """Kills this process when the last of so many events happens."""

    def __init__(self, count: int) -> None:
        self.left = count

    def happens(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str, trap: Trap, after: bool = True) -> None:
    """An event is that this function was done, or is about to be."""
    whole = getattr(owner, name)

    def wrapped(*arguments: Any, **more: Any) -> Any:
        if not after:
            trap.happens()
        result = whole(*arguments, **more)
        if after and result is not None:
            trap.happens()
        return result

    setattr(owner, name, wrapped)


def on(event: str, ending: str, trap: Trap) -> None:
    """An event is that such a name is about to change."""

    def hook(happening: str, said: Iterable[Any]) -> None:
        if happening == event and any(str(name).endswith(ending) for name in said):
            trap.happens()

    sys.addaudithook(hook)


def in_commit(trap: Trap) -> None:
    """Pictures and the end of their job are written, and not committed."""
    whole = queue.stamp

    def stamp(connection: Any, *changed: Any) -> None:
        whole(connection, *changed)
        if len(changed) > 1:
            trap.happens()

    queue.stamp = stamp  # type: ignore[attr-defined]


TRAPS: Mapping[str, Callable[[Trap], None]] = MappingProxyType(
    {
        "claimed": lambda trap: around(Desk, "_begun", trap, after=False),
        "reported": lambda trap: around(Queue, "beat", trap),
        "a pass": lambda trap: around(Batcher, "step", trap),
        "saving": lambda trap: on("os.rename", ".state", trap),
        "writing": lambda trap: on("os.rename", ".png", trap),
        "before the rows": lambda trap: around(Queue, "finish", trap, after=False),
        "in the transaction": in_commit,
        "after the rows": lambda trap: around(Queue, "finish", trap),
        "forgetting": lambda trap: on("os.remove", ".state", trap),
    }
)


def live(folder: Path, shelf: Shelf, death: tuple[str, int] | None) -> None:
    """Work until death, or until nothing is left to do."""
    running.SHARE, running.FIRST = math.inf, 0.0  # every pass is saved
    if death:
        TRAPS[death[0]](Trap(death[1]))
    store = Store.open(f"sqlite:///{folder}/store.sqlite", folder)
    worker, stop = Worker(store, shelf, str(os.getpid()), jobs=AT_A_TIME, lease=LEASE), Event()
    with ThreadPoolExecutor(1) as pool:
        at_work = pool.submit(worker.run, stop)
        while not (at_work.done() or is_done(store)):
            time.sleep(0.02)
        stop.set()
    at_work.result()


def is_done(store: Store) -> bool:
    """Whether every job has ended and nothing is left of any."""
    left = {row.status for row in store.jobs.listed()} & {"queued", "running", "paused"}
    return not left and not any((store.database.folder / FOLDER).glob("*"))


def main() -> None:
    shelf = Shelf("cpu", "float32")
    shelf.lease(families()[0])
    context, codes = multiprocessing.get_context("fork"), []
    for place, death, workers in json.load(sys.stdin):
        own = [context.Process(target=live, args=(Path(place), shelf, death)) for _ in range(workers)]
        for process in own:
            process.start()
        for process in own:
            process.join()
        codes.append([process.exitcode for process in own])
    print(json.dumps(codes))


if __name__ == "__main__":
    main()
