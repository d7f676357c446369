"""Two programs that take turns at every step, so that whatever else the machine does falls on both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Semaphore, Thread, current_thread
from typing import Any, NamedTuple

from torch import nn


class Turn(NamedTuple):
    """Seconds of a turn, and outside networks: those of its own thread on a processor, so that nothing else
    that the machine does is counted."""

    seconds: float
    outside: float


@dataclass
class Clock:
    """Seconds that threads were on a processor in networks so far; where one calls another, in the outer."""

    seconds: float = 0.0
    _depth: int = 0
    _since: float = 0.0

    def watch(self, network: nn.Module) -> None:
        network.register_forward_pre_hook(lambda *_: self._begin())
        network.register_forward_hook(lambda *_: self._end())

    def _begin(self) -> None:
        self._since = self._since if self._depth else time.thread_time()
        self._depth += 1

    def _end(self) -> None:
        self._depth -= 1
        self.seconds += 0.0 if self._depth else time.thread_time() - self._since

    def outside(self) -> float:
        """Seconds of this thread on a processor, less those in networks of any: for differences."""
        return time.thread_time() - self.seconds


@dataclass
class Side:
    """A program whose turn ends where it asks its denoiser, and goes on from there with the next.

    made   what it made, once it has ended
    turns  its turns so far, measured by itself: handing over is no part of them
    """

    work: Callable[[], Any]
    clock: Clock
    made: Any = None
    ended: bool = False
    failed: BaseException | None = None
    turns: list[Turn] = field(default_factory=list)
    _go: Semaphore = field(default_factory=partial(Semaphore, 0))
    _stands: Semaphore = field(default_factory=partial(Semaphore, 0))

    def __post_init__(self) -> None:
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()

    def wait(self) -> None:
        """Called by the program itself: the turn is over."""
        if current_thread() is self.thread:
            self._end_turn()
            self._begin_turn()

    def turn(self) -> None:
        """Let it go on until it asks its denoiser again, or ends. Raises what it raised."""
        if self.ended:
            raise SystemExit("a side asked its network less often than once a step. Nothing is reported.")
        self._go.release()
        self._stands.acquire()
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        self._begin_turn()
        try:
            self.made = self.work()
        except BaseException as error:  # raised again in the thread that waits
            self.failed = error
        self.ended = True
        self._end_turn()

    def _begin_turn(self) -> None:
        self._go.acquire()
        self._outside, self._started = self.clock.outside(), time.perf_counter()

    def _end_turn(self) -> None:
        self.turns.append(Turn(time.perf_counter() - self._started, self.clock.outside() - self._outside))
        self._stands.release()


def in_turns(
    works: Sequence[Callable[[], Any]], denoiser: nn.Module, clock: Clock, steps: int
) -> list[tuple[list[Turn], Any]]:
    """(turns, what it made) of each program, which asks the denoiser once at each step.

    The turns are steps + 1: to the first asking, from each to the next, and from the last one to the end.
    Who goes first changes from turn to turn.
    """
    sides = [Side(work, clock) for work in works]
    hooks = [
        denoiser.register_forward_pre_hook(lambda *_, own=own: own.wait(), prepend=True) for own in sides
    ]
    for number in range(steps + 1):
        for side in sides[:: -1 if number % 2 else 1]:
            side.turn()
    for hook in hooks:
        hook.remove()
    if not all(side.ended for side in sides):
        raise SystemExit("a side asked its network more often than once a step. Nothing is reported.")
    return [(side.turns, side.made) for side in sides]
