"""The server: what a job costs beside the engine's own time, how late news comes, what a command that asks it
takes, and 200 clients at once.

    scripts/bench server              eight minutes
    scripts/bench server --quick      half a minute, fewer of everything

A real `sfumato serve` on loopback, SQLite and fsync as it comes. The engine alone makes as many grids, eight
in flight, in this process, in turns with the server; the difference is what the server adds: requests, rows,
files, previews, events. Every job must end as done, or nothing is reported. The engine's turn begins when the
server has looked at all that it painted, which it leaves for later; the CPU time of that is counted, too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from bench.crowd import Crowd, crowd
from bench.report import Goal, finish, options, say, table
from bench.wire import Event, Serving, Wire, command, serving, wire
from sfumato.engine import Commission, Group
from sfumato.models.judge import open_sight
from sfumato.studio import Job, Studio
from sfumato.studio.local import open_store
from sfumato.studio.shelf import Open
from sfumato.studio.studio import pictures_of

PROMPT = "a red fox in the snow --q .25"
FLIGHT = 8  # jobs in flight, as a worker has them
STARTS, ROUNDS, JOBS, SINGLE, COMMANDS = 5, 9, 16, 30, 12
CLIENTS, SECONDS = 200, 120.0
SOON = 0.2  # seconds between two looks at whether the server has done what it left for later
QUOTA = 4  # jobs that one person of the crowd may have waiting
PEOPLE = 20


class Took(NamedTuple):
    """Seconds that went by, and those of them, of all threads, in which a process computed."""

    seconds: float
    busy: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Exit code 1 when a goal was missed."""
    parser = options(__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer of everything")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="0 leaves the crowd out")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the crowd stays")
    asked = parser.parse_args(arguments)
    few = 3 if asked.quick else 1
    with TemporaryDirectory() as folder:
        starts = [ready(Path(folder) / f"start-{number}") for number in range(STARTS // few)]
        keys, data = people(Path(folder) / "data"), Path(folder) / "data"
        with serving(data) as server:
            added = asyncio.run(overhead(server, keys[0], data, ROUNDS // few, JOBS))
            alone = asyncio.run(latencies(server, keys[0], SINGLE // few))
            alone |= commands(server, keys[0], COMMANDS // few, Path(folder) / "here")
        with serving(data) as server:
            told = asyncio.run(crowd(server, keys[1:], asked.clients, asked.seconds / few))
    figures = {"ready_s": starts, **added, **alone, **told.figures()}
    rows = [(name, value) for name, value in figures.items() if isinstance(value, float)]
    print(*table(("server", ""), rows), sep="\n")
    return finish("server", figures, goals(figures, told), asked.results)


def goals(figures: Mapping[str, Any], told: Crowd) -> list[Goal]:
    most = {"at_most": True}
    found = [
        Goal("seconds until the port answers, median", median(figures["ready_s"]), 3, **most),
        Goal("overhead a job, ms", figures["overhead_ms"], 30, **most),
        Goal("lag of an event, mean ms", figures["lag_mean_ms"], 20, **most),
    ]
    found.append(Goal("a command's seconds beside the engine's, median", figures["command_s"], 0.2, **most))
    if told.clients:
        found += [
            Goal("answers that are errors but no announced 429", float(len(told.wrong)), 0, **most),
            Goal("growth of memory after warming up, parts", told.growth, 0.05, **most),
            Goal("lag of an event in the crowd, mean ms", figures["crowd_lag_mean_ms"], 250, **most),
        ]
    return found


def ready(data: Path) -> float:
    """Seconds from starting a server over a new folder until it answers a request."""
    started = time.perf_counter()

    async def answered(port: int) -> None:
        async with wire(port) as own:
            if (await own.ask("GET", "/api/health")).status != 200:
                raise SystemExit("the server is not healthy. Nothing is reported.")

    with serving(data) as server:
        asyncio.run(answered(server.port))
        return time.perf_counter() - started


def people(data: Path) -> list[str]:
    """The keys of one person without bounds, and of the crowd's."""
    store = open_store(data, None)
    bounds = [None, *[QUOTA] * PEOPLE]
    added = [store.people.add(f"person {number}", most_jobs=most) for number, most in enumerate(bounds)]
    keys = [store.people.new_key(own.id) for own in added]
    store.close()
    return keys


async def overhead(server: Serving, key: str, data: Path, rounds: int, jobs: int) -> dict[str, Any]:
    """Milliseconds that a job costs beside the engine, by rounds in turns; `data` is the server's folder."""
    studio = Studio()
    held = studio.shelf.lease(studio.family)
    both: list[tuple[Took, Took]] = []
    async with wire(server.port, key) as asking, wire(server.port, key) as listening:
        for number in range(rounds + 1):
            before = server.computed
            theirs = await through(asking, listening, number, jobs)
            await looked_at(data)
            busy, before = server.computed - before, time.process_time()
            ours = engine(studio.submit(prompt(number, jobs)), held)
            both.append((Took(theirs, busy), Took(ours, time.process_time() - before)))
            say(f"{jobs} jobs: {theirs:.2f} s, the engine alone {ours:.2f} s")
            await asyncio.gather(asking.close(), listening.close())  # idle ones are closed by the server
    warm = both[1:]  # the first opened the models
    added = [(theirs.seconds - ours.seconds) / jobs * 1e3 for theirs, ours in warm]
    return {
        "overhead_ms": median(added),
        "overhead_rounds_ms": added,
        "overhead_cpu_ms": median((theirs.busy - ours.busy) / jobs * 1e3 for theirs, ours in warm),
        "engine_ms": median(ours.seconds / jobs * 1e3 for _, ours in warm),
    }


def prompt(number: int, jobs: int) -> str:
    return f"{PROMPT} --seed {number * 1000} --repeat {jobs}"


async def through(asking: Wire, listening: Wire, number: int, jobs: int) -> float:
    """Seconds from a request for so many jobs until the last is told to be done."""
    events = listening.events()
    await anext(events)
    started = time.perf_counter()
    answer = await asking.ask("POST", "/api/jobs", {"prompt": prompt(number, jobs)})
    if answer.status != 201:
        raise SystemExit(f"the request was refused: {answer.body!r}. Nothing is reported.")
    left = {job["id"] for job in answer.json["jobs"]}
    async for event in events:
        if event.kind == "job" and event.data["status"] in ("failed", "cancelled"):
            raise SystemExit(f"a job {event.data['status']}: {event.data['reason']}. Nothing is reported.")
        if event.kind == "job" and event.data["status"] == "done":
            left.discard(event.data["id"])
        if not left:
            break
    return time.perf_counter() - started


async def looked_at(data: Path) -> None:
    """Until the server has looked at all pictures of its gallery."""
    store, size = open_store(data, None), open_sight().size
    try:
        while store.pictures.unseen(size, limit=1):
            await asyncio.sleep(SOON)
    finally:
        store.close()


def engine(jobs: Sequence[Job], held: Open) -> float:
    """Seconds of the same jobs in a batcher alone, as many in flight; nothing is written."""
    started = time.perf_counter()
    waiting, flying = list(jobs), []
    while waiting or flying:
        while waiting and len(flying) < FLIGHT:
            job = waiting.pop(0)
            flying.append((job, Group.enter(Commission(job.plan, held.model), held.batcher, group=job.id)))
        events = held.batcher.step()
        for job, group in list(flying):
            progress = group.hear(events)
            if progress and progress.finished is not None:
                pictures_of(job, progress.finished, held)
                flying.remove((job, group))
    return time.perf_counter() - started


async def until_done(events: AsyncIterator[Event], job: str) -> AsyncIterator[Event]:
    """The news of one job, the last of which is that it is done."""
    async for event in events:
        if event.kind == "job" and event.data["id"] == job:
            yield event
            if event.data["status"] == "done":
                return


async def latencies(server: Serving, key: str, rounds: int) -> dict[str, float]:
    """One job at a time: its answer, its first preview, and how late each of its news is."""
    asked, shown, lags = [], [], []
    async with wire(server.port, key) as asking, wire(server.port, key) as listening:
        events = listening.events()
        await anext(events)
        for number in range(rounds):
            started = time.time()
            answer = await asking.ask("POST", "/api/jobs", {"prompt": f"{PROMPT} --seed {number}"})
            asked.append(answer.seconds)
            news = [event async for event in until_done(events, answer.json["jobs"][0]["id"])]
            lags += [lag(event.data, event.at) for event in news]
            shown += [event.at - started for event in news if event.data["preview"]][:1]
    late = [own for own in lags if own is not None]
    return {
        "post_median_ms": median(asked) * 1e3,
        "post_p95_ms": float(np.percentile(asked, 95)) * 1e3,
        "preview_median_s": median(shown),
        "lag_mean_ms": fmean(late) * 1e3,
        "lag_p95_ms": float(np.percentile(late, 95)) * 1e3,
    }


def commands(server: Serving, key: str, rounds: int, output: Path) -> dict[str, float]:
    """`sfumato imagine` through the server: seconds from its start to its end, less those of the engine."""
    studio = Studio()
    held = studio.shelf.lease(studio.family)
    added = []
    for number in range(rounds + 1):
        asked = f"{PROMPT} --seed {number}"
        started = time.perf_counter()
        command(server, key, "imagine", asked, "-o", str(output))
        theirs = time.perf_counter() - started
        added.append(theirs - engine(studio.submit(asked), held))
    return {"command_s": median(added[1:])}


def lag(job: Mapping[str, Any], at: float) -> float | None:
    """Seconds from when a job was accepted, begun or done, as its row says; None for news without a time."""
    if job["status"] == "queued":
        return at - job["created"]
    if job["status"] == "running":
        return at - job["started"] if not job["total"] else None
    return at - job["ended"]


if __name__ == "__main__":
    raise SystemExit(main())
