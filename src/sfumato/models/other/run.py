"""A run: a call that halts after each of its steps, until it is let go on.

A pipeline is a plain function with a loop inside. It runs in a thread of its own, which computes only while
somebody waits for it: never two at once, as with a coroutine.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Semaphore, Thread
from typing import Generic, TypeVar

Seen = TypeVar("Seen")
Made = TypeVar("Made")


class Ended(BaseException):
    """Raised where a run halts, to end it there: no `except Exception` of a pipeline stops this."""


class Run(Generic[Seen, Made]):
    """`call` is given a function, which it calls with what there is to see after every step.

    looks  how often it was asked how far it is
    seen   what was seen last, None before its first halt
    """

    def __init__(self, call: Callable[[Callable[[Seen], None]], Made]) -> None:
        self.looks = 0
        self.seen: Seen | None = None
        self._call, self._made, self._ended = call, Future[Made](), False
        self._go, self._halted = Semaphore(0), Semaphore(0)
        # A daemon, so that a program that ends without `end` is not held up by a run that waits.
        self._thread = Thread(target=self._work, name="pipeline", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        return self._made.done()

    @property
    def failed(self) -> bool:
        return self.over and self._made.exception() is not None

    def until(self, look: int, last: bool) -> None:
        """On to halt number `look`, counted from 1, or to its end: for the last look that is how far it
        goes."""
        while not self.over and (last or self.looks < look):
            self._go.release()
            self._halted.acquire()
            self.looks += 1
        self.looks = look

    def made(self) -> Made:
        """What a run that is over made. Raises what ended it."""
        return self._made.result()

    def end(self) -> None:
        """Ends it where it halts next, and waits for that; at rest, at once."""
        self._ended = True
        self._go.release()
        self._thread.join()

    def _work(self) -> None:
        try:
            self._wait()
            self._made.set_result(self._call(self._halt))
        except BaseException as error:  # whatever a pipeline raises is told to whoever asks what it made
            self._made.set_exception(error)
        self._halted.release()

    def _halt(self, seen: Seen) -> None:
        self.seen = seen
        self._halted.release()
        self._wait()

    def _wait(self) -> None:
        self._go.acquire()
        if self._ended:
            raise Ended
