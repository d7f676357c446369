"""`sfumato serve`: the application on a port, with the worker beside it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from threading import Event, Thread
from types import FrameType

import uvicorn
from fastapi import FastAPI

from sfumato.faces.client.address import Address, announce, url_of, withdraw
from sfumato.faces.settings import Settings, sign_of
from sfumato.faces.shelving import shelf_of
from sfumato.faces.web.app import Reach, app_of
from sfumato.faces.web.events import Follower
from sfumato.faces.web.fetching import Fetcher, Limits
from sfumato.faces.web.heaps import share_heaps
from sfumato.faces.web.page import MISSING, is_built
from sfumato.faces.web.pictured import reader
from sfumato.faces.web.server import Server
from sfumato.studio import Models, Studio
from sfumato.studio.collection import Collection, models_folder
from sfumato.studio.local import open_store
from sfumato.studio.policy import read_policy
from sfumato.studio.safety import screen_of
from sfumato.studio.store import Store
from sfumato.studio.upkeep import Upkeep

Waker = Callable[[], None]

HOOK_PORTS = frozenset({80, 443, 8080, 8443})
IDLE = 0.1  # seconds between two looks at whether a server has begun
STOPPING = 10.0  # seconds that the worker has to save what it does
# Seconds that a thread may compute while others wait to. A pass hands over at every operation of
# torch and asks for its turn again: with Python's 5 ms a request would hold it up for as long as it lasts.
SWITCH = 0.0005


class NeedsKey(ValueError):
    """Nobody has a key, and everybody could connect."""


def serve(settings: Settings) -> int:
    """Serve until Ctrl-C. Raises NeedsKey, OSError where the port is taken, ValueError for settings that
    cannot be."""
    store, stop = open_store(settings.folder, settings.database), Event()
    try:
        loopback = is_loopback(settings.host)
        if not loopback and not store.people.have_keys():
            raise NeedsKey(
                f"Everybody who reaches {settings.host} could use this server: first give yourself a key "
                "with `sfumato people add NAME --role admin`, then start it again."
            )
        with listening_on(settings.host, settings.port) as taken:
            _run(studio_of(store, settings, loopback), store, stop, taken, settings)
    finally:
        stop.set()
        store.close()
    return 0


def _run(studio: Studio, store: Store, stop: Event, listening: socket.socket, settings: Settings) -> None:
    write_log(settings.log)
    sys.setswitchinterval(SWITCH)
    share_heaps()
    wakers: list[Waker] = []
    loopback = is_loopback(settings.host)
    app = app_of(store, studio, lambda: wake_all(wakers), loopback, reach_of(settings))
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = address_of(app, host, port)
    work: list[Thread] = []

    def begin() -> None:
        announce(settings.folder, address)
        print(f"Sfumato listens on http://{shown}:{port}", flush=True)
        if not is_built():
            print(MISSING, flush=True)
        work.extend(begin_work(store, studio, wakers, stop, settings.jobs))
        work.append(begin_upkeep(Upkeep(store, settings.trash_days), stop))

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        Listening(config_of(app), begin, app.state.follower).run([listening])
    finally:
        withdraw(settings.folder, address.instance)
        end_work(work, wakers, stop)


@contextmanager
def serving(settings: Settings) -> Iterator[Address]:
    """A server for this process alone, on a port that nobody is told, as long as the context lasts."""
    store, stop = open_store(settings.folder, settings.database), Event()
    wakers: list[Waker] = []
    studio = studio_of(store, settings)
    app = app_of(store, studio, lambda: wake_all(wakers), True, reach_of(settings))
    begun, work = Event(), begin_work(store, studio, wakers, stop, settings.jobs)
    server = Listening(config_of(app), begun.set, app.state.follower)
    try:
        with listening_on("127.0.0.1", 0) as listening:
            thread = Thread(target=server.run, args=([listening],), name="server", daemon=True)
            thread.start()
            while not begun.wait(IDLE) and thread.is_alive():
                pass
            try:
                yield address_of(app, *listening.getsockname()[:2])
            finally:
                server.end()
                thread.join(STOPPING)
    finally:
        end_work(work, wakers, stop)
        store.close()


def studio_of(store: Store, settings: Settings, loopback: bool = True) -> Studio:
    """What reads prompts for a store. Raises UnknownModel, ValueError where the policy cannot be read."""
    models = Models(Collection(models_folder()), settings.model, settings.upscaler)
    policy = read_policy(settings.policy or "", "off" if loopback else "normal")
    read, sign = reader(fetch_of(settings)), sign_of(settings)
    screen = screen_of(policy, models.checkers())
    return Studio(store.gallery, models.family(()), shelf_of(settings), models, policy, read, sign, screen)


def reach_of(settings: Settings) -> Reach:
    """What a server of these settings fetches, and how often people may ask it."""
    tell = Fetcher(Limits(seconds=5.0, ports=HOOK_PORTS)) if settings.fetch else None
    return Reach(fetch_of(settings), settings.most_requests, tell)


def fetch_of(settings: Settings) -> Callable[[str], bytes] | None:
    """What fetches from other sites; None where the settings do not allow it."""
    return Fetcher().fetch if settings.fetch else None


def address_of(app: FastAPI, host: str, port: int) -> Address:
    """Where this machine reaches the application, and as whom."""
    server: Server = app.state.server
    return Address(url_of(host, port), server.token, server.instance, os.getpid())


def config_of(app: FastAPI) -> uvicorn.Config:
    """How an application is served."""
    return uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="on")


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


def begin_work(store: Store, studio: Studio, wakers: list[Waker], stop: Event, jobs: int) -> list[Thread]:
    """Begin to make the jobs of the store; the threads, each of which ends when `stop` is set.

    The one place where the server and the worker meet. Called when the port answers, so that what a worker
    imports keeps nobody waiting.

    wakers  gets what is to be called when there may be something to do
    jobs    made at a time
    """

    def work() -> None:
        from sfumato.studio.worker.worker import Worker, shipped  # brings torch

        families = shipped() if studio.models is None else studio.models
        worker = Worker(
            store, studio.shelf, families=families, jobs=jobs, sign=studio.sign, screen=studio.screen
        )
        wakers.append(worker.wake)
        worker.run(stop)

    thread = Thread(target=work, name="worker")
    thread.start()
    return [thread]


def begin_upkeep(upkeep: Upkeep, stop: Event) -> Thread:
    """Begin to look after the store; the thread ends when `stop` is set."""
    thread = Thread(target=upkeep.run, args=(stop,), name="upkeep")
    thread.start()
    return thread


def end_work(work: list[Thread], wakers: list[Waker], stop: Event) -> None:
    """Let the threads save what they do, and wait for them."""
    stop.set()
    wake_all(wakers)
    for thread in work:
        thread.join(STOPPING)


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

    def end(self) -> None:
        """Stop, for another thread than the one that serves."""
        self.loop.call_soon_threadsafe(self.follower.end)
        self.should_exit = True

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


def write_log(level: str) -> None:
    """Requests go to standard error, a line of JSON each, at level info; what uvicorn has to say, too."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    for name, least in (("sfumato.web", level.upper()), ("uvicorn.error", logging.WARNING)):
        log = logging.getLogger(name)
        log.addHandler(lines)
        log.setLevel(least)
        log.propagate = False
