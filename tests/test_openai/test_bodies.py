"""Whatever is sent, it is never answered with a defect of ours; and who may ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_openai.conftest import noise, png, refused

FIELDS = (
    *("prompt", "model", "n", "size", "quality", "style", "background", "output_format", "partial_images"),
    *("output_compression", "response_format", "stream", "seed", "strength", "steps", "negative_prompt"),
    *("base.guidance", "interval", "stylize", "no", "private", "input", "tools", "previous_response_id"),
)
GOOD = ("a fox", "{a, b} fox --q .5", "gpt-image-1", "1024x512", "auto", "high", "jpeg", "url", "true", "3")
BAD = ("--ar 0:0", "--seed", "\x00", "\ud800", "99999x1", "nan", "9" * 400, "a" * 7000, "{" * 50)
TOOLS = ({"type": "image_generation"}, {"type": "image_generation", "input_image_mask": {"image_url": "x"}})
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(GOOD + BAD)
)
VALUES = (
    SCALARS | st.lists(SCALARS | st.sampled_from(TOOLS), max_size=3) | st.just([dict(own) for own in TOOLS])
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)
FILES = st.sampled_from(
    [
        ("image", png(noise(20, 30))),
        ("image[]", png(noise(20, 30, (slice(4), slice(4))))),
        ("mask", ("m", b"GIF89a", "")),
    ]
) | st.tuples(
    st.sampled_from(["image", "mask", "markup"]), st.tuples(st.just("x.png"), st.binary(max_size=40))
)
OFTEN = settings(max_examples=120, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("bodies")
    opened = Store.open(f"sqlite:///{folder}/store.sqlite", folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    """Nobody paints here: what is accepted is stopped at once."""

    def stop_all() -> None:
        for row in store.jobs.listed(status="queued"):
            store.jobs.cancel(row.id)

    app = app_of(store, Studio(store.gallery), stop_all)
    with TestClient(app, base_url="http://localhost") as opened:
        yield opened


def told(answer: Any) -> None:
    if answer.headers["content-type"].startswith("text/event-stream"):
        assert answer.status_code == 200 and "cancelled" in answer.text
        return
    assert 400 <= answer.status_code < 500, answer.text
    assert set(answer.json()["error"]) >= {"message", "type", "param", "code"}


@OFTEN
@given(BODIES, st.sampled_from(["/v1/images/generations", "/v1/responses"]))
def test_json(client: TestClient, body: dict[str, Any], path: str) -> None:
    import json

    told(client.post(path, content=json.dumps(body), headers={"content-type": "application/json"}))


@OFTEN
@given(
    st.binary(max_size=60), st.sampled_from(["application/json", "multipart/form-data; boundary=x", "x", ""])
)
def test_bytes(client: TestClient, body: bytes, kind: str) -> None:
    for path in ("/v1/images/generations", "/v1/images/edits", "/v1/images/variations", "/v1/responses"):
        told(client.post(path, content=body, headers={"content-type": kind}))


@OFTEN
@given(
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(GOOD) | st.text(max_size=9)),
    st.lists(FILES, max_size=4),
)
def test_multipart(client: TestClient, fields: dict[str, str], files: list[Any]) -> None:
    for path in ("/v1/images/edits", "/v1/images/variations"):
        told(client.post(path, data=fields, files=files or {"other": b""}))


def test_keys(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite", tmp_path)
    client = TestClient(app_of(store, Studio(store.gallery), lambda: None), base_url="http://localhost")
    any_key = {"Authorization": "Bearer sk-any"}
    assert client.get("/v1/models", headers=any_key).json()["data"]
    key = store.people.new_key(store.people.add("ann", "guest").id)
    refused(client.get("/v1/models", headers=any_key), 401, "invalid_api_key")
    refused(client.get("/v1/models"), 401, "invalid_api_key")
    own = {"Authorization": f"Bearer {key}"}
    assert client.get("/v1/models", headers=own).status_code == 200
    refused(client.post("/v1/images/generations", json={"prompt": "x"}, headers=own), 403, "not_allowed")
    refused(client.get("/v1/models", headers={"Origin": "http://elsewhere.example"}), 403, "other_origin")
    store.close()


def test_what_is_too_large(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"prompt": "' + b"a" * (2 << 20) + b'"}'
    refused(client.post("/v1/images/generations", content=body), 413, "too_large")
    monkeypatch.setattr("sfumato.faces.openai.seen.MOST_TOGETHER", 1000)
    files = [("image[]", png(noise(20, 20)))] * 3
    answer = client.post("/v1/images/edits", data={"prompt": "a fox"}, files=files)
    refused(answer, 400, "image_too_large", "image")


def test_unknown_paths_and_methods(client: TestClient) -> None:
    refused(client.get("/v1/nothing"), 404, "not_found")
    refused(client.get("/v1/images/generations"), 405, "method_not_allowed")
