"""Edits as JSON: pictures by address, as data:, and by the ids of what was made here."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from openai import OpenAI
from starlette.testclient import TestClient

from sfumato.faces.web.app import Reach, app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_openai.conftest import QUICK, Live, generated, noise, picture_in, pixels_in, png, refused

HOLE = (slice(8, 24), slice(8, 24))


def data(pixels: np.ndarray) -> str:
    return f"data:image/png;base64,{b64encode(png(pixels)[1]).decode()}"


def edit(http: httpx2.Client, **body: Any) -> httpx2.Response:
    return http.post("/v1/images/edits", json={"prompt": f"a cat {QUICK}", **body})


def test_a_mask_as_json_does_what_it_does_as_a_file(http: httpx2.Client) -> None:
    whole, mask = noise(48, 64), noise(48, 64, HOLE)
    body = {"images": [{"image_url": data(whole)}], "mask": {"image_url": data(mask)}, "seed": 3}
    (made,) = edit(http, **body).json()["data"]
    files = {"image": png(whole), "mask": png(mask)}
    form = {"prompt": f"a cat {QUICK}", "seed": "3"}
    (same,) = http.post("/v1/images/edits", data=form, files=files).json()["data"]
    assert (pixels_in(made) == pixels_in(same)).all()
    assert (pixels_in(made)[30:] == whole[30:, :, :3]).all()


def test_by_the_id_of_what_was_made(http: httpx2.Client, live: Live) -> None:
    (first,) = generated(http)["data"]
    job, _, index = first["picture"].rpartition("-")
    for name in (first["picture"], f"ig_{job.replace('-', '')}{index}"):
        (made,) = edit(http, images=[{"file_id": name}]).json()["data"]
        assert live.store.pictures.get(made["picture"]).id != first["picture"]
        assert picture_in(made).size == picture_in(first).size
    (made,) = edit(http, image=first["picture"]).json()["data"]
    assert made["b64_json"]


def test_the_official_client_s_post(live: Live) -> None:
    """Its `images.edit` sends files; JSON goes by `post`, as its types of references have it."""
    with OpenAI(base_url=f"{live.address}/v1", api_key="any") as client:
        body = {"prompt": f"a cat {QUICK}", "images": [{"image_url": data(noise(32, 32))}], "n": 1}
        made = client.post("/images/edits", cast_to=object, body=body)
    assert made["data"][0]["b64_json"]  # type: ignore[index]


@pytest.mark.parametrize("said", [{"file_id": "file-abc"}, {"image_url": "http://127.0.0.1/x"}, 7, {}, "x"])
def test_what_names_no_picture(http: httpx2.Client, said: Any) -> None:
    answer = edit(http, images=[said])
    assert answer.status_code == 400 and answer.json()["error"]["param"] == "image", answer.text


def test_whose_picture_it_is(tmp_path: Path) -> None:
    """Nobody names a picture that they may not see; nothing is fetched where nothing may be."""
    fetched: list[str] = []
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite", tmp_path)

    def fetch(address: str) -> bytes:
        fetched.append(address)
        return png(noise(16, 16))[1]

    app = app_of(store, Studio(store.gallery), lambda: None, reach=Reach(fetch))
    client = TestClient(app, base_url="http://localhost")
    gone = "00000000-0000-4000-8000-000000000000-0"
    answer = client.post("/v1/images/edits", json={"prompt": "a cat", "images": [{"file_id": gone}]})
    refused(answer, 404 if answer.status_code == 404 else 400, "not_found", "image")
    two = [{"image_url": "https://a.example/x.png"}, {"image_url": {"url": "https://b.example/y.png"}}]
    answer = client.post("/v1/images/edits", json={"prompt": "", "images": two})
    assert answer.status_code == 400 and fetched == ["https://a.example/x.png", "https://b.example/y.png"]
    answer = client.post("/v1/images/edits", json={"prompt": "a", "images": [data(noise(8, 8))] * 19})
    assert answer.status_code == 400 and "at most 18" in answer.json()["error"]["message"]
    store.close()
