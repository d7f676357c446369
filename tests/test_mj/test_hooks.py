"""notifyHook: a real host on this machine, to which an address of the internet leads, is told of tasks."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sfumato.faces.mj import hooks
from sfumato.faces.web.app import Reach, app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_mj.asking import sent
from test_openai.conftest import noise
from test_web.test_fetching import Net, answer, host

HOOK = "http://hooks.example/told?x=1"


class Heard:
    """A host that remembers the JSON it was sent; `fails` answers are errors."""

    def __init__(self, fails: int = 0, status: str = "503 Busy") -> None:
        self.fails, self.status, self.tasks, self.heads = fails, status, list[dict[str, Any]](), list[str]()

    def __call__(self, own: socket.socket, asked: str) -> None:
        head, _, body = asked.encode("latin-1").partition(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.decode().splitlines() if line.lower().startswith("content-length")
        )
        while len(body) < length:
            body += own.recv(65536)
        self.heads.append(head.decode().lower())
        if self.fails:
            self.fails -= 1
            own.sendall(answer(b"no", status=self.status))
            return
        self.tasks.append(json.loads(body))
        own.sendall(answer(b"ok"))


@contextmanager
def asking(store: Store, net: Net) -> Iterator[TestClient]:
    """A server that sends news, at which nobody paints."""
    reach = Reach(None, None, net.fetcher())
    app = app_of(store, Studio(store.gallery), lambda: None, reach=reach)
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def until(what: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not what():
        assert time.monotonic() < ends, "it never was so"
        time.sleep(0.02)


def submit(client: TestClient, what: str = "imagine", **body: Any) -> dict[str, Any]:
    asked = {"prompt": "a fox", "state": "mine", "notifyHook": HOOK, **body}
    return client.post(f"/mj/submit/{what}", json=asked).json()


def waiting(store: Store) -> list[Path]:
    return list(store.gallery.with_name("mj-hooks").glob("*.json"))


def test_each_change_is_told_in_order_and_the_end_is_the_last(store: Store) -> None:
    heard = Heard()
    with host(heard) as port, asking(store, Net(port)) as client:
        task = submit(client)["result"]
        until(lambda: len(heard.tasks) == 1)
        assert client.post(f"/mj/task/{task}/cancel").json()["code"] == 1
        until(lambda: not waiting(store))
        now = client.get(f"/mj/task/{task}/fetch").json()
    assert [own["status"] for own in heard.tasks] == ["SUBMITTED", "CANCEL"]
    assert heard.tasks[-1] == now and heard.tasks[0]["state"] == "mine"
    head = heard.heads[0]
    assert head.startswith("post /told?x=1 http/1.1") and "host: hooks.example" in head
    assert "content-type: application/json" in head and "authorization" not in head and "cookie" not in head


def test_what_was_not_heard_is_told_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "AGAIN", (0.05, 0.05, 0.05))
    heard = Heard(fails=3)
    with host(heard) as port, asking(store, Net(port)) as client:
        submit(client, "describe", base64=sent(noise(9, 9)))
        until(lambda: not waiting(store))
    assert [own["status"] for own in heard.tasks] == ["SUCCESS"] and len(heard.heads) == 4


def test_who_never_hears_is_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect is no success either: it is not followed."""
    monkeypatch.setattr(hooks, "AGAIN", (0.01,))
    heard = Heard(fails=99, status="302 Found\r\nLocation: http://127.0.0.1/")
    with host(heard) as port:
        net = Net(port)
        with asking(store, net) as client:
            submit(client, "describe", base64=sent(noise(9, 9)))
            until(lambda: not waiting(store))
    assert len(heard.heads) == 2 and not heard.tasks and net.reached == [(net.reached[0][0], 80)] * 2


def test_a_hook_outlasts_a_restart(store: Store) -> None:
    heard = Heard()
    with host(heard) as port:
        with asking(store, Net(port)) as client:
            task = submit(client)["result"]
            until(lambda: len(heard.tasks) == 1)
        store.jobs.cancel(task)
        with asking(store, Net(port)):
            until(lambda: not waiting(store))
    assert [own["id"] for own in heard.tasks] == [task, task] and heard.tasks[1]["status"] == "CANCEL"


@pytest.mark.parametrize(
    "address",
    "http://127.0.0.1/x http://169.254.169.254/ http://inside.example/ file:///etc/passwd x "
    "http://hooks.example:6379/ http://me:secret@hooks.example/".split(),
)
def test_addresses_that_are_never_called(store: Store, address: str) -> None:
    """Nothing is queued, and nothing is connected to."""
    net = Net(1, {"inside.example": [["10.0.0.7"]], "127.0.0.1": [["127.0.0.1"]]})
    net.names["169.254.169.254"] = [["169.254.169.254"]]
    with asking(store, net) as client:
        told = submit(client, notifyHook=address)
    assert told["code"] == 4 and "notifyHook" in told["description"]
    assert store.jobs.listed() == [] and net.reached == [] and waiting(store) == []


def test_a_name_that_turns_inwards_is_not_called(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is checked again for each connection."""
    monkeypatch.setattr(hooks, "AGAIN", (0.01,))
    net = Net(1, {"hooks.example": [["93.184.215.14"], ["127.0.0.1"]]})
    with asking(store, net) as client:
        submit(client, "describe", base64=sent(noise(9, 9)))
        until(lambda: not waiting(store))
    assert net.reached == []
