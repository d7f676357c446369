"""What is private stays so, over every route: asked for, listed, changed or read by somebody else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_web.conftest import Paint, ask, me, refused, visitor

SECRET = "xylophone"
STREAM = "/api/events"  # has a test of its own: it has no end


@pytest.fixture
def secrets(ann: TestClient, store: Store, paint: Paint) -> dict[str, str]:
    """What ann has that bob may not know of, by the names that paths give it."""
    (job,) = ask(ann, f"a {SECRET}", private=True)
    store.queue.report(store.queue.claim("w", 60), 1, 4, b"RIFF\0\0\0\0WEBP")
    picture = paint(me(ann), f"a {SECRET}", private=True)
    board = ann.post("/api/boards", json={"name": SECRET, "private": True}).json()["id"]
    assert ann.post(f"/api/boards/{board}/pictures", json={"pictures": [picture]}).status_code == 200
    return {"job": job["id"], "picture": picture, "board": board, "person": me(ann)}


def bodies(picture: str) -> dict[tuple[str, str], Any]:
    """What bob sends where something is to be sent."""
    source = {"picture": picture}
    return {
        ("post", "/api/jobs"): {"prompt": "an owl", "pictures": [{**source, "role": "start"}]},
        ("post", "/api/edits"): {"edit": {"kind": "vary"}, "sources": [source]},
        ("patch", "/api/pictures/{picture}"): {"liked": True, "private": False},
        ("patch", "/api/people/{person}"): {"role": "guest"},
        ("put", "/api/boards/{board}"): {"name": "mine", "private": False},
        ("post", "/api/boards/{board}/pictures"): {"pictures": [picture]},
        ("put", "/api/boards/{board}/pictures"): {"pictures": [picture]},
    }


def everything(client: TestClient, secrets: dict[str, str]) -> list[Any]:
    """All that ann sees of her own."""
    reads = ("jobs/{job}", "pictures/{picture}", "pictures/{picture}/lineage", "boards/{board}")
    shown = [client.get(f"/api/{own.format(**secrets)}").json() for own in reads]
    return [*shown, client.get(f"/api/pictures?board={secrets['board']}").json()["pictures"]]


def test_every_route_keeps_it(ann: TestClient, bob: TestClient, secrets: dict[str, str]) -> None:
    before, sent = everything(ann, secrets), bodies(secrets["picture"])
    paths = bob.get("/api/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method in methods if path != STREAM else ():
            answer = bob.request(method, path.format(**secrets), json=sent.get((method, path)))
            assert SECRET not in answer.text and secrets["job"] not in answer.text, (method, path)
            if "{person}" in path:
                refused(answer, 403, "not_allowed")
            elif "{" in path or path == "/api/edits" or (method, path) == ("post", "/api/jobs"):
                is_unpin = method == "delete" and path.endswith("/{picture}") and "board" in path
                refused(answer, 404, "not_found")
                assert not is_unpin or answer.status_code == 404
    assert everything(ann, secrets) == before


def test_what_is_asked_for_by_name_is_not_told(bob: TestClient, secrets: dict[str, str]) -> None:
    queries = [f"q={SECRET}", f"job={secrets['job']}", f"board={secrets['board']}&order=board", "trash=true"]
    for query in queries:
        assert bob.get(f"/api/pictures?{query}").json()["pictures"] == []
    refused(bob.get(f"/api/jobs?before={secrets['job']}"), 404, "not_found")


def test_admins_see_no_more(app: FastAPI, store: Store, secrets: dict[str, str]) -> None:
    root = visitor(app, store, "root", "admin")
    refused(root.get(f"/api/jobs/{secrets['job']}"), 404, "not_found")
    refused(root.post(f"/api/jobs/{secrets['job']}/cancel"), 404, "not_found")
    refused(root.patch(f"/api/pictures/{secrets['picture']}", json={"liked": True}), 404, "not_found")


def test_what_is_open_is_seen_and_not_changed(ann: TestClient, bob: TestClient, paint: Paint) -> None:
    (job,), picture = ask(ann), paint(me(ann))
    assert not bob.get(f"/api/jobs/{job['id']}").json()["mine"]
    assert bob.get(f"/api/pictures/{picture}/file").status_code == 200
    refused(bob.post(f"/api/jobs/{job['id']}/cancel"), 404, "not_found")
    refused(bob.delete(f"/api/pictures/{picture}"), 404, "not_found")


@settings(max_examples=8)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=6))
def test_everybody_sees_their_own_and_what_is_open(made: list[tuple[str, bool]]) -> None:
    with TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.sqlite", Path(folder))
        app = app_of(store, Studio(store.gallery), lambda: None)
        visitors = {name: visitor(app, store, name) for name in "ab"}
        jobs = [(who, private, ask(visitors[who], private=private)[0]["id"]) for who, private in made]
        for name, client in visitors.items():
            seen = {own["id"] for own in client.get("/api/jobs").json()["jobs"]}
            assert seen == {own for who, private, own in jobs if who == name or not private}
        store.close()
