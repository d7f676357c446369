"""The requests of real programs replayed, and every field that they read out of the answers.

Read: novicezk/midjourney-proxy (the Java server, 0be95a9, 2025-08: forms, tasks, hooks),
trueai-org/midjourney-proxy (ed32197, 2026-08: edits, describe by link, list-by-ids, /mj-fast),
Dooy/chatgpt-web-midjourney-proxy 2.26.4 (969a9e5, 2026-05) and Licoy/ChatGPT-Midjourney (59503bd, 2024-09).
"""

from __future__ import annotations

from typing import Any

import httpx2
import numpy as np
import pytest
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_mj.asking import QUICK, Task, fetched, finished, imagined, made, pixels, pressed, sent, submitted
from test_openai.conftest import Live, noise

# What chatgpt-web-midjourney-proxy looks for inside the customId of a task's buttons, to draw its own.
GRID = [f":{kind}::{place}" for kind in ("upsample", "variation") for place in (1, 2, 3, 4)] + ["reroll::0"]
ALONE = "high_variation low_variation :Inpaint::1 Outpaint::50 Outpaint::75 CustomZoom::".split()
ALONE += "Outpaint::100 pan_left pan_right pan_up pan_down upsample_v7_2x_subtle".split()


@pytest.fixture(scope="module")
def grid(live: Live) -> Task:
    with httpx2.Client(base_url=live.address, timeout=120) as http:
        return imagined(http, f"a red fox --seed 3 {QUICK}")


def button(task: Task, part: str) -> str:
    """The customId in which this stands."""
    return next(own["customId"] for own in task["buttons"] if part in own["customId"])


def confirmed(http: httpx2.Client, told: dict[str, Any]) -> dict[str, Any]:
    """What chatgpt-web-midjourney-proxy does with every answer: 21 is confirmed without any words."""
    if told["code"] == 21:
        told = http.post("/mj/submit/modal", json={"taskId": told["result"]}).json()
    assert told["code"] in (1, 22), told
    return told


def test_chatgpt_web_midjourney_proxy_makes_a_grid_and_looks_for_its_buttons(http: httpx2.Client) -> None:
    asked = {"base64Array": [], "notifyHook": "", "prompt": f"a fox {QUICK}", "state": ""}
    told = confirmed(http, http.post("/mj/submit/imagine", json={**asked, "botType": "MID_JOURNEY"}).json())
    task = finished(http, told["result"])
    assert task["progress"] == "100%" and task["imageUrl"] and task["promptEn"] and task["seed"].isdigit()
    assert all(button(task, part) for part in GRID)


@pytest.mark.parametrize("place", [1, 3])
def test_chatgpt_web_midjourney_proxy_asks_twice_for_one_picture(
    http: httpx2.Client, grid: Task, place: int
) -> None:
    """The second time it is there already; the client confirms that, and wants a task."""
    asked = {"taskId": grid["id"], "customId": button(grid, f":upsample::{place}")}
    first, second = (
        confirmed(http, http.post("/mj/submit/action", json=asked).json())["result"] for _ in range(2)
    )
    alone = finished(http, second)
    assert first == second and all(button(alone, part) for part in ALONE)


