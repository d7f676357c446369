"""A server over a store of its own, people with keys, and real pictures in its gallery."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.faces.web.serve import listening_on
from sfumato.plan import Input, Plan, Seed
from sfumato.studio import Picture, Studio
from sfumato.studio.gallery import keep
from sfumato.studio.store import Store, drawn
from test_store.conftest import postgres  # noqa: F401, a fixture

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
HOME = "http://127.0.0.1:7860"
PATIENCE = 120.0  # seconds without an event after which a test gives up

Paint = Callable[..., str]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database; a module that names both runs on both."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def store(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/store.sqlite"
    if database == "postgresql":
        url = request.getfixturevalue("postgres")()
    opened = Store.open(url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def woken() -> list[bool]:
    """Gets an entry whenever the worker is woken."""
    return []


@pytest.fixture
def app(store: Store, woken: list[bool]) -> FastAPI:
    return app_of(store, Studio(store.gallery), lambda: woken.append(True))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Somebody on the server's own machine."""
    with TestClient(app, base_url=HOME) as opened:
        yield opened


def visitor(app: FastAPI, store: Store, name: str, role: Any = "member", **most: int) -> TestClient:
    """Somebody with a key."""
    key = store.people.new_key(store.people.add(name, role, **most).id)
    return TestClient(app, base_url=HOME, headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def ann(app: FastAPI, store: Store) -> TestClient:
    return visitor(app, store, "ann")


@pytest.fixture
def bob(app: FastAPI, store: Store) -> TestClient:
    return visitor(app, store, "bob")


def plan(prompt: str, seed: int, inputs: tuple[str, ...] = ()) -> Plan:
    """A plan that nobody makes."""
    golden = Plan.from_json((GOLDEN / "plan-v5.json").read_text(encoding="utf-8"))
    read = tuple(Input(role="start", hash=own) for own in inputs)
    return golden.model_copy(update={"prompt": prompt, "inputs": read, "seeds": (Seed(number=seed),)})


@pytest.fixture
def paint(store: Store) -> Paint:
    """Puts a picture of noise into the gallery, with its plan inside, and gives its id."""

    def painted(owner: str, prompt: str = "a red fox", seed: int = 1, **more: Any) -> str:
        pixels = np.random.default_rng(seed).integers(0, 256, (96, 160, 3), dtype=np.uint8)
        made = plan(prompt, seed, more.get("inputs", ()))
        picture = Picture(pixels, made, 0, f"{owner[:8]}-{seed:08}-{len(prompt)}", {})
        path = keep(picture, store.gallery)
        row = drawn(picture, path, store.gallery, more.get("embedding"))
        return store.pictures.add([row], owner, more.get("private", False))[0].id

    return painted


def me(client: TestClient) -> str:
    """Whose requests these are."""
    return client.get("/api/me").json()["id"]


def ask(client: TestClient, prompt: str = "a red fox", **more: Any) -> list[dict[str, Any]]:
    """The jobs of a prompt."""
    answer = client.post("/api/jobs", json={"prompt": prompt, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["jobs"]


def refused(answer: Any, status: int, code: str) -> dict[str, str]:
    """What an answer says is wrong; it says so in the one shape."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) - {"hint"} == {"code", "message", "message_zh"}
    assert error["code"] == code and error["message"] and error["message_zh"]
    return error


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """The address of the application on a port: streams need one."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", ws="none"))
    with listening_on("127.0.0.1", 0) as socket:
        port = socket.getsockname()[1]
        thread = Thread(target=server.run, args=([socket],))
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            yield f"http://127.0.0.1:{port}"
        finally:
            app.state.follower.ended.set()
            server.should_exit = True
            thread.join(20)


Event = tuple[str, int, dict[str, Any]]


def read_events(response: httpx2.Response) -> Iterator[Event]:
    """(kind, id, data) of a stream, as they come. An event that does not come is missed, not waited for."""
    said: dict[str, str] = {}
    heard = time.monotonic()
    for line in response.iter_lines():
        assert time.monotonic() < heard + PATIENCE, "pings and nothing else"
        if not line and "data" in said:
            yield said["event"], int(said["id"]), json.loads(said["data"])
            said, heard = {}, time.monotonic()
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            said[name] = value
