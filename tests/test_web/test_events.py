"""The stream of events, over a real port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from sfumato.faces.web.recent import MOST, Recent, Told
from sfumato.studio.store import Person, Store
from test_store.conftest import picture
from test_web.conftest import BOTH, Paint, ask, listening, me, read_events, refused

pytestmark = BOTH

PATIENCE = 20.0


@pytest.fixture
def home(app: FastAPI) -> Iterator[httpx2.Client]:
    with listening(app) as address, httpx2.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


def told(home: httpx2.Client, count: int, since: int = 0, **headers: str) -> list[tuple[str, int, dict]]:
    """The first events of a new stream, without the one that says that it is ready."""
    with home.stream("GET", f"/api/events?since={since}", headers=headers) as response:
        events = read_events(response)
        assert next(events)[0] == "ready"
        return [next(events) for _ in range(count)]


def test_everything_after_a_number_comes_in_order(home: httpx2.Client, store: Store, paint: Paint) -> None:
    jobs = home.post("/api/jobs", json={"prompt": "a {red, blue} fox"}).json()["jobs"]
    picture = paint(jobs[0]["owner"])
    events = told(home, 3)
    assert [own[0] for own in events] == ["job", "job", "picture"]
    assert [own[2]["id"] for own in events] == [jobs[0]["id"], jobs[1]["id"], picture]
    assert [own[1] for own in events] == sorted(own[2]["rev"] for own in events)


def test_going_on_where_it_was_cut(home: httpx2.Client) -> None:
    home.post("/api/jobs", json={"prompt": "a {red, blue, green} fox"})
    first, second, third = told(home, 3)
    assert told(home, 2, **{"Last-Event-ID": str(first[1])}) == [second, third]
    assert told(home, 1, since=second[1]) == [third]
    assert told(home, 1, since=0, **{"Last-Event-ID": str(second[1])}) == [third]


def test_what_changes_is_told_while_it_changes(home: httpx2.Client, store: Store) -> None:
    with home.stream("GET", "/api/events") as response:
        events = read_events(response)
        kind, _, ready = next(events)
        assert kind == "ready" and ready["rev"] == store.rev
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        home.post("/api/jobs", json={"prompt": "a fox"})
        assert next(events)[2]["status"] == "queued"
        row = store.queue.claim("w", 60)
        assert next(events)[2]["status"] == "running"
        for done in range(1, 4):
            store.queue.report(row, done, 4)
            assert next(events)[2]["done"] == done
        store.queue.finish(row)
        assert next(events)[2]["status"] == "done"


def test_another_process_is_heard(home: httpx2.Client, store: Store) -> None:
    other = Store.open(store.database.engine.url.render_as_string(hide_password=False), store.database.folder)
    home.post("/api/jobs", json={"prompt": "a fox"})
    with home.stream("GET", "/api/events") as response:
        events = read_events(response)
        next(events)
        other.queue.claim("w", 60)
        assert next(events)[2]["status"] == "running"
    other.close()


def test_who_is_slow_gets_the_latest_only(home: httpx2.Client, store: Store) -> None:
    home.post("/api/jobs", json={"prompt": "a fox"})
    row = store.queue.claim("w", 60)
    reports, preview = 300, b"RIFF\0\0\0\0WEBP" + bytes(200_000)  # more than any socket holds
    with home.stream("GET", "/api/events") as response:
        for done in range(1, reports + 1):
            store.queue.report(row, done, reports, preview if done % 10 else None)
        heard = []
        for kind, _, data in read_events(response):
            heard += [data["done"]] if kind == "job" else []
            if heard and heard[-1] == reports:
                break
    assert heard == sorted(set(heard)) and len(heard) < reports


def test_a_number_that_is_none(client: TestClient) -> None:
    refused(client.get("/api/events?since=-1"), 422, "invalid")
    refused(client.get("/api/events", headers={"Last-Event-ID": "x"}), 400, "bad_request")


def test_streams_end_with_the_server(app: FastAPI) -> None:
    with (
        listening(app) as address,
        httpx2.stream("GET", f"{address}/api/events", timeout=PATIENCE) as response,
    ):
        events = read_events(response)
        assert next(events)[0] == "ready" and app.state.server.counts.streams == 1
        app.state.follower.ended.set()
        assert list(events) == []
        assert app.state.server.counts.streams == 0


def test_a_picture_that_is_hidden_is_gone_for_who_saw_it(
    app: FastAPI, store: Store, ann: TestClient, bob: TestClient, paint: Paint
) -> None:
    picture, secret = paint(me(ann), "a fox"), paint(me(ann), "a secret", seed=2, private=True)
    key = {"Authorization": bob.headers["authorization"]}
    with (
        listening(app) as address,
        httpx2.stream("GET", f"{address}/api/events?since=0", headers=key, timeout=PATIENCE) as response,
    ):
        events = read_events(response)
        next(events)
        assert next(events)[2]["prompt"] == "a fox"
        store.pictures.hide([secret, picture])
        store.pictures.like([picture])
        ends = [next(events)[2]]
        ask(ann, "the last")
        while ends[-1].get("prompt") != "the last":
            ends.append(next(events)[2])
    assert {(own["id"], own["gone"], own["prompt"]) for own in ends[:-1]} == {(picture, True, "")}


def hidden(store: Store) -> tuple[Person, str, int]:
    """Somebody, the id of a picture of somebody else that has just become private, and the number before."""
    ann, bob, own = store.people.add("ann"), store.people.add("bob"), picture(seed=1)
    store.pictures.add([own], ann.id)
    begun = store.rev
    store.pictures.hide([own.id])
    return bob, own.id, begun


def test_what_went_is_told_though_it_changes_again_while_it_is_read(store: Store) -> None:
    bob, own, begun = hidden(store)
    once = ["like"]

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "clock" in statement and statement.startswith("SELECT") and once:
            once.clear()
            store.pictures.like([own])

    event.listen(store.database.engine, "after_cursor_execute", meanwhile)
    said, since = [], begun
    for _ in range(2):
        changes, until = store.changed_until(since)
        said += [Told(change).text(bob, since) for change in changes]
        since = until
    event.remove(store.database.engine, "after_cursor_execute", meanwhile)
    assert not once and since == store.rev and any('"gone":true' in text for text in said)


def test_what_went_is_told_though_it_changed_again_at_once(store: Store) -> None:
    """The second change comes when the first is known to the stream and not yet sent."""
    bob, own, begun = hidden(store)
    recent = Recent(begun, begun)
    recent.add(store.changed(begun), store.rev)
    (gone,) = recent.after(begun)
    store.pictures.like([own])
    recent.add(store.changed(gone.change.rev), store.rev)
    said = [told.text(bob, begun) for told in (gone,) if not recent.is_stale(told)]
    assert len(said) == 1 and '"gone":true' in said[0]


def test_who_falls_far_behind_misses_nothing(home: httpx2.Client, store: Store) -> None:
    """More changes than are remembered: read from the store then, each thing once, as it is now."""
    jobs = home.post("/api/jobs", json={"prompt": "a fox --repeat 3"}).json()["jobs"]
    many = [picture(seed=seed) for seed in range(MOST + 100)]
    with home.stream("GET", "/api/events") as response:
        events = read_events(response)
        next(events)
        store.pictures.add(many, jobs[0]["owner"])
        home.post("/api/jobs", json={"prompt": "the last"})
        heard = [next(events)[2]]
        while heard[-1]["prompt"] != "the last":
            heard.append(next(events)[2])
    ids = [own["id"] for own in heard[:-1]]
    assert len(ids) == len(set(ids)) and set(ids) == {own.id for own in many}


def test_others_private_jobs_are_not_told(
    app: FastAPI, store: Store, ann: TestClient, bob: TestClient
) -> None:
    ask(ann, "a secret fox", private=True)
    ask(ann, "an open fox")
    key = {"Authorization": bob.headers["authorization"]}
    with (
        listening(app) as address,
        httpx2.stream("GET", f"{address}/api/events?since=0", headers=key) as response,
    ):
        events = read_events(response)
        next(events)
        first = next(events)
    assert first[2]["prompt"] == "an open fox" and not first[2]["mine"]
    assert me(ann) == first[2]["owner"]


def test_a_stream_ends_with_its_key(app: FastAPI, store: Store, ann: TestClient, bob: TestClient) -> None:
    with listening(app) as address:
        key = {"Authorization": ann.headers["authorization"]}
        other = {"Authorization": bob.headers["authorization"]}
        where = f"{address}/api/events"
        with (
            httpx2.stream("GET", where, headers=key, timeout=PATIENCE) as first,
            httpx2.stream("GET", where, headers=other, timeout=PATIENCE) as second,
        ):
            events, others = read_events(first), read_events(second)
            assert next(events)[0] == next(others)[0] == "ready"
            store.people.revoke(me(ann))
            app.state.follower.doubt()
            assert [own[0] for own in events] == ["end"]
            ask(bob, "a fox")
            assert next(others)[2]["prompt"] == "a fox"


def test_a_stream_ends_where_nobody_says_so(
    app: FastAPI, store: Store, ann: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another process takes the key away, or a session runs out."""
    monkeypatch.setattr("sfumato.faces.web.events.PING", 0.05)
    key = {"Authorization": ann.headers["authorization"]}
    with (
        listening(app) as address,
        httpx2.stream("GET", f"{address}/api/events", headers=key, timeout=PATIENCE) as response,
    ):
        events = read_events(response)
        next(events)
        store.people.revoke(me(ann))
        assert [own[0] for own in events] == ["end"]
