"""Whatever is sent to these faces, it is never answered with a defect of ours."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sfumato.faces.mj.errors import answer as mj_answer
from sfumato.faces.web.app import app_of
from sfumato.faces.web.errors import Refusal
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_openai.conftest import noise, png

PICTURE = b64encode(png(noise(20, 30))[1]).decode()
JOB = "00000000-0000-4000-8000-000000000000"
GOOD = ("a fox", "{a, b} fox --q .5", PICTURE, f"data:image/png;base64,{PICTURE}", "Euler a", "UPSCALE", JOB)
GOOD += (f"MJ::JOB::upsample::1::{JOB}", f"MJ::JOB::reroll::0::{JOB}::SOLO", f"{JOB} U1", "PORTRAIT")
BAD = (
    "--ar 0:0",
    "\x00",
    "\ud800",
    "nan",
    "9" * 400,
    "{" * 50,
    "data:image/png;base64,",
    "http://127.0.0.1/x",
)
BAD += (f"MJ::CustomZoom::1::{JOB}", "MJ::Job::PicReader::1", "../../x", "<lora:a:1>", "(fox:1.3)")
WHOLE: dict[str, dict[str, Any]] = {
    "/sdapi/v1/txt2img": {
        **{
            "prompt": "a fox",
            "negative_prompt": "fog",
            "seed": -1,
            "steps": 4,
            "cfg_scale": 7.0,
            "width": 128,
        },
        **{"height": 64, "batch_size": 1, "n_iter": 2, "sampler_name": "Euler a", "scheduler": "Karras"},
        **{"tiling": False, "enable_hr": False, "hr_scale": 2, "styles": [], "override_settings": {}},
    },
    "/sdapi/v1/img2img": {
        **{"prompt": "a fox", "init_images": [PICTURE], "mask": PICTURE, "denoising_strength": 0.5},
        **{"inpainting_mask_invert": 1, "width": 64, "height": 64, "seed": 3},
    },
    "/sdapi/v1/extra-single-image": {
        **{"image": PICTURE, "upscaler_1": "Sfumato", "upscaling_resize": 2, "resize_mode": 0},
        **{"upscaling_resize_w": 60, "upscaling_resize_h": 60, "upscaling_crop": True},
    },
    "/sdapi/v1/png-info": {"image": PICTURE},
    "/sdapi/v1/interrogate": {"image": PICTURE, "model": "clip"},
    "/sdapi/v1/options": {"sd_model_checkpoint": ""},
    "/mj/submit/imagine": {"prompt": "a fox", "base64Array": [PICTURE], "state": "x", "notifyHook": ""},
    "/mj/submit/action": {"taskId": JOB, "customId": f"MJ::JOB::upsample::1::{JOB}", "state": ""},
    "/mj/submit/change": {"taskId": JOB, "action": "UPSCALE", "index": 1},
    "/mj/submit/simple-change": {"content": f"{JOB} U1"},
    "/mj/submit/blend": {"base64Array": [PICTURE, PICTURE], "dimensions": "PORTRAIT"},
    "/mj/submit/describe": {"base64": PICTURE},
    "/mj/submit/modal": {"taskId": JOB, "prompt": "a fox", "maskBase64": PICTURE},
    "/mj/submit/shorten": {"prompt": "a fox"},
    "/mj/task/list-by-condition": {"ids": [JOB]},
}
"""Of each path a body that is understood."""
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
SCALARS |= st.sampled_from(GOOD + BAD) | st.integers(0, 64)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(GOOD), SCALARS, max_size=2)


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A path, and a body for it in which some values are others."""
    path = draw(st.sampled_from(sorted(WHOLE)))
    names = draw(st.lists(st.sampled_from(sorted(WHOLE[path])), max_size=3, unique=True))
    return path, WHOLE[path] | {name: draw(VALUES) for name in names}


OFTEN = settings(max_examples=70, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Nobody paints here: what is accepted is stopped at once."""
    folder: Path = tmp_path_factory.mktemp("bodies")
    store = Store.open(f"sqlite:///{folder}/store.sqlite", folder)

    def stop_all() -> None:
        for row in store.jobs.listed(status="queued"):
            store.jobs.cancel(row.id)

    app = app_of(store, Studio(store.gallery), stop_all)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as opened:
        yield opened
    store.close()


def check(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    body = answer.json()
    if answer.request.url.path.startswith("/sdapi") and answer.status_code >= 400:
        assert body["error"] and body["detail"]
    if "/submit/" in answer.request.url.path:
        assert body["code"] in (1, 3, 4, 21, 22) and body["description"]
        assert (body["code"] in (1, 21, 22)) == (body["result"] is not None)


@OFTEN
@given(asked())
def test_json(client: TestClient, what: tuple[str, dict[str, Any]]) -> None:
    path, body = what
    check(client.post(path, content=json.dumps(body), headers={"content-type": "application/json"}))


@OFTEN
@given(st.binary(max_size=60), st.sampled_from(sorted(WHOLE)))
def test_bytes(client: TestClient, body: bytes, path: str) -> None:
    check(client.post(path, content=body))


@OFTEN
@given(st.sampled_from([*GOOD, *BAD, "signed-x.png", "signed-"]) | st.text(max_size=12))
def test_names(client: TestClient, name: str) -> None:
    from urllib.parse import quote

    part = quote(name, safe="", errors="replace")
    for path in (f"/mj/task/{part}/fetch", f"/mj/image/{part}", f"/mj/task/{part}/image-seed"):
        assert 400 <= client.get(path).status_code < 500
    assert 400 <= client.post(f"/mj/task/{part}/cancel").status_code < 500


def test_bodies_that_are_taken(client: TestClient) -> None:
    """The fuzzed fields are the right ones: whole requests of each kind get through."""
    assert (
        client.post("/mj/submit/imagine", json={"prompt": "a fox", "base64Array": [PICTURE]}).json()["code"]
        == 1
    )
    assert client.post("/mj/submit/describe", json={"base64": PICTURE}).json()["code"] == 1
    assert client.post("/sdapi/v1/txt2img", json={"prompt": "a fox"}).status_code == 409  # stopped
    assert client.post("/sdapi/v1/png-info", json={"image": PICTURE}).status_code == 200


def test_a_banned_prompt_has_its_code() -> None:
    told = json.loads(bytes(mj_answer(Refusal("refused_prompt", "No.")).body))
    assert told["code"] == 24 and told["properties"]["message"] == "No."


def test_what_is_too_large(client: TestClient) -> None:
    for path, key in (("/sdapi/v1/options", "detail"), ("/mj/submit/change", "description")):
        answer = client.post(path, content=b'{"x": "' + b"a" * (2 << 20) + b'"}')
        assert answer.status_code == 413 and "1 MiB" in answer.json()[key]
