"""Pictures and boards over HTTP."""

from __future__ import annotations

import io
from hashlib import sha256

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from sfumato.studio.store import Store
from test_web.conftest import BOTH, Paint, me, refused

pytestmark = BOTH


def ids(client: TestClient, query: str = "") -> list[str]:
    return [own["id"] for own in client.get(f"/api/pictures?{query}").json()["pictures"]]


def test_finding(client: TestClient, paint: Paint) -> None:
    fox, owl = paint(me(client), "a red fox", 1), paint(me(client), "a blue owl", 2)
    assert ids(client, "q=fox") == [fox] and ids(client, "q=owl") == [owl]
    assert ids(client, "aspect=5:3&order=oldest") == [fox, owl]
    assert ids(client, "since=1e11") == ids(client, "owner=nobody") == []
    refused(client.get("/api/pictures?aspect=wide"), 422, "invalid")
    refused(client.get("/api/pictures?cursor=x"), 422, "invalid")
    refused(client.get("/api/pictures?order=worst"), 422, "invalid")


def test_pages(client: TestClient, paint: Paint) -> None:
    made = [paint(me(client), seed=seed) for seed in range(1, 6)]
    first = client.get("/api/pictures?limit=3").json()
    paint(me(client), seed=6)
    second = client.get("/api/pictures", params={"limit": 3, "cursor": first["cursor"]}).json()
    assert [own["id"] for own in first["pictures"] + second["pictures"]] == made[::-1]
    assert second["cursor"] == ""


def test_judging(client: TestClient, paint: Paint) -> None:
    picture = f"/api/pictures/{paint(me(client))}"
    said = {"liked": True, "rating": 4, "tags": ["snow", "狐狸"], "private": True}
    shown = client.patch(picture, json=said).json()
    assert {name: shown[name] for name in said} == said
    assert client.get(picture).json() == shown and len(ids(client, "q=狐狸&liked=true&rating=4")) == 1
    refused(client.patch(picture, json={"rating": 6}), 422, "invalid")
    refused(client.patch("/api/pictures/none", json={"rating": 1}), 404, "not_found")


def test_trash_and_back(client: TestClient, paint: Paint) -> None:
    picture = paint(me(client))
    assert client.delete(f"/api/pictures/{picture}").json()["trashed"]
    assert ids(client) == [] and ids(client, "trash=true") == [picture]
    assert client.patch(f"/api/pictures/{picture}", json={"trashed": False}).json()["trashed"] is None
    assert ids(client) == [picture]


def test_the_file(client: TestClient, paint: Paint, store: Store) -> None:
    shown = client.get(f"/api/pictures/{paint(me(client))}").json()
    file = client.get(shown["file"])
    assert sha256(file.content).hexdigest() == shown["sha256"]
    assert file.headers["etag"] == f'"{shown["sha256"]}"' and "immutable" in file.headers["cache-control"]
    again = client.get(shown["file"], headers={"If-None-Match": f'W/"x", {file.headers["etag"]}'})
    assert again.status_code == 304 and not again.content
    (store.gallery / store.pictures.get(shown["id"]).path).unlink()
    refused(client.get(shown["file"]), 404, "not_found")


def test_smaller_files(client: TestClient, paint: Paint, store: Store) -> None:
    address = client.get(f"/api/pictures/{paint(me(client))}").json()["file"]
    sizes = set()
    for width in (1, 64, 65, 100, 128, 129, 4000):
        small = client.get(f"{address}?width={width}")
        assert small.headers["content-type"] == "image/webp"
        with Image.open(io.BytesIO(small.content)) as image:
            assert image.width >= min(width, 160) and abs(image.width / image.height - 160 / 96) < 0.05
            sizes.add((image.width, small.headers["etag"]))
    assert len(sizes) == len(list((store.database.folder / "thumbnails").rglob("*.webp"))) == 3
    refused(client.get(f"{address}?width=0"), 422, "invalid")


def test_a_thumbnail_is_the_picture(client: TestClient, store: Store, paint: Paint) -> None:
    shown = client.get(f"/api/pictures/{paint(me(client))}").json()
    with (
        Image.open(io.BytesIO(client.get(f"{shown['file']}?width=64").content)) as small,
        Image.open(io.BytesIO(client.get(shown["file"]).content)) as whole,
    ):
        wanted = np.asarray(whole.resize(small.size, Image.Resampling.LANCZOS).convert("L"), float)
        assert np.abs(np.asarray(small.convert("L"), float) - wanted).mean() < 8  # of noise that spreads 25


def test_where_it_comes_from(client: TestClient, paint: Paint, store: Store) -> None:
    parent = paint(me(client), seed=1)
    child = paint(me(client), seed=2, inputs=(store.pictures.get(parent).content,))
    kin = client.get(f"/api/pictures/{child}/lineage").json()
    assert [own["id"] for own in kin["parents"]] == [parent] and kin["children"] == []
    kin = client.get(f"/api/pictures/{parent}/lineage").json()
    assert [own["id"] for own in kin["children"]] == [child]


def test_what_looks_like_it(client: TestClient, paint: Paint) -> None:
    near, far, one = (
        paint(me(client), seed=seed, embedding=np.array(own))
        for seed, own in ((1, [1.0, 0.1]), (2, [0.0, 1.0]), (3, [1.0, 0.0]))
    )
    alike = client.get(f"/api/pictures/{one}/similar").json()
    assert [own["picture"]["id"] for own in alike] == [near, far]
    assert len(client.get(f"/api/pictures/{one}/similar?k=1").json()) == 1
    assert client.get(f"/api/pictures/{paint(me(client), seed=4)}/similar").json() == []


def test_boards(client: TestClient, paint: Paint) -> None:
    pictures = [paint(me(client), seed=seed) for seed in (1, 2, 3)]
    board = client.post("/api/boards", json={"name": "Foxes"}).json()
    address, query = f"/api/boards/{board['id']}", f"board={board['id']}&order=board"
    assert client.post(f"{address}/pictures", json={"pictures": pictures}).status_code == 200
    assert ids(client, query) == pictures
    client.put(f"{address}/pictures", json={"pictures": pictures[::-1]})
    assert ids(client, query) == pictures[::-1]
    assert client.delete(f"{address}/pictures/{pictures[0]}").status_code == 204
    assert ids(client, query) == [pictures[2], pictures[1]]
    assert client.put(address, json={"name": "Owls", "private": True}).json()["name"] == "Owls"
    assert client.get(address).json()["private"]
    refused(client.post(f"{address}/pictures", json={"pictures": ["none"]}), 404, "not_found")
    assert client.delete(address).status_code == 204
    refused(client.get(address), 404, "not_found")
    assert client.get("/api/boards").json()["boards"] == [] and len(ids(client)) == 3
