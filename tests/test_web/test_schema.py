"""Whatever is sent to any route, right or wrong by the schema, it is never answered with a defect of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store

EXAMPLES = 12
STREAM = "/api/events"  # has no end
OURS = {"Host": "localhost"}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    folder: Path = tmp_path_factory.mktemp("store")
    store = Store.open(f"sqlite:///{folder}/store.sqlite", folder)
    app = app_of(store, Studio(store.gallery), lambda: None)
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=OURS).exclude(path=STREAM)
    store.close()


WRONG = pytest.param(GenerationMode.NEGATIVE, marks=pytest.mark.minutes)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, WRONG])
def test_no_route_has_a_defect(schema: schemathesis.BaseSchema, mode: GenerationMode) -> None:
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
        @given(operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            answer = case.call(headers={**dict(case.headers or {}), **OURS})
            assert answer.status_code < 500, answer.text

        with suppress(Unsatisfiable):  # of a route that takes nothing there is no wrong request
            send()
    assert asked > 100
