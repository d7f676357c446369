"""Codes of submissions where nobody paints: what waits, waits. And who may ask for what."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store


def asking(store: Store, name: str = "", role: Any = "member", **most: int) -> TestClient:
    """Somebody, with a key where a name is given."""
    key = store.people.new_key(store.people.add(name, role, **most).id) if name else "any"
    app = app_of(store, Studio(store.gallery), lambda: None)
    return TestClient(app, base_url="http://localhost", headers={"mj-api-secret": key})


def submitted(client: TestClient, prompt: str = "a fox") -> dict[str, Any]:
    return client.post("/mj/submit/imagine", json={"prompt": prompt}).json()


def test_those_who_wait_are_told(store: Store) -> None:
    client = asking(store)
    first, second, third = (submitted(client) for _ in range(3))
    assert [own["code"] for own in (first, second, third)] == [1, 22, 22]
    assert third["properties"]["numberOfQueues"] == 2
    task = client.get(f"/mj/task/{second['result']}/fetch").json()
    assert (task["status"], task["progress"], task["imageUrl"], task["buttons"]) == (
        "SUBMITTED",
        "0%",
        "",
        [],
    )
    assert [own["id"] for own in client.get("/mj/task/queue").json()] == [
        own["result"] for own in (first, second, third)
    ]
    assert client.post(f"/mj/task/{first['result']}/cancel").json()["code"] == 1
    assert client.post(f"/mj/task/{first['result']}/cancel").json()["code"] == 4
    assert client.get(f"/mj/task/{first['result']}/fetch").json()["status"] == "CANCEL"


def test_quotas_and_roles(store: Store) -> None:
    few, guest = asking(store, "ann", most_jobs=1), asking(store, "bob", "guest")
    assert submitted(few)["code"] == 1 and submitted(few)["code"] == 23
    answer = guest.post("/mj/submit/imagine", json={"prompt": "a fox"})
    assert answer.status_code == 403 and answer.json()["code"] == 4
    assert guest.get("/mj/task/list").json() == []
    assert guest.get("/mj/task/list", headers={"mj-api-secret": "other"}).status_code == 401


def test_addresses_are_for_one_thing(store: Store) -> None:
    """A signed address that was changed, or is of another face, opens nothing."""
    from sfumato.faces.web.sealed import sealed

    client = asking(store)
    server = client.app.state.server  # type: ignore[attr-defined]
    job = submitted(client)["result"]
    said = f'["{job}", 99999999999, 1]'.encode()
    for token in (sealed(server, "openai", said), sealed(server, "mj", said)[:-3] + "AAA", "x"):
        answer = client.get(f"/mj/image/signed-{token}.png")
        assert answer.status_code == 404 and "no such address" in answer.json()["description"]
    own = client.get(f"/mj/image/signed-{sealed(server, 'mj', said)}.png")
    assert "queued" in own.json()["description"]  # it is the right one; there is nothing to see yet
    past = sealed(server, "mj", f'["{job}", 1, 1]'.encode())
    assert "expired" in client.get(f"/mj/image/signed-{past}.png").json()["description"]
