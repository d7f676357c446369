"""Where a safety model withholds a picture: each API refuses in its own shape, and no file is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.faces.web.serve import begin_work, wake_all
from sfumato.models.safety import checker_at
from sfumato.studio import Studio
from sfumato.studio.policy import default_policy
from sfumato.studio.safety import screen_of
from sfumato.studio.store import Store
from test_openai.conftest import refused
from tinies import safety


@pytest.fixture
def client(tmp_path: Path):
    checker = checker_at(safety.labels(tmp_path / "eye", "nsfw"))
    assert checker is not None
    policy = default_policy("strict")
    store, stop = Store.open(f"sqlite:///{tmp_path}/store.sqlite", tmp_path), Event()
    studio = Studio(store.gallery, policy=policy, screen=screen_of(policy, [checker]))
    wakers = list[Callable[[], None]]()
    app = app_of(store, studio, lambda: wake_all(wakers))
    with TestClient(app, base_url="http://localhost") as opened:
        work = begin_work(store, studio, wakers, stop, 2)
        yield opened
        stop.set()
        wake_all(wakers)
        for own in work:
            own.join(20)
    store.close()


def test_every_face_says_so(client: TestClient, tmp_path: Path) -> None:
    answer = client.post("/v1/images/generations", json={"prompt": "a red fox --q .25", "n": 2})
    assert "2 of 2 pictures" in refused(answer, 400, "moderation_blocked")
    web = client.post("/sdapi/v1/txt2img", json={"prompt": "a red fox --q .25"})
    assert web.status_code == 400 and web.json()["error"] == "withheld"
    (row,) = client.get("/api/jobs?limit=1").json()["jobs"]
    assert row["status"] == "failed" and row["reason"].startswith("Withheld by the safety model")
    task = client.get(f"/mj/task/{row['id']}/fetch").json()
    assert task["status"] == "FAILURE" and "nsfw" in task["failReason"] and task["imageUrl"] == ""
    assert not list(tmp_path.rglob("a-red-fox*.png"))
