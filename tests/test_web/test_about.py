"""What the server says of itself."""

from __future__ import annotations

from starlette.testclient import TestClient

from sfumato.plan import KNOBS, SAMPLER_HELP
from test_web.conftest import ask


def test_models(client: TestClient) -> None:
    said = client.get("/api/models").json()
    (chosen,) = (own for own in said["models"] if own["chosen"])
    assert chosen["here"] and chosen["defaults"]["family"] == chosen["name"] and chosen["accepts"]
    assert {"aspect", "chaos"} <= {own["parameter"] for own in said["honours"]}
    assert ask(client, model=chosen["name"])[0]["model"] == chosen["name"]


def test_knobs(client: TestClient) -> None:
    knobs = {own["name"]: own for own in client.get("/api/knobs").json()}
    assert tuple(knobs) == KNOBS and all(own["help"] for own in knobs.values())
    assert set(knobs["sampler"]["choices"]) == set(SAMPLER_HELP)
    assert knobs["steps"]["form"]["maximum"] == 1000


def test_me(client: TestClient) -> None:
    ask(client)
    me = client.get("/api/me").json()
    assert (me["name"], me["role"], me["jobs"], me["pictures"]) == ("me", "admin", 1, 4)


def test_metrics(client: TestClient) -> None:
    client.get("/api/jobs/none")
    text = client.get("/metrics").text
    assert 'sfumato_requests_total{method="GET",route="/api/jobs/{job}",status="404"} 1' in text
    assert 'sfumato_request_seconds_bucket{le="+Inf"} 1' in text and "sfumato_streams 0" in text


def test_every_route_is_described(client: TestClient) -> None:
    schema = client.get("/api/openapi.json").json()
    operations = [own for methods in schema["paths"].values() for own in methods.values()]
    assert all(own["summary"] and "422" in own["responses"] for own in operations)
    names = [own["operationId"] for own in operations]
    assert len(names) == len(set(names)) > 30
    assert "HTTPValidationError" not in schema["components"]["schemas"]
