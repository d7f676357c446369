"""People and their keys over HTTP; what one's own pictures take."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.studio.store import Store
from test_web.conftest import HOME, Paint, me, refused, visitor

OURS = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def root(app: FastAPI, store: Store) -> TestClient:
    return visitor(app, store, "root", "admin")


def everybody(client: TestClient) -> dict[str, dict]:
    return {own["name"]: own for own in client.get("/api/people").json()}


def test_only_admins_look_after_people(ann: TestClient, root: TestClient, store: Store) -> None:
    own = me(ann)
    for method, path in (
        ("GET", "/api/people"),
        ("POST", f"/api/people/{own}/key"),
        ("DELETE", f"/api/people/{own}/key"),
        ("DELETE", f"/api/people/{own}"),
    ):
        refused(ann.request(method, path), 403, "not_allowed")
    refused(ann.post("/api/people", json={"name": "eve", "role": "admin"}), 403, "not_allowed")
    refused(ann.patch(f"/api/people/{own}", json={"role": "admin"}), 403, "not_allowed")
    assert store.people.get(own).role == "member" and everybody(root)["root"]["me"]


def test_a_person_from_beginning_to_end(root: TestClient, app: FastAPI, store: Store) -> None:
    made = root.post("/api/people", json={"name": " eve ", "most_pictures": 5})
    assert made.status_code == 201 and made.json()["person"]["name"] == "eve"
    eve = made.json()["person"]["id"]
    client = TestClient(app, base_url=HOME, headers={"Authorization": f"Bearer {made.json()['key']}"})
    told = client.get("/api/me").json()
    assert (told["name"], told["role"], told["most_pictures"], told["keys"]) == ("eve", "member", 5, True)
    refused(root.post("/api/people", json={"name": "eve"}), 409, "conflict")
    assert (
        root.patch(f"/api/people/{eve}", json={"role": "guest", "most_pictures": None}).json()["role"]
        == "guest"
    )
    assert everybody(root)["eve"]["most_pictures"] is None and everybody(root)["eve"]["has_key"]
    assert root.delete(f"/api/people/{eve}/key").status_code == 204
    refused(client.get("/api/me"), 401, "wrong_key")
    assert not everybody(root)["eve"]["has_key"]
    assert root.delete(f"/api/people/{eve}").status_code == 204
    assert "eve" not in everybody(root)
    refused(root.delete(f"/api/people/{eve}"), 404, "not_found")


def test_nobody_locks_themselves_out(root: TestClient) -> None:
    own = me(root)
    refused(root.delete(f"/api/people/{own}"), 409, "conflict")
    refused(root.delete(f"/api/people/{own}/key"), 409, "conflict")
    refused(root.patch(f"/api/people/{own}", json={"role": "guest"}), 409, "conflict")
    assert root.patch(f"/api/people/{own}", json={"role": "admin", "most_jobs": 3}).json()["most_jobs"] == 3


def test_the_first_key_is_the_owner_s_whose_browser_stays_signed_in(client: TestClient) -> None:
    told = client.get("/api/me").json()
    assert told["keys"] is False
    refused(client.post("/api/people", json={"name": "ann"}, headers=OURS), 409, "conflict")
    key = client.post(f"/api/people/{told['id']}/key", headers=OURS).json()["key"]
    again = client.get("/api/me", headers=OURS).json()
    assert (again["id"], again["keys"]) == (told["id"], True)
    second = client.post(f"/api/people/{told['id']}/key", headers=OURS).json()["key"]
    assert second != key and client.get("/api/me", headers=OURS).json()["id"] == told["id"]
    client.cookies.clear()
    assert client.get("/api/me").json()["sign_in"]


def test_a_cookie_for_as_long_as_the_browser_is_open(client: TestClient, store: Store) -> None:
    key = store.people.new_key(store.people.add("ann").id)
    stays = client.post("/api/session", json={"key": key}, headers=OURS).headers["set-cookie"].lower()
    goes = (
        client.post("/api/session", json={"key": key, "stay": False}, headers=OURS)
        .headers["set-cookie"]
        .lower()
    )
    assert "max-age=2592000" in stays and "max-age" not in goes and "httponly" in goes


def test_what_pictures_take(ann: TestClient, bob: TestClient, paint: Paint, store: Store) -> None:
    kept, away = paint(me(ann), seed=1), paint(me(ann), seed=2)
    size = {
        own: (store.gallery / store.pictures.get(own, me(ann)).path).stat().st_size for own in (kept, away)
    }
    ann.patch(f"/api/pictures/{away}", json={"trashed": True})
    told = ann.get("/api/storage").json()
    assert told == {"pictures": 1, "bytes": size[kept], "trashed": 1, "trashed_bytes": size[away]}
    assert bob.get("/api/storage").json()["pictures"] == 0