def test_a_mask_of_the_third_picture(http: httpx2.Client, live: Live, grid: Task) -> None:
    """Both pages open their painter for `MJ::Inpaint::1` alone; what is painted over is the third."""
    alone = finished(http, confirmed(http, pressed_at(http, grid, ":upsample::3"))["result"])
    custom = button(alone, "MJ::Inpaint::1")
    asked = http.post("/mj/submit/action", json={"taskId": alone["id"], "customId": custom}).json()
    before = pixels(alone)
    mask = np.zeros((*before.shape[:2], 3), np.uint8)
    mask[:, : before.shape[1] // 2] = 255
    fields = {"maskBase64": sent(mask), "prompt": f"a cat {QUICK}", "taskId": asked["result"]}
    told = confirmed(http, http.post("/mj/submit/modal", json=fields).json())
    after = pixels(finished(http, told["result"]))[: before.shape[0], : before.shape[1]]
    half = before.shape[1] // 2 + 8
    assert (after[:, half:] == before[:, half:]).all() and (after[:, :half] != before[:, :half]).any()


def pressed_at(http: httpx2.Client, task: Task, part: str) -> dict[str, Any]:
    asked = {"taskId": task["id"], "customId": button(task, part)}
    return http.post("/mj/submit/action", json=asked).json()


@pytest.mark.parametrize("version", ["v5", "v6", "v6r1", "v7"])
def test_larger_by_the_names_of_each_version(http: httpx2.Client, grid: Task, version: str) -> None:
    custom = f"MJ::JOB::upsample_{version}_2x_subtle::1::{grid['jobId']}::SOLO"
    task = made(http, "action", taskId=grid["id"], customId=custom)
    assert task["action"] == "UPSCALE"
    submitted(http, "action", 4, customId=custom.replace("2x_subtle", "9x"))


def test_edits_of_a_picture_of_this_server_and_of_one_that_is_sent(http: httpx2.Client, live: Live) -> None:
    """The page names the address that it shows: nothing is fetched for it. --edits of trueai-org, too."""
    alone = made(http, "imagine", prompt=f"a red fox --repeat 1 {QUICK}", base64=sent(noise(40, 40)))
    for path, image in (("edits", alone["imageUrl"]), ("edit", sent(noise(64, 64)).partition(",")[2])):
        task = made(http, path, prompt=f"a blue fox {QUICK}", image=image)
        assert task["action"] == "EDIT" and len(live.store.jobs.get(task["id"]).plan.inputs) == 1
    submitted(http, "edits", 4, prompt="a fox", image="http://127.0.0.1/x.png")
    other = alone["imageUrl"].replace("signed-", "signed-A")
    gone = http.post("/mj/submit/edits", json={"prompt": "a fox", "image": other})
    assert gone.status_code == 404 and gone.json()["code"] == 3


def test_describe_by_link(http: httpx2.Client, grid: Task) -> None:
    task = made(http, "describe", link=grid["imageUrl"], language="en", botType="MID_JOURNEY")
    assert task["action"] == "DESCRIBE" and task["prompt"]
    submitted(http, "describe", 4, link="file:///etc/passwd")
    submitted(http, "describe", 4)


def test_other_paces_and_numbers_as_ids(http: httpx2.Client) -> None:
    for pace in ("fast", "relax", "turbo"):
        told = http.post(f"/mj-{pace}/mj/submit/imagine", json={"prompt": f"a fox {QUICK}"}).json()
        assert fetched(http, told["result"])["id"] == told["result"]
        there = http.get(f"/mj-{pace}/mj/task/{told['result']}/fetch").json()
        assert there["id"] == told["result"]
    both = http.post("/mj/task/list-by-ids", json={"ids": [14001934816969359, told["result"]]}).json()
    assert [own["id"] for own in both] == [told["result"]]
    assert http.get("/mj-slow/mj/task/list").status_code == 404


def test_chatgpt_midjourney_sends_its_key_alone(store: Store) -> None:
    """Its server sends `Authorization: KEY`, and it shows `message` of what has another status than 200."""
    client = TestClient(app_of(store, Studio(store.gallery), lambda: None), base_url="http://localhost")
    key = store.people.new_key(store.people.add("ann", "member").id)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    told = client.post(
        "/mj/submit/imagine", json={"prompt": "a fox"}, headers={**headers, "Authorization": key}
    )
    assert told.json()["code"] == 1
    wrong = client.get(f"/mj/task/{told.json()['result']}/fetch", headers={**headers, "Authorization": "no"})
    assert wrong.status_code == 401 and isinstance(wrong.json()["message"], str)


def test_the_java_server_s_fields(http: httpx2.Client, grid: Task) -> None:
    fields = "id action status prompt promptEn description state submitTime startTime finishTime imageUrl"
    assert set((fields + " progress failReason properties buttons customId").split()) <= set(grid)
    assert grid["properties"]["finalPrompt"] and grid["failReason"] is None
    assert {"customId", "emoji", "label", "style", "type"} == set(grid["buttons"][0])
    again = pressed(http, grid, "V2")
    assert set(again) == {"code", "description", "result", "properties"}
