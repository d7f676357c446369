"""Many pictures at once: counted, changed together, downloaded in one file."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.studio.store import Filters, Store
from test_web.conftest import BOTH, Paint, me, refused

pytestmark = BOTH


def test_counts(ann: TestClient, bob: TestClient, paint: Paint) -> None:
    own = [paint(me(ann), "a fox", seed) for seed in range(3)]
    paint(me(bob), "an owl", 9, private=True)
    ann.patch("/api/pictures", json={"pictures": own[:2], "liked": True, "rating": 4}).raise_for_status()
    ann.delete(f"/api/pictures/{own[2]}").raise_for_status()
    counts = ann.get("/api/pictures/counts").json()
    assert (counts["pictures"], counts["liked"], counts["rated"], counts["trash"]) == (2, 2, 2, 1)
    assert counts["operations"] == {"imagine": 2} and counts["models"] == {"numbers": 2}
    assert bob.get("/api/pictures/counts").json()["trash"] == 0


def test_an_operation_is_found(client: TestClient, paint: Paint) -> None:
    own = paint(me(client))
    assert [row["id"] for row in client.get("/api/pictures?operation=imagine").json()["pictures"]] == [own]
    assert client.get("/api/pictures?operation=upscale").json()["pictures"] == []


def test_changing_many(ann: TestClient, bob: TestClient, paint: Paint, store: Store) -> None:
    own = [paint(me(ann), "a fox", seed) for seed in range(2)]
    changed = ann.patch("/api/pictures", json={"pictures": own, "tags": ["snow"], "private": True}).json()
    assert [(row["id"], row["tags"], row["private"]) for row in changed["pictures"]] == [
        (which, ["snow"], True) for which in own
    ]
    assert len(store.pictures.search("snow", Filters()).rows) == 2
    ann.patch("/api/pictures", json={"pictures": own, "untags": ["snow"]}).raise_for_status()
    assert not store.pictures.search("snow", Filters()).rows
    theirs = paint(me(bob), "an owl", 9)
    refused(ann.patch("/api/pictures", json={"pictures": [*own, theirs], "liked": True}), 404, "not_found")
    assert not store.pictures.search(filters=Filters(liked=True)).rows


def test_one_file_of_many(ann: TestClient, bob: TestClient, paint: Paint, store: Store) -> None:
    own = [paint(me(ann), "a fox / 狐狸 --ar 3:2", 1), paint(me(ann), "a fox", 2)]
    answer = ann.post("/api/pictures/download", json={"pictures": [*own, own[0]]})
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(own) and names[0].startswith("a fox 狐狸 ") and names[0].endswith("-0.png")
        rows = [store.pictures.get(which) for which in own]
        files = [archive.read(name) for name in names]
        assert files == [(store.gallery / row.path).read_bytes() for row in rows]
    hidden = paint(me(bob), "an owl", 9, private=True)
    refused(ann.post("/api/pictures/download", json={"pictures": [hidden]}), 404, "not_found")
    refused(ann.post("/api/pictures/download", json={"pictures": []}), 404, "not_found")


def test_deleting_some_for_good(ann: TestClient, bob: TestClient, paint: Paint, store: Store) -> None:
    own, other = [paint(me(ann), "a fox", seed) for seed in range(3)], paint(me(bob), "an owl", 9)
    ann.patch("/api/pictures", json={"pictures": own[:2], "trashed": True}).raise_for_status()
    bob.delete(f"/api/pictures/{other}").raise_for_status()
    answer = ann.post("/api/trash/delete", json={"pictures": [own[0], own[2], other]})
    assert answer.json()["pictures"] == [own[0]]
    rows = store.pictures.search(filters=Filters(trash=True)).rows
    assert {row.id for row in rows} == {own[1], other}


def test_the_cover_of_a_board(ann: TestClient, bob: TestClient, paint: Paint, app: FastAPI) -> None:
    own = [paint(me(ann), "a fox", seed) for seed in range(6)]
    board = ann.post("/api/boards", json={"name": "Foxes"}).json()
    assert (board["count"], board["cover"]) == (0, [])
    pinned = ann.post(f"/api/boards/{board['id']}/pictures", json={"pictures": own}).json()
    assert (pinned["count"], pinned["cover"]) == (6, own[:4])
    ann.delete(f"/api/pictures/{own[0]}").raise_for_status()
    ann.patch("/api/pictures", json={"pictures": own[1:2], "private": True}).raise_for_status()
    (seen,) = bob.get("/api/boards").json()["boards"]
    assert (seen["count"], seen["cover"]) == (4, own[2:6])
