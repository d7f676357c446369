"""Boards over HTTP: named, described, and filled by the jobs that were asked for on them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from sfumato.studio.store import Store
from test_store.conftest import picture
from test_web.conftest import BOTH, Paint, ask, me, refused

pytestmark = BOTH


@pytest.fixture
def board(ann: TestClient) -> str:
    """A board of ann's."""
    said = {"name": "Night", "description": "Lamps, and\nwhat they light."}
    return ann.post("/api/boards", json=said).raise_for_status().json()["id"]


def on(client: TestClient, board: str) -> list[str]:
    """The pictures of a board, in order."""
    found = client.get("/api/pictures", params={"board": board, "order": "board"}).raise_for_status()
    return [own["id"] for own in found.json()["pictures"]]


def make(store: Store, job: dict[str, Any]) -> list[str]:
    """End a job with two pictures of its own; their ids."""
    row = store.queue.claim("w", 60)
    assert row is not None and row.id == job["id"]
    many = [picture(seed=seed, job=row.id) for seed in range(2)]
    store.queue.finish(row, many)
    return [own.id for own in many]


def test_a_board_is_described(ann: TestClient, board: str) -> None:
    assert ann.get(f"/api/boards/{board}").json()["description"] == "Lamps, and\nwhat they light."
    renamed = ann.put(f"/api/boards/{board}", json={"name": "Day"}).json()
    assert (renamed["name"], renamed["description"]) == ("Day", "Lamps, and\nwhat they light.")
    assert (
        ann.put(f"/api/boards/{board}", json={"name": "Day", "description": ""}).json()["description"] == ""
    )
    refused(ann.put(f"/api/boards/{board}", json={"name": "Day", "description": "x" * 2001}), 422, "invalid")


def test_what_is_made_for_a_board_lies_behind_what_is_there(
    ann: TestClient, store: Store, paint: Paint, board: str
) -> None:
    first = paint(me(ann))
    ann.post(f"/api/boards/{board}/pictures", json={"pictures": [first]}).raise_for_status()
    (job,) = ask(ann, board=board)
    assert job["board"] == board
    made = make(store, job)
    assert on(ann, board) == [first, *made]


def test_an_edit_a_rerun_and_a_retry_stay_with_the_board(
    ann: TestClient, store: Store, paint: Paint, board: str
) -> None:
    asked = {
        "edit": {"kind": "vary", "strong": True},
        "sources": [{"picture": paint(me(ann))}],
        "board": board,
    }
    (job,) = ann.post("/api/edits", json=asked).raise_for_status().json()["jobs"]
    assert ann.post(f"/api/jobs/{job['id']}/rerun").json()["jobs"][0]["board"] == board
    ann.post(f"/api/jobs/{job['id']}/cancel").raise_for_status()
    assert ann.post(f"/api/jobs/{job['id']}/retry").json()["board"] == board


def test_a_board_that_is_gone_by_then_stops_nothing(ann: TestClient, store: Store, board: str) -> None:
    (job,) = ask(ann, board=board)
    ann.delete(f"/api/boards/{board}").raise_for_status()
    again = ann.post(f"/api/jobs/{job['id']}/rerun").raise_for_status().json()["jobs"][0]
    assert again["board"] is None
    made = make(store, job)
    assert ann.get(f"/api/jobs/{job['id']}").json()["status"] == "done"
    assert store.pictures.get(made[0]).job == job["id"]


def test_others_boards_are_neither_filled_nor_told(
    ann: TestClient, bob: TestClient, store: Store, board: str
) -> None:
    refused(bob.post("/api/jobs", json={"prompt": "a fox", "board": board}), 404, "not_found")
    assert store.jobs.listed() == []
    (job,) = ask(ann, board=board)
    assert bob.get(f"/api/jobs/{job['id']}").json()["board"] is None
