"""Many clients at once for a bounded time: every one follows the stream, asks, looks and lists."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import fmean
from typing import Any

import numpy as np

from bench.report import say
from bench.wire import Serving, wire

PAUSE = (1.0, 3.0)  # seconds between two requests of one client
SAMPLE = 0.5  # seconds between two looks at memory
WARM = 1 / 3  # of the time, after which memory should be flat
JOB = {"prompt": "a red fox --q .25", "count": 1, "knobs": {"base.steps": 2, "upper.steps": 1}}
FINE = (200, 201, 304)
ENDED = ("done", "failed", "cancelled")


@dataclass
class Crowd:
    """What a crowd met.

    answers  how many requests were answered with which status
    wrong    what was answered wrongly: a status that nobody announced, a 429 that does not say when
    took     seconds of all requests
    lags     seconds from the end of a job until a client was told
    memory   MiB of the server, twice a second
    """

    clients: int
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    events: int = 0

    @property
    def growth(self) -> float:
        """Memory at the end over memory when it was warm, less 1, along a line through all samples."""
        warm = self.memory[int(len(self.memory) * WARM) :]
        if len(warm) < 2:
            return 0.0
        slope, first = np.polyfit(np.arange(len(warm)), warm, 1)
        return float(slope * (len(warm) - 1) / first)

    def figures(self) -> dict[str, Any]:
        """For the report; nothing without a crowd."""
        if not self.clients:
            return {}
        return {
            "clients": self.clients,
            "answers": {str(status): count for status, count in sorted(self.answers.items())},
            "wrong": self.wrong[:20],
            "events_told": self.events,
            "crowd_median_ms": float(np.percentile(self.took, 50)) * 1e3,
            "crowd_p95_ms": float(np.percentile(self.took, 95)) * 1e3,
            "crowd_lag_mean_ms": fmean(self.lags) * 1e3 if self.lags else 0.0,
            "memory_mib": [round(own, 1) for own in self.memory],
            "memory_growth": self.growth,
        }


async def crowd(server: Serving, keys: Sequence[str], clients: int, seconds: float) -> Crowd:
    """So many clients for so long; several share a key."""
    met = Crowd(clients)
    if not clients:
        return met
    end = time.monotonic() + seconds
    own = [_client(server.port, keys[n % len(keys)], Random(n), end, met) for n in range(clients)]
    following = [asyncio.create_task(_follow(server.port, keys[n % len(keys)], met)) for n in range(clients)]
    watching = asyncio.create_task(_watch(server, met))
    await asyncio.gather(*own)
    for task in (watching, *following):
        task.cancel()
    for ended in await asyncio.gather(*following, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            met.wrong.append(f"a stream ended: {ended!r}")
    say(f"{met.answers.total()} answers, {met.events} events, growth {met.growth:.3f}")
    return met


async def _client(port: int, key: str, draw: Random, end: float, met: Crowd) -> None:
    async with wire(port, key) as own:
        await asyncio.sleep(draw.uniform(0, PAUSE[1]))
        while time.monotonic() < end:
            method, path, body = _next(draw)
            answer = await own.ask(method, path, body)
            met.answers[answer.status] += 1
            met.took.append(answer.seconds)
            if answer.status not in FINE and not _announced(answer.status, answer.body):
                met.wrong.append(f"{method} {path}: {answer.status} {answer.body[:200]!r}")
            await asyncio.sleep(draw.uniform(*PAUSE))


def _next(draw: Random) -> tuple[str, str, Any]:
    which = draw.random()
    if which < 0.2:
        return "POST", "/api/jobs", {**JOB, "prompt": f"{JOB['prompt']} --seed {draw.randrange(10**6)}"}
    if which < 0.5:
        return "GET", "/api/jobs?limit=20", None
    if which < 0.8:
        return "GET", "/api/pictures?limit=20", None
    return "GET", "/api/pictures?limit=20&q=fox", None


def _announced(status: int, body: bytes) -> bool:
    return status == 429 and b"too_many_jobs" in body


async def _follow(port: int, key: str, met: Crowd) -> None:
    async with wire(port, key) as own:
        async for event in own.events():
            met.events += 1
            if event.kind == "job" and event.data["status"] in ENDED:
                met.lags.append(event.at - event.data["ended"])


async def _watch(server: Serving, met: Crowd) -> None:
    while True:
        met.memory.append(server.resident)
        await asyncio.sleep(SAMPLE)
