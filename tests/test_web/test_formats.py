"""Pictures in other formats than the one that they are kept in."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from sfumato.studio.gallery import read_kept
from sfumato.studio.store import Store
from test_web.conftest import Paint, me, refused

KINDS = {"jpeg": "JPEG", "webp": "WEBP", "png": "PNG"}


@pytest.fixture
def fox(client: TestClient, paint: Paint) -> str:
    return paint(me(client), "a <red> fox & 狐狸 --ar 5:3")


def shown(client: TestClient, picture: str, wanted: str = "") -> tuple[Image.Image, str]:
    """The picture and its media type."""
    answer = client.get(f"/api/pictures/{picture}/file", params={"format": wanted} if wanted else {})
    return Image.open(BytesIO(answer.raise_for_status().content)), answer.headers["content-type"]


@pytest.mark.parametrize("wanted", ["jpeg", "webp"])
def test_the_same_picture_says_that_a_model_made_it(client: TestClient, fox: str, wanted: str) -> None:
    kept, _ = shown(client, fox)
    other, kind = shown(client, fox, wanted)
    assert (other.format, kind, other.size) == (KINDS[wanted], f"image/{wanted}", kept.size)
    small = [np.asarray(own.convert("L").resize((20, 12)), int) for own in (kept, other)]  # it is noise
    assert np.abs(small[0] - small[1]).max() < 6 < np.ptp(small[0])
    said = other.info["xmp"].decode()
    assert "trainedAlgorithmicMedia" in said and "a &lt;red&gt; fox &amp; 狐狸 --ar 5:3" in said


def test_as_it_is_kept_where_that_is_wanted(client: TestClient, store: Store, fox: str) -> None:
    path = store.gallery / store.pictures.get(fox).path
    for wanted in ({}, {"format": "png"}):
        answer = client.get(f"/api/pictures/{fox}/file", params=wanted)
        assert answer.content == path.read_bytes(), wanted
    assert read_kept(path).plan.prompt.startswith("a <red> fox")


def test_it_is_sent_once(client: TestClient, fox: str) -> None:
    where = f"/api/pictures/{fox}/file"
    first, plain = client.get(where, params={"format": "jpeg"}), client.get(where)
    assert first.headers["etag"] != plain.headers["etag"] and "immutable" in first.headers["cache-control"]
    again = client.get(where, params={"format": "jpeg"}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_cannot_be(client: TestClient, store: Store, fox: str) -> None:
    where = f"/api/pictures/{fox}/file"
    refused(client.get(where, params={"format": "gif"}), 422, "invalid")
    refused(client.get(where, params={"format": "jpeg", "width": 64}), 422, "invalid")
    (store.gallery / store.pictures.get(fox).path).write_bytes(b"nothing")
    refused(client.get(where, params={"format": "jpeg"}), 404, "not_found")


def test_an_imported_picture_claims_nothing_and_has_no_holes(client: TestClient) -> None:
    hole = Image.new("RGBA", (48, 32), (0, 0, 0, 0))
    hole.paste((200, 20, 20, 255), (0, 0, 24, 32))
    file = BytesIO()
    hole.save(file, "PNG")
    files = [("files", ("a.png", file.getvalue(), "image/png"))]
    client.post("/api/imports", files=files).raise_for_status()
    (row,) = client.get("/api/pictures").json()["pictures"]
    other, _ = shown(client, row["id"], "jpeg")
    assert np.abs(np.asarray(other)[:, 30:].astype(int) - 255).max() < 8 and "xmp" not in other.info
    assert shown(client, row["id"], "webp")[0].convert("RGBA").getpixel((40, 16))[3] == 0


def test_a_zip_of_jpegs(client: TestClient, store: Store, paint: Paint, fox: str) -> None:
    lost = paint(me(client), "an owl", 2)
    (store.gallery / store.pictures.get(lost).path).write_bytes(b"nothing")
    asked = {"pictures": [fox, lost], "format": "jpeg"}
    answer = client.post("/api/pictures/download", json=asked).raise_for_status()
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        first, second = archive.namelist()
        assert re.fullmatch(r"a red fox 狐狸 \S+-0\.jpg", first) and second.endswith("-0.png")
        assert Image.open(archive.open(first)).format == "JPEG"
        assert archive.read(second) == b"nothing"
