"""What a server refuses to its people: prompts, in each API's own shape, and too many requests."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.faces.mj.errors import banned
from sfumato.faces.settings import Settings
from sfumato.faces.web.app import Reach, app_of
from sfumato.faces.web.errors import refusal_of
from sfumato.faces.web.rates import Rates
from sfumato.faces.web.serve import studio_of
from sfumato.studio import RefusedPrompt, Studio
from sfumato.studio.policy import default_policy
from sfumato.studio.store import Store
from test_web.conftest import HOME, refused, visitor

NUDE = "a nude woman"


@pytest.fixture
def app(store: Store) -> FastAPI:
    return app_of(store, Studio(store.gallery, policy=default_policy()), lambda: None)


def test_a_prompt_in_our_shape(client: TestClient) -> None:
    error = refused(client.post("/api/jobs", json={"prompt": NUDE}), 400, "refused_prompt")
    assert error["hint"].startswith("sexual:") and "裸露" in error["hint"]
    rows = {"rows": [{"prompt": "a fox"}, {"prompt": NUDE}]}
    assert "Line 2" in refused(client.post("/api/batches", json=rows), 400, "refused_prompt")["message"]
    then = {"prompt": "a fox", "then": [{"at": 0.5, "text": NUDE}]}
    refused(client.post("/api/jobs", json=then), 400, "refused_prompt")
    assert client.get("/api/jobs").json()["jobs"] == []
    assert client.post("/api/jobs", json={"prompt": "a fox --no nudity"}).status_code == 201


def test_a_prompt_in_openai_s_shape(client: TestClient) -> None:
    told = client.post("/v1/images/generations", json={"prompt": NUDE})
    assert told.status_code == 400 and told.headers["x-should-retry"] == "false"
    error = told.json()["error"]
    assert (error["code"], error["type"], error["param"]) == (
        "moderation_blocked",
        "image_generation_user_error",
        "prompt",
    )


def test_a_prompt_in_the_shape_of_midjourney_s_proxies() -> None:
    with pytest.raises(RefusedPrompt) as error:
        Studio(policy=default_policy()).submit(NUDE)
    told = banned(refusal_of(error.value))
    assert told["code"] == 24 and told["description"] == "banned_prompt_detected"
    assert told["properties"]["category"] == "sexual"


@pytest.mark.parametrize(
    ("loopback", "said", "level"),
    [(True, None, "off"), (False, None, "normal"), (True, "strict", "strict"), (False, "off", "off")],
)
def test_where_it_is_on_by_default(store: Store, loopback: bool, said: str | None, level: str) -> None:
    assert studio_of(store, Settings(policy=said), loopback).policy.level == level


def test_requests_are_counted_for_each_person(store: Store) -> None:
    busy = app_of(store, Studio(store.gallery), lambda: None, reach=Reach(None, 2))
    ann, bob = visitor(busy, store, "ann"), visitor(busy, store, "bob")
    said = {"text": "a fox"}
    assert [ann.post("/api/parse", json=said).status_code for _ in range(2)] == [200, 200]
    told = ann.post("/api/parse", json=said)
    refused(told, 429, "too_many_requests")
    assert 1 <= int(told.headers["Retry-After"]) <= 30
    assert ann.get("/api/jobs").status_code == 200 and bob.post("/api/parse", json=said).status_code == 200
    theirs = ann.post("/v1/images/generations", json={"prompt": "a fox"})
    assert theirs.status_code == 429 and theirs.json()["error"]["code"] == "rate_limit_exceeded"
    assert theirs.headers["x-should-retry"] == "true"


def test_a_bucket_fills_evenly() -> None:
    now = [0.0]
    rates = Rates(6, lambda: now[0])
    assert [rates.take("ann") for _ in range(6)] == [0] * 6
    assert rates.take("ann") == 10
    now[0] = 9.0
    assert rates.take("ann") == 1
    now[0] = 10.0
    assert rates.take("ann") == 0 and rates.take("ann") == 10
    now[0] = 1000.0
    assert [rates.take("ann") for _ in range(7)] == [0] * 6 + [10]
    assert Rates(0).take("ann") == 60 and Rates(None).take("ann") == 0


def test_the_app_of_the_fixture_has_no_limit(client: TestClient) -> None:
    assert TestClient(client.app, base_url=HOME).post("/api/parse", json={"text": "a"}).status_code == 200
