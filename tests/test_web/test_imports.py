"""Imports, descriptions and likeness over HTTP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from sfumato.language import parse
from sfumato.studio.store import Store
from sfumato.studio.upkeep import Upkeep
from test_imports import writers as w
from test_web.conftest import Paint, me, refused


def send(client: TestClient, *paths: Path, **data: str):
    files = [("files", (path.name, path.read_bytes())) for path in paths]
    return client.post("/api/imports", files=files, data=data)


def test_files_are_brought_in(client: TestClient, tmp_path: Path) -> None:
    good = w.png(tmp_path / "a.png", {"parameters": w.AUTOMATIC})
    named = w.png(tmp_path / f"ann_a_blue_owl_{w.JOB}_1.png", {}, 7)
    (tmp_path / "bad.png").write_bytes(b"no")
    answer = send(client, good, named, tmp_path / "bad.png", good)
    told = answer.json()["imports"]
    assert answer.status_code == 201, answer.text
    assert [own["status"] for own in told] == ["added", "added", "failed", "known"]
    assert "bad.png" in told[2]["reason"] and str(tmp_path) not in answer.text
    shown = told[0]["picture"]["imported"]
    assert shown["program"] == "AUTOMATIC1111" and shown["settings"]["Steps"] == "28"
    assert client.get(told[0]["picture"]["file"]).content == good.read_bytes()
    assert client.get(told[0]["picture"]["file"] + "?width=64").headers["content-type"] == "image/webp"
    found = client.get("/api/pictures?q=dpm%2B%2B").json()["pictures"]
    assert [own["id"] for own in found] == [told[0]["picture"]["id"]]
    assert told[1]["picture"]["imported"]["words"] == "a blue owl"
    edit = {"edit": {"kind": "vary"}, "sources": [{"picture": told[1]["picture"]["id"]}]}
    made = client.post("/api/edits", json=edit)
    assert made.status_code == 201 and "blue owl" in made.json()["jobs"][0]["prompt"], made.text


def test_jpeg_stays_jpeg(client: TestClient, tmp_path: Path) -> None:
    (told,) = send(client, w.commented(tmp_path / "a.jpg", w.AUTOMATIC)).json()["imports"]
    assert client.get(told["picture"]["file"]).headers["content-type"] == "image/jpeg"


def test_imports_are_private_where_said(ann: TestClient, bob: TestClient, tmp_path: Path) -> None:
    path = w.png(tmp_path / "a.png", {"parameters": w.AUTOMATIC})
    (told,) = send(ann, path, private="true").json()["imports"]
    named = {"picture": told["picture"]["id"]}
    assert ann.post("/api/describe", json=named).json()["source"] == "metadata"
    refused(bob.post("/api/describe", json=named), 404, "not_found")
    refused(bob.post("/api/similar", json=named), 404, "not_found")
    refused(bob.get(f"/api/pictures/{named['picture']}/similar"), 404, "not_found")
    (other,) = send(bob, path).json()["imports"]
    assert other["status"] == "added", "that ann has it is not told"


def test_too_much(store: Store, client: TestClient, tmp_path: Path) -> None:
    path = w.png(tmp_path / "a.png", {})
    refused(send(client, *[path] * 101), 413, "too_large")
    store.people.change(me(client), "admin", most_bytes=10)
    refused(send(client, path), 507, "no_room")


def test_describe_says_where_it_is_from(client: TestClient, paint: Paint, tmp_path: Path) -> None:
    plan = client.post("/api/describe", json={"picture": paint(me(client), "a red fox")}).json()
    assert (plan["source"], plan["words"], plan["chinese"]) == ("plan", ["a red fox"], [])
    Image.new("RGB", (60, 40), "navy").save(tmp_path / "bare.png")
    upload = client.post("/api/uploads", files={"file": ("x", (tmp_path / "bare.png").read_bytes())}).json()
    seen = client.post("/api/describe", json={"upload": upload["content"]}).json()
    assert seen["source"] == "judge" and len(set(seen["words"])) == len(set(seen["chinese"])) == 4
    assert all(text.endswith(" --ar 3:2") for text in seen["words"] + seen["chinese"])
    assert not any(parse(text).problems for text in seen["words"] + seen["chinese"])
    assert any("blue palette" in text for text in seen["words"])
    refused(client.post("/api/describe", json={"upload": "0" * 64}), 404, "not_found")


def test_upkeep_looks_and_purges(client: TestClient, store: Store, paint: Paint, tmp_path: Path) -> None:
    pictures = [paint(me(client), f"fox {seed}", seed) for seed in range(1, 11)]
    (store.gallery / store.pictures.get(pictures[0]).path).unlink()
    old = paint(me(client), "an old fox", 99)
    client.delete(f"/api/pictures/{old}")
    upkeep = Upkeep(store, trash_days=1.0)
    for _ in range(4):
        upkeep.turn()
    assert store.pictures.get(old).trashed is not None
    sizes = [store.pictures.get(own).embedding for own in pictures]
    assert sizes[0] is None and {own.size for own in sizes[1:] if own is not None} == {192}
    assert store.pictures.unseen(192)[0][1].id == pictures[0], "it is tried again some time"
    Upkeep(store, trash_days=0.0).turn()
    refused(client.get(f"/api/pictures/{old}"), 404, "not_found")


def test_alike_by_upload(client: TestClient, store: Store, paint: Paint, tmp_path: Path) -> None:
    ids = [paint(me(client), f"fox {seed}", seed) for seed in (1, 2, 3)]
    path = store.gallery / store.pictures.get(ids[1]).path
    Upkeep(store).turn()
    pixels = np.asarray(Image.open(path)).copy()
    pixels[:8] = 0
    Image.fromarray(pixels).save(tmp_path / "x.png")
    upload = client.post("/api/uploads", files={"file": ("x", (tmp_path / "x.png").read_bytes())}).json()
    alike = client.post("/api/similar", json={"upload": upload["content"], "k": 2}).json()
    assert len(alike) == 2 and alike[0]["picture"]["id"] == ids[1] and alike[0]["cosine"] > alike[1]["cosine"]
