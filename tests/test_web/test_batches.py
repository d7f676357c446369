"""Batches over HTTP: every row once, whatever form it comes in."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sfumato.studio.store import Store
from test_web.conftest import refused, visitor

CSV = {"Content-Type": "text/csv; charset=utf-8"}


def sent(client: TestClient, text: str, kind: str = "text/plain", name: str = "") -> list[list[str]]:
    answer = client.post(f"/api/batches?name={name}", content=text.encode(), headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [job["id"] for job in told["jobs"]] == [own for row in told["rows"] for own in row]
    return told["rows"]


def all_of(rows: list[list[str]]) -> set[str]:
    return {job for row in rows for job in row}


def test_what_was_sent_before_is_not_made_again(client: TestClient, store: Store) -> None:
    first = sent(client, "a fox\na {red, blue} owl\na fox\n")
    assert [len(row) for row in first] == [1, 2, 1] and len(all_of(first)) == 4
    more = sent(client, "a new one\na fox\na {red, blue} owl\na fox\n")
    assert more[1:] == first and len(store.jobs.listed()) == 5
    assert not all_of(sent(client, "a fox\n", name="b")) & all_of(first)


def test_all_forms_are_the_same_rows(client: TestClient) -> None:
    told = sent(client, "prompt,count,steps,negative\na fox,1,2,fog\n", "text/csv")
    row = {"prompt": "a fox", "count": 1, "knobs": {"steps": "2"}, "negative": "fog"}
    answer = client.post("/api/batches", json={"rows": [row]})
    assert answer.json()["rows"] == told
    plan = client.get(f"/api/jobs/{told[0][0]}").json()["plan"]
    assert len(plan["seeds"]) == 1 and plan["negative"] == "fog" and plan["stages"][0]["steps"] == 2
    keyed = [client.post("/api/batches", json={"rows": [row | {"key": "mine"}]}).json()["rows"] for _ in "ab"]
    assert keyed[0] == keyed[1] != told


@pytest.mark.parametrize(
    ("table", "code", "said"),
    [
        ("prompt\na fox\na fox --ar 9:1\n", "plan", "Line 3: "),
        ("prompt,model\na fox,\nan owl,palace\n", "unknown_model", "Line 3: "),
        ("prompt,count\na fox,1\nan owl,64\n", "plan", "Line 3: "),
        ("prompt,count\na fox,x\n", "invalid", ""),
        ("", "invalid", ""),
    ],
)
def test_one_wrong_row_accepts_none(client: TestClient, table: str, code: str, said: str) -> None:
    error = refused(client.post("/api/batches", content=table.encode(), headers=CSV), 422, code)
    assert error["message"].startswith(said) and client.get("/api/jobs").json()["jobs"] == []


def test_a_quota_in_the_middle(app: FastAPI, store: Store) -> None:
    few = visitor(app, store, "few", most_jobs=2)
    answer = few.post("/api/batches", json={"rows": [{"prompt": own} for own in ("a", "b", "c")]})
    assert refused(answer, 429, "too_many_jobs")["message"].startswith("Line 3: ")
    assert len(few.get("/api/jobs").json()["jobs"]) == 2
    for job in few.get("/api/jobs").json()["jobs"]:
        few.post(f"/api/jobs/{job['id']}/cancel")
    again = few.post("/api/batches", json={"rows": [{"prompt": own} for own in ("a", "b", "c")]})
    assert len(again.json()["jobs"]) == 3 and len(few.get("/api/jobs").json()["jobs"]) == 3


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"rows": []}', b'{"rows": [{"prompt": 1}]}'])
def test_json_that_cannot_be(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/batches", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and answer.json()["error"]["code"] in ("bad_request", "invalid")
