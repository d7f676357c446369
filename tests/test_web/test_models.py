"""Models by name over HTTP: what is here, where it stands, and who paints a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.studio import Models, Shelf, Studio
from sfumato.studio.collection import Adding, Collection, Hub, add
from sfumato.studio.store import Store
from test_web.conftest import HOME, ask, refused
from tinies import flux


@pytest.fixture
def studio(store: Store, tmp_path: Path) -> Studio:
    return Studio(
        store.gallery, shelf=Shelf("cpu", "float32"), models=Models(Collection(tmp_path / "models"))
    )


@pytest.fixture
def client(store: Store, studio: Studio) -> Iterator[TestClient]:
    with TestClient(app_of(store, studio, lambda: None), base_url=HOME) as opened:
        yield opened


def test_added_models_are_there_at_once(client: TestClient, studio: Studio, tmp_path: Path) -> None:
    assert [own["name"] for own in client.get("/api/models").json()["models"]] == ["house"]
    refused(client.post("/api/jobs", json={"prompt": "a fox", "model": "tiny"}), 422, "unknown_model")
    collection = studio.models.collection  # type: ignore[union-attr]
    add(Adding((str(flux.dev(tmp_path / "tiny")[0]),), "tiny"), collection, Hub("http://127.0.0.1:9"))
    assert ask(client, model="tiny")[0]["model"] == "flux"
    assert ask(client)[0]["model"] == "house"
    collection.set_default("tiny")
    assert ask(client)[0]["model"] == "flux"
    collection.choose(versions={"7": "tiny"}, default="")
    assert ask(client, "a fox --v 7")[0]["model"] == "flux"
    (row,) = (own for own in client.get("/api/models").json()["versions"] if own["asked"] == "--v 7")
    assert row == {"asked": "--v 7", "model": "tiny", "here": True, "repository": ""}


def test_where_a_model_stands(client: TestClient, studio: Studio) -> None:
    (house,) = client.get("/api/models").json()["models"]
    assert (house["state"], house["bytes"], house["kind"]) == ("installed", 0, "house")
    studio.shelf.lease(studio.family)
    (house,) = client.get("/api/models").json()["models"]
    assert house["state"] == "open" and house["bytes"] == house["total"] > 5e7
    studio.shelf.close()
