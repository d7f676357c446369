"""Signing in by a cookie: who is believed by it, and who is not."""

from __future__ import annotations

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.session import TRIES, WITHIN, Attempts
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_web.conftest import HOME, Paint, listening, me, read_events, refused

OURS = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def key(store: Store) -> str:
    return store.people.new_key(store.people.add("ann").id)


def signed_in(client: TestClient, key: str):
    answer = client.post("/api/session", json={"key": key}, headers=OURS)
    assert answer.status_code == 200 and answer.json()["name"] == "ann", answer.text
    return answer


def test_nobody_needs_to_sign_in_where_nobody_has_a_key(client: TestClient) -> None:
    told = client.get("/api/me").json()
    assert (told["sign_in"], told["name"]) == (False, "me")


def test_in_and_out(client: TestClient, key: str) -> None:
    told = client.get("/api/me")
    assert told.status_code == 200 and told.json()["sign_in"] and told.json()["id"] is None
    refused(client.get("/api/jobs"), 401, "no_key")
    cookie = signed_in(client, key).headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/", "max-age=2592000"} <= set(cookie.split("; "))
    assert "secure" not in cookie and key.lower() not in cookie
    assert client.get("/api/me").json()["name"] == "ann" and client.get("/api/jobs").status_code == 200
    kept = dict(client.cookies)
    assert client.delete("/api/session", headers=OURS).status_code == 204
    assert client.get("/api/me").json()["sign_in"] and not dict(client.cookies)
    client.cookies.update(kept)
    refused(client.get("/api/jobs"), 401, "no_key")


def test_a_cookie_is_secure_over_https(store: Store, key: str) -> None:
    app = app_of(store, Studio(store.gallery), lambda: None, loopback=False)
    with TestClient(app, base_url="https://pictures.example") as client:
        own = {"Origin": "https://pictures.example"}
        answer = client.post("/api/session", json={"key": key}, headers=own)
        assert "secure" in answer.headers["set-cookie"].lower() and answer.status_code == 200
        assert client.get("/api/me").json()["name"] == "ann"
        body = {"name": "Foxes"}
        assert client.post("/api/boards", json=body, headers=own).status_code == 201
        for other in ("https://evil.example", "null", "https://pictures.example:8443"):
            refused(client.post("/api/boards", json=body, headers={"Origin": other}), 403, "other_origin")
            login = client.post("/api/session", json={"key": key}, headers={"Origin": other})
            refused(login, 403, "other_origin")
        refused(client.post("/api/boards", json=body), 403, "other_origin")
        near = {"Sec-Fetch-Site": "same-site"}
        refused(client.get("/api/jobs", headers=near), 403, "other_origin")


def test_a_key_needs_no_origin(client: TestClient, key: str) -> None:
    signed_in(client, key)
    refused(client.post("/api/boards", json={"name": "a"}), 403, "other_origin")
    known = {"Authorization": f"Bearer {key}"}
    assert client.post("/api/boards", json={"name": "a"}, headers=known).status_code == 201


def test_another_key_ends_it(client: TestClient, store: Store, key: str) -> None:
    signed_in(client, key)
    store.people.new_key(store.people.named("ann").id)
    assert client.get("/api/me").json()["sign_in"]
    refused(client.get("/api/jobs"), 401, "no_key")


def test_wrong_keys_are_slowed_down(client: TestClient, key: str) -> None:
    for _ in range(TRIES):
        refused(client.post("/api/session", json={"key": "wrong"}), 401, "wrong_key")
    answer = client.post("/api/session", json={"key": key})
    refused(answer, 429, "too_many_tries")
    assert 0 < int(answer.headers["retry-after"]) <= WITHIN + 1
    assert client.get("/api/jobs", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_tries_are_forgotten_in_time_and_in_number() -> None:
    clock = [0.0]
    attempts = Attempts(lambda: clock[0])
    for _ in range(TRIES):
        attempts.check("a")
        attempts.failed("a")
    with pytest.raises(Refusal):
        attempts.check("a")
    attempts.check("b")
    clock[0] += WITHIN + 1
    attempts.check("a")
    for number in range(5000):
        attempts.failed(str(number))
    assert len(attempts.wrong) <= 4096


def test_pictures_and_streams_know_it(app: FastAPI, store: Store, key: str, paint: Paint) -> None:
    picture = paint(store.people.named("ann").id, private=True)
    with listening(app) as address, httpx2.Client(base_url=address) as browser:
        browser.post("/api/session", json={"key": key}, headers={"Origin": address})
        assert browser.get(f"/api/pictures/{picture}/file?width=64").status_code == 200
        with browser.stream("GET", "/api/events?since=0") as stream:
            kinds = read_events(stream)
            assert next(kinds)[0] == "ready" and next(kinds)[2]["id"] == picture


def test_somebody_else_s_trash_stays(ann: TestClient, bob: TestClient, paint: Paint, store: Store) -> None:
    mine, theirs = paint(me(ann), "a", 1), paint(me(bob), "b", 2)
    ann.delete(f"/api/pictures/{mine}")
    bob.delete(f"/api/pictures/{theirs}")
    assert ann.delete("/api/trash").json() == {"pictures": [mine]}
    assert ann.delete("/api/trash").json() == {"pictures": []}
    refused(ann.get(f"/api/pictures/{mine}"), 404, "not_found")
    assert bob.patch(f"/api/pictures/{theirs}", json={"trashed": False}).json()["trashed"] is None
    assert store.pictures.purge(0) == []
