"""Uploads: what is a picture is kept, everything else is refused before it costs anything."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from starlette.testclient import TestClient

from sfumato.faces.web import guard
from sfumato.studio.store import Store
from test_web.conftest import Paint, me, refused


def encoded(kind: str, size: tuple[int, int] = (40, 30), colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def send(client: TestClient, content: bytes, kind: str = "image/png"):
    return client.post("/api/uploads", files={"file": ("x", content, kind)})


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_and_read(client: TestClient, kind: str) -> None:
    answer = send(client, encoded(kind), f"image/{kind.lower()}")
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["width"], kept["height"]) == (40, 30)
    body = {"edit": {"kind": "restyle"}, "sources": [{"upload": kept["content"]}], "words": "a fox"}
    job = client.post("/api/edits", json=body).json()["jobs"][0]
    plan = client.get(f"/api/jobs/{job['id']}").json()["plan"]
    assert [own["hash"] for own in plan["inputs"]] == [kept["content"]]
    refused(client.post("/api/edits", json={**body, "words": None}), 422, "no_words")


def test_the_same_picture_is_the_same(client: TestClient) -> None:
    first, again = (send(client, encoded("PNG")).json() for _ in range(2))
    assert first == again != send(client, encoded("PNG", colour="blue")).json()


BOMBS = {
    "many pixels": png(50_000, 50_000),
    "more than is allowed": png(5000, 5000, chunk(b"IDAT", zlib.compress(b""))),
    "a long text": png(8, 8, chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(80_000_000)))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(client: TestClient, name: str) -> None:
    code, status = ("not_a_picture", 422) if "text" in name else ("too_many_pixels", 413)
    refused(send(client, BOMBS[name]), status, code)


LIES = {
    "no picture": (b"<svg/>", "image/png"),
    "nothing": (b"", "image/png"),
    "another kind": (encoded("JPEG"), "image/png"),
    "a kind that is not read": (encoded("TIFF"), "image/tiff"),
    "half a picture": (encoded("PNG", (600, 600))[:200], "image/png"),
    "a head with nothing behind": (png(100, 100), "image/png"),
    "fewer pixels than it says": (png(100, 100, chunk(b"IDAT", zlib.compress(b"\0" * 30))), "image/png"),
    "a program": (b"MZ" + bytes(100), "application/octet-stream"),
}


@pytest.mark.parametrize("name", LIES)
def test_lies(client: TestClient, name: str) -> None:
    refused(send(client, *LIES[name]), 422, "not_a_picture")


def test_too_many_bytes(client: TestClient) -> None:
    refused(send(client, bytes(guard.MOST_UPLOAD + 1)), 413, "too_large")


def test_nothing_is_left_of_what_was_refused(client: TestClient, tmp_path) -> None:
    send(client, encoded("PNG"))
    for content, kind in LIES.values():
        send(client, content, kind)
    assert len([own for own in (tmp_path / "uploads").rglob("*") if own.is_file()]) == 1


def test_an_upload_is_its_senders_own(ann: TestClient, bob: TestClient) -> None:
    content = send(ann, encoded("PNG")).json()["content"]
    body = {"edit": {"kind": "restyle"}, "sources": [{"upload": content}], "words": "a fox"}
    assert ann.post("/api/edits", json=body).status_code == 201
    refused(bob.post("/api/edits", json=body), 404, "not_found")


def test_a_picture_of_ours_keeps_its_words(client: TestClient, store: Store, paint: Paint) -> None:
    row = store.pictures.get(paint(me(client), "a red fox"))
    data = (store.gallery / row.path).read_bytes()
    content = send(client, data).json()["content"]
    asked = {"edit": {"kind": "vary"}, "sources": [{"upload": content}]}
    (job,) = client.post("/api/edits", json=asked).json()["jobs"]
    assert job["prompt"].startswith("a red fox")
    info, bare, wrong = PngInfo(), io.BytesIO(), io.BytesIO()
    info.add_itxt("sfumato", '{"plan": 1}')
    with Image.open(io.BytesIO(data)) as image:
        Image.frombytes("RGB", image.size, image.convert("RGB").tobytes()).save(bare, "PNG")
        image.resize((64, 64)).save(wrong, "PNG", pnginfo=info)
    assert send(client, bare.getvalue()).json()["content"] == content  # and does not take its words away
    assert client.post("/api/edits", json=asked).status_code == 201
    mute = {**asked, "sources": [{"upload": send(client, wrong.getvalue()).json()["content"]}]}
    refused(client.post("/api/edits", json=mute), 422, "no_words")
