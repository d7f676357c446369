"""Who is kept out: strangers' pages and names, bodies that are too long, people without a key or a right."""

from __future__ import annotations

import json
import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_web.conftest import ask, refused, visitor

ELSEWHERE = ("http://evil.example", "null", "http://127.0.0.1:3000", "https://localhost.evil.example:7860")


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_pages_of_other_sites_are_kept_out(client: TestClient, origin: str) -> None:
    for method, path in (("POST", "/api/jobs"), ("GET", "/api/jobs"), ("GET", "/api/events")):
        answer = client.request(method, path, headers={"Origin": origin})
        refused(answer, 403, "other_origin")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_browsers_say_who_asks(client: TestClient, site: str) -> None:
    refused(client.get("/api/jobs", headers={"Sec-Fetch-Site": site}), 403, "other_origin")
    link = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert client.get("/api/health", headers=link).status_code == 200
    refused(client.post("/api/jobs", headers=link), 403, "other_origin")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:7860", "localhost:1", "[::1]", "[::1]:7860"])
def test_our_own_names(client: TestClient, host: str) -> None:
    own = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert client.get("/api/jobs", headers=own).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:7860", "192.168.1.7", "", "127.0.0.1.nip.io"]
)
def test_names_that_only_lead_here(client: TestClient, host: str) -> None:
    refused(client.get("/api/health", headers={"Host": host}), 403, "other_host")


def test_a_server_for_others_has_any_name(store: Store) -> None:
    open_to_all = app_of(store, Studio(store.gallery), lambda: None, loopback=False)
    with TestClient(open_to_all, base_url="http://pictures.example") as client:
        assert client.get("/api/health").status_code == 200
        refused(client.get("/api/jobs"), 401, "no_key")


def test_bodies_are_bounded(client: TestClient) -> None:
    long = b'{"prompt": "' + b"a" * (2 << 20) + b'"}'
    kind = {"Content-Type": "application/json"}
    refused(client.post("/api/jobs", content=long, headers=kind), 413, "too_large")
    pieces = (long[start : start + 65536] for start in range(0, len(long), 65536))
    refused(client.post("/api/jobs", content=pieces, headers=kind), 413, "too_large")


UNREADABLE = {
    "cut": b"{",
    "empty": b"",
    "a list": b"[]",
    "half a letter": b'{"prompt": "\\ud800"}',
    "no UTF-8": b"\xff",
    "infinite": b'{"prompt": "a fox", "priority": 1e999}',
    "many digits": b'{"prompt": "a fox", "knobs": {"steps": ' + b"9" * 5000 + b"}}",
    "fewer digits": b'{"prompt": "a fox", "knobs": {"steps": ' + b"9" * 4000 + b"}}",
    "deep": b'{"prompt": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_bodies_that_cannot_be_read(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    refused(answer, answer.status_code, answer.json()["error"]["code"])


def test_other_paths_and_methods(client: TestClient) -> None:
    refused(client.get("/api/nothing"), 404, "not_found")
    refused(client.put("/api/jobs"), 405, "wrong_method")


def test_a_key_is_needed_when_there_is_one(client: TestClient, app: FastAPI, store: Store) -> None:
    assert client.get("/api/me").json()["role"] == "admin"
    ann = visitor(app, store, "ann")
    refused(client.get("/api/jobs"), 401, "no_key")
    refused(client.get("/api/me", headers={"Authorization": "Bearer wrong"}), 401, "wrong_key")
    refused(client.get("/api/me", headers={"Authorization": "Basic eDp5"}), 401, "wrong_key")
    assert ann.get("/api/me").json()["name"] == "ann"
    assert client.get("/api/health").status_code == client.get("/api/ready").status_code == 200


def test_every_route_but_health_needs_a_key(client: TestClient, ann: TestClient) -> None:
    free = {"/api/health", "/api/ready", "/api/me", "/api/session"}
    paths = client.get("/api/openapi.json").json()["paths"]
    assert len(paths) > 20
    for path, methods in paths.items():
        for method in methods:
            status = client.request(method, path.replace("{", "").replace("}", "")).status_code
            assert (status == 401) == (path not in free), (method, path, status)


def test_guests_look_and_members_make(app: FastAPI, store: Store) -> None:
    guest, member = visitor(app, store, "gus", "guest"), visitor(app, store, "mia")
    (job,) = ask(member)
    assert guest.get(f"/api/jobs/{job['id']}").status_code == 200
    for path in ("/api/jobs", "/api/edits", "/api/uploads", f"/api/jobs/{job['id']}/cancel", "/api/boards"):
        refused(guest.post(path, json={}), 403, "not_allowed")
    refused(guest.get("/metrics"), 403, "not_allowed")
    refused(member.get("/metrics"), 403, "not_allowed")
    root = visitor(app, store, "root", "admin")
    assert "sfumato_requests_total" in root.get("/metrics").text
    assert root.post(f"/api/jobs/{job['id']}/cancel").json()["status"] == "cancelled"


def test_quotas(app: FastAPI, store: Store) -> None:
    few = visitor(app, store, "few", most_jobs=2, most_pictures=8)
    answer = few.post("/api/jobs", json={"prompt": "a {red, blue, green} fox"})
    refused(answer, 429, "too_many_jobs")
    assert int(answer.headers["retry-after"]) > 0
    ask(few, "a {red, blue} fox")
    refused(few.post("/api/jobs", json={"prompt": "a fox"}), 429, "too_many_jobs")
    store.jobs.cancel(few.get("/api/jobs").json()["jobs"][0]["id"])
    ask(few, count=4)
    assert few.get("/api/me").json()["pictures"] == 8


def test_pictures_of_a_day(app: FastAPI, store: Store) -> None:
    few = visitor(app, store, "few", most_pictures=5)
    ask(few)
    refused(few.post("/api/jobs", json={"prompt": "a fox"}), 429, "too_many_pictures")
    ask(few, count=1)


def test_what_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("sfumato.web")
    log.propagate = True
    with caplog.at_level(logging.INFO, logger="sfumato.web"):
        answer = client.post("/api/jobs", json={"prompt": "a secret fox"}, headers={"X-Request-Id": "mine"})
        client.get("/api/pictures?q=secret", headers={"X-Request-Id": "not\tone"})
    first, second = (json.loads(own.message) for own in caplog.records if own.name == "sfumato.web")
    assert answer.headers["x-request-id"] == first["id"] == "mine" and second["id"] != "not\tone"
    assert first["jobs"] == [answer.json()["jobs"][0]["id"]] and first["person"] == "me"
    assert (first["method"], first["path"], first["status"]) == ("POST", "/api/jobs", 201)
    assert "secret" not in caplog.text and first["ms"] > 0
