"""Jobs over HTTP: what is accepted, once; and what becomes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from sfumato.studio import Picture
from sfumato.studio.gallery import keep, read_kept
from sfumato.studio.picture import grid
from sfumato.studio.store import Store, drawn
from test_web.conftest import BOTH, Paint, ask, me, refused

pytestmark = BOTH

LEASE = 60.0


def test_every_permutation_is_a_job(client: TestClient, store: Store, woken: list[bool]) -> None:
    jobs = ask(client, "a {red, blue} fox --ar 3:2 --seed 7", negative="snow", knobs={"steps": 3})
    assert [job["prompt"] for job in jobs] == [f"a {own} fox --ar 3:2 --seed 7" for own in ("red", "blue")]
    assert len({job["batch"] for job in jobs}) == 1 and woken == [True]
    plan = client.get(f"/api/jobs/{jobs[0]['id']}").json()["plan"]
    assert plan["negative"] == "snow" and {own["steps"] for own in plan["stages"]} == {3}
    assert store.queue.claim("w", LEASE).id == jobs[0]["id"]


def test_fewer_pictures(client: TestClient) -> None:
    assert ask(client, count=2)[0]["count"] == 2
    answer = client.post("/api/jobs", json={"prompt": "a fox", "count": 64})
    refused(answer, 422, "plan")


def test_pictures_words_and_regions_are_read(client: TestClient, paint: Paint) -> None:
    source = {"picture": paint(me(client))}
    (job,) = ask(client, pictures=[{**source, "role": "start"}], then=[{"at": 0.5, "text": "an owl"}])
    plan = client.get(f"/api/jobs/{job['id']}").json()["plan"]
    assert [own["role"] for own in plan["inputs"]] == ["start"]
    assert [own["content"] for own in plan["parts"]] == ["a red fox", "an owl"]
    answer = client.post("/api/jobs", json={"prompt": "a fox", "pictures": [{**source, "role": "hint"}]})
    refused(answer, 422, "refused")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"prompt": "a fox --ar 3:0"}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "a fox --ar 9:1"}, "plan"),
        ({"prompt": "a fox", "knobs": {"stepz": 3}}, "plan"),
        ({"prompt": "a fox", "model": "/etc/passwd"}, "unknown_model"),
        ({"prompt": "a fox", "colour": "red"}, "invalid"),
        ({}, "invalid"),
    ],
)
def test_what_cannot_be_is_said(client: TestClient, body: dict, code: str) -> None:
    refused(client.post("/api/jobs", json=body), 422, code)
    assert client.get("/api/jobs").json()["jobs"] == []


def test_a_prompt_that_cannot_be_read_is_pointed_at(client: TestClient) -> None:
    error = refused(client.post("/api/jobs", json={"prompt": "a fox --foo"}), 422, "prompt")
    assert "^^^^^" in error["hint"]


def test_a_request_sent_again_is_one(client: TestClient) -> None:
    body, key = {"prompt": "a {red, blue} fox"}, {"Idempotency-Key": "k"}
    first = client.post("/api/jobs", json=body, headers=key).json()["jobs"]
    again = client.post("/api/jobs", json=body, headers=key).json()["jobs"]
    assert [own["id"] for own in again] == [own["id"] for own in first] and len(first) == 2
    assert len(client.get("/api/jobs").json()["jobs"]) == 2
    other = client.post("/api/jobs", json={"prompt": "an owl"}, headers=key)
    refused(other, 409, "conflict")


def test_a_request_sent_many_times_at_once_is_one(client: TestClient) -> None:
    body, key = {"prompt": "a {red, blue} fox"}, {"Idempotency-Key": "k"}

    def send(_: int) -> list[str]:
        return [own["id"] for own in client.post("/api/jobs", json=body, headers=key).json()["jobs"]]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert all(own == answers[0] for own in answers)
    assert len(client.get("/api/jobs").json()["jobs"]) == 2


def test_a_key_is_its_owners_own(client: TestClient, ann: TestClient, bob: TestClient) -> None:
    key = {"Idempotency-Key": "k"}
    ids = {
        own.post("/api/jobs", json={"prompt": "a fox"}, headers=key).json()["jobs"][0]["id"]
        for own in (ann, bob)
    }
    assert len(ids) == 2


def test_the_life_of_a_job(client: TestClient, store: Store, woken: list[bool]) -> None:
    job = f"/api/jobs/{ask(client)[0]['id']}"
    refused(client.post(f"{job}/resume"), 409, "illegal_move")
    assert client.post(f"{job}/pause").json()["status"] == "paused"
    assert client.post(f"{job}/resume").json()["status"] == "queued"
    assert client.post(f"{job}/cancel").json()["status"] == "cancelled"
    assert client.post(f"{job}/retry").json()["attempt"] == 2
    row = store.queue.claim("w", LEASE)
    store.queue.fail(row, "The network answered NaN.")
    shown = client.get(job).json()
    assert (shown["status"], shown["reason"]) == ("failed", "The network answered NaN.")
    assert client.delete(job).json()["gone"]
    assert client.get("/api/jobs").json()["jobs"] == []
    assert len(woken) == 6


def test_how_far_it_is(client: TestClient, store: Store) -> None:
    ids = ask(client)[0]["id"]
    refused(client.get(f"/api/jobs/{ids}/preview"), 404, "not_found")
    row = store.queue.claim("w", LEASE)
    store.queue.report(row, 3, 12, b"RIFF\0\0\0\0WEBP...")
    shown = client.get(f"/api/jobs/{ids}").json()
    assert shown["progress"] == 0.25 and shown["preview"].startswith("data:image/webp;base64,")
    preview = client.get(f"/api/jobs/{ids}/preview")
    assert preview.headers["content-type"] == "image/webp" and preview.content.startswith(b"RIFF")
    store.queue.finish(row)
    shown = client.get(f"/api/jobs/{ids}").json()
    assert shown["progress"] == 1 and shown["pictures"] == [f"{ids}-{index}" for index in range(4)]


def test_pages_of_jobs(client: TestClient) -> None:
    ids = [job["id"] for job in ask(client, "a {red, blue, green, grey, black} fox")][::-1]
    first = [job["id"] for job in client.get("/api/jobs?limit=3").json()["jobs"]]
    second = [job["id"] for job in client.get(f"/api/jobs?limit=3&before={first[-1]}").json()["jobs"]]
    assert first + second == ids
    assert client.get("/api/jobs?status=done").json()["jobs"] == []


def test_priority_is_for_admins(client: TestClient, ann: TestClient) -> None:
    refused(ann.post("/api/jobs", json={"prompt": "a fox", "priority": 1}), 403, "not_allowed")
    assert ask(ann, priority=-1)[0]["priority"] == -1


@pytest.mark.parametrize("kind", ["vary", "restyle", "zoom", "square", "pan", "upscale"])
def test_edits_of_a_picture(client: TestClient, paint: Paint, kind: str) -> None:
    picture = paint(me(client), prompt="a red fox")
    body = {"edit": {"kind": kind}, "sources": [{"picture": picture}]}
    answer = client.post("/api/edits", json=body, headers={"Idempotency-Key": "e"})
    assert answer.status_code == 201, answer.text
    (job,) = answer.json()["jobs"]
    plan = client.get(f"/api/jobs/{job['id']}").json()["plan"]
    assert "red fox" in plan["prompt"] and len(plan["inputs"]) == 1
    again = client.post("/api/edits", json=body, headers={"Idempotency-Key": "e"})
    assert again.json()["jobs"][0]["id"] == job["id"]


def test_edits_of_several(client: TestClient, paint: Paint) -> None:
    sources = [{"picture": paint(me(client), seed=seed)} for seed in (1, 2)]
    for kind in ("region", "blend"):
        body = {"edit": {"kind": kind}, "sources": sources, "words": "a {red, blue} owl"}
        assert len(client.post("/api/edits", json=body).json()["jobs"]) == 2
    body = {"edit": {"kind": "vary"}, "sources": sources}
    refused(client.post("/api/edits", json=body), 422, "plan")
    refused(client.post("/api/edits", json={**body, "edit": {"kind": "melt"}}), 422, "invalid")


def test_an_edit_of_what_is_not_there(client: TestClient) -> None:
    for source in ({"picture": "x"}, {"upload": "0" * 64}):
        body = {"edit": {"kind": "vary"}, "sources": [source], "words": "a fox"}
        refused(client.post("/api/edits", json=body), 404, "not_found")


def test_the_grid_of_a_job(client: TestClient, store: Store, paint: Paint, tmp_path: Path) -> None:
    (job,) = ask(client)
    place = f"/api/jobs/{job['id']}/grid"
    refused(client.get(place), 404, "not_found")
    pixels = [np.full((96, 160, 3), 60 * index, np.uint8) for index in range(4)]
    row = store.queue.claim("w", LEASE)
    made = [Picture(own, row.plan, index, row.id, {}) for index, own in enumerate(pixels)]
    store.queue.finish(row, [drawn(own, keep(own, store.gallery), store.gallery) for own in made])
    whole = client.get(place)
    assert whole.headers["content-type"] == "image/png"
    (tmp_path / "whole.png").write_bytes(whole.content)
    kept = read_kept(tmp_path / "whole.png")
    assert (kept.pixels == grid(pixels)).all()
    assert (kept.plan, kept.index, kept.job) == (row.plan, None, row.id)
    for asked, which in ((place, "grid"), (f"/api/pictures/{row.id}-2/file", "3")):
        named = client.get(asked).headers["content-disposition"]
        assert named == f"inline; filename*=utf-8''a-red-fox-{row.id[:8]}-{which}.png"
    small = client.get(f"{place}?width=100")
    assert small.headers["content-type"] == "image/webp"
    assert Image.open(BytesIO(small.content)).size == (128, 77)
    known = {"If-None-Match": small.headers["etag"]}
    assert client.get(f"{place}?width=100", headers=known).status_code == 304
    assert client.get(place, headers=known).status_code == 200, "the whole has another tag"


def test_a_grid_shows_nobody_what_is_hidden(
    app: FastAPI, store: Store, ann: TestClient, bob: TestClient
) -> None:
    (job,) = ask(ann, count=2)
    row = store.queue.claim("w", LEASE)
    made = [Picture(np.zeros((8, 8, 3), np.uint8), row.plan, index, row.id, {}) for index in range(2)]
    store.queue.finish(row, [drawn(own, keep(own, store.gallery), store.gallery) for own in made])
    place = f"/api/jobs/{job['id']}/grid"
    tag = {"If-None-Match": bob.get(place).headers["etag"]}
    store.pictures.hide([f"{job['id']}-1"])
    refused(bob.get(place, headers=tag), 404, "not_found")
    assert ann.get(place, headers=tag).status_code == 304


def test_a_job_made_again(client: TestClient, store: Store) -> None:
    free, named = ask(client, "a red fox"), ask(client, "a red fox --seed 7")
    for (job,), same in ((free, False), (named, True)):
        path = f"/api/jobs/{job['id']}/rerun"
        first = client.post(path, headers={"Idempotency-Key": job["id"]})
        assert first.status_code == 201, first.text
        (again,) = first.json()["jobs"]
        assert (
            client.post(path, headers={"Idempotency-Key": job["id"]}).json()["jobs"][0]["id"] == again["id"]
        )
        plans = [client.get(f"/api/jobs/{own['id']}").json()["plan"] for own in (job, again)]
        assert again["id"] != job["id"] and (plans[0]["seeds"] == plans[1]["seeds"]) is same
        assert {**plans[0], "seeds": ()} == {**plans[1], "seeds": ()}
        assert [own["slice"] for own in plans[1]["seeds"]] == [own["slice"] for own in plans[0]["seeds"]]
    refused(client.post("/api/jobs/nothing/rerun"), 404, "not_found")
