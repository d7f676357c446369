"""How a prompt is read, over HTTP."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sfumato.language import PARAMETERS, Parameter
from test_web.conftest import refused

SNIPPETS = (
    *("--ar 3:2 ", "::2 ", "{a, b}", " 🦊", "--foo", "——ar １：２", "/imagine prompt: ", "\n"),
    *('"', "狐狸"),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=8), max_size=8).map("".join))
def test_the_tokens_are_the_text(client: TestClient, text: str) -> None:
    answer = client.post("/api/parse", json={"text": text})
    assert answer.status_code == 200
    parsed = answer.json()
    assert "".join(own["text"] for own in parsed["tokens"]) == text
    assert {own["kind"] for own in parsed["tokens"]} <= {"prose", "flag", "value", "error"}
    assert bool(parsed["errors"]) != bool(parsed["jobs"])


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda own: own.name)
def test_flags_are_named_and_explained(client: TestClient, row: Parameter) -> None:
    tokens = client.post("/api/parse", json={"text": f"a fox {row.example}"}).json()["tokens"]
    flag = next(own for own in tokens if own["kind"] in ("flag", "error"))
    assert flag["hint"]
    assert flag["kind"] == "error" or flag["flag"] in (row.name, "weird")  # a bare `--w` is the newer one


def test_values_belong_to_their_flag(client: TestClient) -> None:
    tokens = client.post("/api/parse", json={"text": "a fox ——ar ３：２ --no people, cars"}).json()["tokens"]
    pairs = [(own["flag"], own["text"].strip()) for own in tokens if own["kind"] == "value"]
    assert pairs[0] == ("aspect", "３：２") and {name for name, _ in pairs[1:]} == {"no"}


def test_errors_point_at_their_place(client: TestClient) -> None:
    parsed = client.post("/api/parse", json={"text": "狐狸 --foo 3"}).json()
    (error,) = parsed["errors"]
    text, carets = error["caret"].splitlines()
    assert text == "狐狸 --foo 3" and carets == "     ^^^^^"
    wrong = next(own for own in parsed["tokens"] if own["kind"] == "error")
    assert wrong["hint"] == error["message"] and parsed["jobs"] == [] and parsed["count"] == 0


def test_how_many_jobs(client: TestClient) -> None:
    parsed = client.post("/api/parse", json={"text": "a {red, blue} fox --repeat 3"}).json()
    assert parsed["count"] == 6 and len(parsed["jobs"]) == 2


def test_a_long_text_is_read_too(client: TestClient) -> None:
    parsed = client.post("/api/parse", json={"text": "a " * 4000}).json()
    assert parsed["errors"][0]["type"] == "prompt_too_long"
    refused(client.post("/api/parse", json={"text": "a " * 20_000}), 422, "invalid")


def test_helps_and_errors_are_said_in_chinese_too(client: TestClient) -> None:
    tokens = client.post("/api/parse", json={"text": "a fox --stylize 5000 --foo"}).json()["tokens"]
    hints = [own["hint_zh"] for own in tokens if own["hint"]]
    begins = ("模型自身的审美", "`--stylize` 必须在 0 与 1000 之间", "无法识别的参数：`--foo`")
    assert len(hints) == 3
    assert [own for own, begin in zip(hints, begins, strict=True) if not own.startswith(begin)] == []


def test_all_parameters_are_listed(client: TestClient) -> None:
    rows = client.get("/api/parameters").json()
    assert [row["name"] for row in rows] == [own.name for own in PARAMETERS]
    (ar,) = [row for row in rows if row["name"] == "aspect"]
    assert (ar["names"], ar["example"], ar["bare"]) == (["aspect", "ar"], "--ar 3:2", False)
    assert [row["bare"] for row in rows if row["name"] in ("raw", "tile")] == [True, True]
    assert not [row["name"] for row in rows if row["help_zh"] == row["help"]]
