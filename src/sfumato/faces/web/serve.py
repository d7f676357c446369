"""`sfumato serve`: the application on a port, with the worker beside it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import uvicorn

from sfumato.faces.web.app import app_of
from sfumato.faces.web.events import Follower
from sfumato.studio import Studio
from sfumato.studio.store import Store

Waker = Callable[[], None]

STOPPING = 10.0  # seconds that the worker has to save what it does


class NeedsKey(ValueError):
    """Nobody has a key, and everybody could connect."""


def open_store(data: Path, url: str | None) -> Store:
    """The store in a folder, in SQLite unless a database is named. Raises as Store.open."""
    return Store.open(url or f"sqlite:///{data / 'store.sqlite'}", data)


def serve(host: str, port: int, data: Path, database: str | None) -> int:
    """Serve until Ctrl-C. Raises NeedsKey, OSError where the port is taken."""
    store, stop = open_store(data, database), Event()
    try:
        loopback = is_loopback(host)
        if not loopback and not store.people.have_keys():
            raise NeedsKey(
                f"Everybody who reaches {host} could use this server: first give yourself a key with "
                "`sfumato people add NAME --role admin`, then start it again."
            )
        with listening_on(host, port) as taken:
            _run(store, stop, taken, loopback)
    finally:
        stop.set()
        store.close()
    return 0


def _run(store: Store, stop: Event, listening: socket.socket, loopback: bool) -> None:
    write_log()
    studio = Studio(store.gallery)
    wakers: list[Waker] = []
    app = app_of(store, studio, lambda: wake_all(wakers), loopback)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="on")
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    work: list[Thread] = []

    def begin() -> None:
        print(f"Sfumato listens on http://{shown}:{port}", flush=True)
        work.extend(begin_work(store, studio, wakers, stop))

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        Listening(config, begin, app.state.follower).run([listening])
    finally:
        stop.set()
        wake_all(wakers)
        for thread in work:
            thread.join(STOPPING)


def listening_on(host: str, port: int) -> socket.socket:
    """A socket that has the port. Raises OSError where another has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # important: with the protocol named. Else asyncio leaves small packets to wait for one another, 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OSError(f"Port {port} of {host} cannot be taken ({error.strerror}): name another.") from None
    return listening


def begin_work(store: Store, studio: Studio, wakers: list[Waker], stop: Event) -> list[Thread]:
    """Begin to make the jobs of the store; the threads, each of which ends when `stop` is set.

    The one place where the server and the worker meet. Called when the port answers, so that what a worker
    imports keeps nobody waiting.

    wakers  gets what is to be called when there may be something to do
    """

    def work() -> None:
        from sfumato.studio.worker import Worker  # brings torch

        worker = Worker(store, studio.shelf)
        wakers.append(worker.wake)
        worker.run(stop)

    thread = Thread(target=work, name="worker")
    thread.start()
    return [thread]


def wake_all(wakers: list[Waker]) -> None:
    """Tell everybody who makes jobs to look for some."""
    for wake in wakers:
        wake()


class Listening(uvicorn.Server):
    """A server that says when it answers, and ends its streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, begin: Callable[[], None], follower: Follower) -> None:
        super().__init__(config)
        self.begin, self.follower = begin, follower

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self.loop = asyncio.get_running_loop()
            self.begin()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C: streams have no end of their own, and would be waited for."""
        self.loop.call_soon_threadsafe(self.follower.end)
        super().handle_exit(sig, frame)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def write_log() -> None:
    """Requests go to standard error, a line of JSON each; what uvicorn has to say, too."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    for name, level in (("sfumato.web", logging.INFO), ("uvicorn.error", logging.WARNING)):
        log = logging.getLogger(name)
        log.addHandler(lines)
        log.setLevel(level)
        log.propagate = False
