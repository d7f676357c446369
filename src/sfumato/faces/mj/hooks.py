"""notifyHook: a submission's own address, to which its task is sent whenever it has changed."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from logging import getLogger
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event, Lock, Thread

from pydantic import BaseModel, ConfigDict

from sfumato.faces.mj.tasks import Task, task_of
from sfumato.faces.web.addresses import NotFetched
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.fetching import Fetcher
from sfumato.faces.web.server import Server
from sfumato.studio.store import NotThere, Unavailable

LOG = getLogger("sfumato.mj")
AT_A_TIME = 4
MOST = 1000  # addresses that wait for something
POLL = 0.25  # seconds between looks
PAUSE = 2.0  # seconds between two steps of one task that are told
AGAIN = (1.0, 5.0, 25.0)  # seconds after which what was not heard is told again
ENDS = frozenset({"SUCCESS", "FAILURE", "CANCEL"})


class Hook(BaseModel):
    """Who wants to hear of a task.

    base   the address of this server as the person reached it
    told   the task's status and progress that were sent last
    tries  how often what is sent now was sent in vain
    due    when something may be sent again, seconds since 1970
    """

    model_config = ConfigDict(frozen=True)

    task: str
    owner: str
    address: str
    base: str
    told: str = ""
    tries: int = 0
    due: float = 0.0


@dataclass
class Hooks:
    """Sends tasks to their addresses, in order, until they have ended. What waits is in files: it outlasts a
    restart."""

    server: Server
    ended: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    busy: set[str] = field(default_factory=set)
    thread: Thread | None = None

    @property
    def folder(self) -> Path:
        """Where they wait."""
        return folder_of(self.server)

    def start(self) -> None:
        """Begin, where this server may send anything at all."""
        if self.server.tell is not None:
            self.thread = Thread(target=self._run, args=(self.server.tell,), name="hooks", daemon=True)
            self.thread.start()

    def close(self) -> None:
        """End; what was not sent is sent after the next start."""
        self.ended.set()
        self.server.store.database.bell.ring()
        if self.thread:
            self.thread.join()

    def _run(self, teller: Fetcher) -> None:
        heard = 0
        with ThreadPoolExecutor(AT_A_TIME, "hook") as pool:
            while not self.ended.is_set():
                heard = self.server.store.wait(heard, POLL)
                for path in self._free():
                    self._send(pool, teller, path)

    def _send(self, pool: ThreadPoolExecutor, teller: Fetcher, path: Path) -> None:
        """Have it told, where there is something to tell."""
        if found := self._news(path):
            with self.lock:
                self.busy.add(path.stem)
            pool.submit(self._tell, teller, path, *found)

    def _free(self) -> list[Path]:
        """Those of which nothing is being sent."""
        with self.lock:
            return [path for path in self.folder.glob("*.json") if path.stem not in self.busy]

    def _news(self, path: Path) -> tuple[Hook, Task] | None:
        """What is to be told now; None where nothing is."""
        try:
            hook = Hook.model_validate_json(path.read_bytes())
            me = self.server.store.people.get(hook.owner)
            task = task_of(hook.base, self.server, me, hook.task)
        except Unavailable:
            return None
        except (NotThere, ValueError):  # the task or its person is gone
            path.unlink(missing_ok=True)
            return None
        over = task["status"] in ENDS and hook.tries == 0
        if _state(task) == hook.told or (not over and time.time() < hook.due):
            return None
        return hook, task

    def _tell(self, teller: Fetcher, path: Path, hook: Hook, task: Task) -> None:
        try:
            left = _sent(teller, hook, task)
            if left is None:
                path.unlink(missing_ok=True)
            else:
                _put(path, left)
        finally:
            with self.lock:
                self.busy.discard(path.stem)


def folder_of(server: Server) -> Path:
    """Where the addresses wait."""
    return server.store.gallery.with_name("mj-hooks")


def _sent(teller: Fetcher, hook: Hook, task: Task) -> Hook | None:
    """Send a task: what waits then; None where nothing does."""
    again = None
    try:
        teller.post(hook.address, json.dumps(task, ensure_ascii=False).encode())
    except NotFetched as error:
        if hook.tries < len(AGAIN):
            again = hook.model_copy(update={"tries": hook.tries + 1, "due": time.time() + AGAIN[hook.tries]})
        else:
            LOG.warning("notifyHook of task %s is given up: %s", hook.task, error)
    if again is not None:
        return again
    if task["status"] in ENDS:
        return None
    return hook.model_copy(update={"told": _state(task), "tries": 0, "due": time.time() + PAUSE})


def _state(task: Task) -> str:
    return f"{task['status']}:{task['progress']}"


def wait_for(server: Server, hook: Hook) -> None:
    """Tell this address, which was checked, of the task from now on."""
    folder = folder_of(server)
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / f"{hook.task}.json", hook)


def check_hook(server: Server, address: str) -> None:
    """Raises Refusal for an address to which nothing is sent from here, and where too many wait already."""
    if server.tell is None:
        raise Refusal("invalid", "This server calls no addresses: leave notifyHook out, and fetch the task.")
    try:
        server.tell.check(address)
    except NotFetched as error:
        raise Refusal("invalid", f"notifyHook: {error}") from None
    if sum(1 for _ in folder_of(server).glob("*.json")) >= MOST:
        raise Refusal("too_many_jobs", f"{MOST} notifyHooks wait already: fetch the task.")


def _put(path: Path, hook: Hook) -> None:
    with NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False, encoding="utf-8") as file:
        file.write(hook.model_dump_json())
    with suppress(FileNotFoundError):  # the folder went with its store
        os.replace(file.name, path)
