"""Submissions and their tasks: the pictures behind the addresses are looked at."""

from __future__ import annotations

import httpx2
import numpy as np
import pytest

from test_mj.asking import (
    QUICK,
    Task,
    fetched,
    finished,
    imagined,
    made,
    pixels,
    pressed,
    sent,
    shown,
    submitted,
)
from test_openai.conftest import Live, noise


@pytest.fixture(scope="module")
def grid(live: Live) -> Task:
    """A grid that several tests go on from."""
    with httpx2.Client(base_url=live.address, timeout=120) as http:
        return imagined(http, f"a red fox --ar 3:2 --seed 3 {QUICK}")


def test_a_grid_and_its_buttons(http: httpx2.Client) -> None:
    task = imagined(http, f"a red fox --ar 3:2 --seed 9 {QUICK}", state="mine")
    assert task["progress"] == "100%" and task["state"] == "mine" and task["action"] == "IMAGINE"
    assert task["submitTime"] <= task["startTime"] <= task["finishTime"]
    assert "--ar 3:2" in task["properties"]["finalPrompt"]
    labels = [own["label"] or own["emoji"] for own in task["buttons"]]
    assert labels == ["U1", "U2", "U3", "U4", "🔄", "V1", "V2", "V3", "V4"]
    width, height = shown(task).size
    assert abs(width / height - 1.5) < 0.1
    assert http.get(f"/mj/task/{task['id']}/image-seed").json()["result"] == "9"


def one_of(http: httpx2.Client, grid: Task, index: int) -> Task:
    """A picture of a grid by itself, whether or not it was asked for before."""
    ask = {"taskId": grid["id"], "action": "UPSCALE", "index": index}
    return finished(http, http.post("/mj/submit/change", json=ask).json()["result"])


def test_one_of_the_grid(http: httpx2.Client, grid: Task) -> None:
    alone = made(http, "change", taskId=grid["id"], action="UPSCALE", index=2)
    whole, one = pixels(grid), pixels(alone)
    height, width = one.shape[:2]
    assert alone["action"] == "UPSCALE" and (whole[:height, width:] == one).all()
    again = submitted(http, "simple-change", 21, content=f"{grid['id']} u2")
    assert again["result"] == alone["id"]
    assert any(own["label"] == "Vary (Strong)" for own in alone["buttons"])


def test_variation_and_reroll(http: httpx2.Client, live: Live, grid: Task) -> None:
    for answer, start in ((pressed(http, grid, "V3"), True), (pressed(http, grid, "🔄"), False)):
        task = finished(http, answer["result"])
        assert (pixels(task) != pixels(grid)).any() and "a red fox" in task["properties"]["finalPrompt"]
        plan = live.store.jobs.get(task["id"]).plan
        assert bool(plan.inputs) is start and "--seed 3" not in plan.prompt


@pytest.mark.parametrize("label", ["Upscale (Subtle)", "Zoom Out 1.5x", "Make Square", "➡️"])
def test_buttons_of_one_picture(http: httpx2.Client, live: Live, grid: Task, label: str) -> None:
    alone = one_of(http, grid, 1)
    task = finished(http, pressed(http, alone, label)["result"])
    before, after = shown(alone).size, live.store.jobs.get(task["id"]).plan
    assert after.inputs and after.prompt.startswith("a red fox")
    if label == "Upscale (Subtle)":
        assert shown(task).size == (before[0] * 2, before[1] * 2)
    if label == "Make Square":
        assert after.width == after.height


def test_a_button_that_asks_first(http: httpx2.Client, live: Live, grid: Task) -> None:
    alone = one_of(http, grid, 4)
    zoom = pressed(http, alone, "Custom Zoom", 21)
    assert fetched(http, zoom["result"])["status"] == "MODAL"
    task = made(http, "modal", taskId=zoom["result"], prompt=f"a fox at night --zoom 1.6 {QUICK}")
    frame = live.store.jobs.listed()[0].plan.inputs[0].frame
    assert task["id"] == zoom["result"] and "a fox at night" in task["properties"]["finalPrompt"]
    assert frame is not None and frame.width == round(shown(alone).width / 1.6)
    submitted(http, "modal", 4, taskId=zoom["result"], prompt="again")


@pytest.mark.parametrize("way", ["white", "transparent"])
def test_a_region(http: httpx2.Client, grid: Task, way: str) -> None:
    alone = one_of(http, grid, 1)
    before = pixels(alone)
    height, width = before.shape[:2]
    mask = np.full((height, width, 4), 255, np.uint8)
    if way == "white":
        mask[:, width // 2 :, :3] = 0
    else:
        mask[:, : width // 2, 3] = 0
    asked = pressed(http, alone, "Vary (Region)", 21)
    task = made(http, "modal", taskId=asked["result"], prompt=f"a cat {QUICK}", maskBase64=sent(mask))
    after = pixels(task)[:height, :width]
    assert (after[:, width // 2 + 8 :] == before[:, width // 2 + 8 :]).all()
    assert (after[:, : width // 2] != before[:, : width // 2]).any()


def test_blend_and_image_prompts(http: httpx2.Client, live: Live) -> None:
    two = [sent(noise(40, 60)), sent(noise(64, 64))]
    blend = made(http, "blend", base64Array=two, dimensions="PORTRAIT")
    plan = live.store.jobs.get(blend["id"]).plan
    assert blend["action"] == "BLEND" and plan.width < plan.height and len(plan.inputs) == 2
    task = imagined(http, base64Array=two[:1])
    assert len(live.store.jobs.get(task["id"]).plan.inputs) == 1


def test_describe_then_imagine(http: httpx2.Client) -> None:
    task = made(http, "describe", base64=sent(noise(64, 64)))
    assert task["action"] == "DESCRIBE" and task["prompt"].startswith("1️⃣ ")
    again = finished(http, pressed(http, task, "1️⃣")["result"])
    assert again["properties"]["finalPrompt"].split(" --")[0] == task["prompt"].removeprefix("1️⃣ ")


def test_progress_queue_and_cancel(http: httpx2.Client, live: Live) -> None:
    for _ in range(9):  # the last waits: eight are made at a time
        answer = http.post("/mj/submit/imagine", json={"prompt": "a fox --repeat 1", "state": "slow"}).json()
        assert answer["code"] in (1, 22), answer
    tasks = [own for own in http.get("/mj/task/list").json() if own["state"] == "slow"]
    assert len(tasks) == 9
    by_id = http.post("/mj/task/list-by-condition", json={"ids": [own["id"] for own in tasks] + ["x"]}).json()
    assert {own["id"] for own in by_id} == {own["id"] for own in tasks}
    for task in tasks:
        http.post(f"/mj/task/{task['id']}/cancel")
    ends = {fetched(http, own["id"])["status"] for own in tasks}
    assert "CANCEL" in ends and ends <= {"CANCEL", "SUCCESS"}


def test_a_grid_as_it_forms(http: httpx2.Client, live: Live) -> None:
    task = submitted(http, "imagine", prompt="a fox --hd --q 4")["result"]
    seen: list[int] = []
    while (now := fetched(http, task))["status"] in ("SUBMITTED", "IN_PROGRESS"):
        if now["imageUrl"] and now["status"] == "IN_PROGRESS":
            seen.append(int(now["progress"].removesuffix("%")))
            assert shown(now).width > 0
            if len(set(seen)) > 1:
                http.post(f"/mj/task/{task}/cancel")
    assert len(set(seen)) > 1 and seen == sorted(seen) and now["status"] == "CANCEL"


def test_several_jobs_of_one_prompt(http: httpx2.Client) -> None:
    told = submitted(http, "imagine", prompt=f"a {{red, blue}} fox {QUICK}")
    ids = told["properties"]["taskIds"]
    prompts = [finished(http, own)["properties"]["finalPrompt"] for own in ids]
    assert ids[0] == told["result"] and ["red" in own for own in prompts] == [True, False]


def test_parameters_that_cannot_be(http: httpx2.Client) -> None:
    told = submitted(http, "imagine", 4, prompt="a fox --ar x")
    assert "--ar" in told["description"] and told["properties"]["message_zh"]
    submitted(http, "imagine", 4, prompt="")
    hook = submitted(http, "imagine", 4, prompt="a", notifyHook="http://x.example")
    assert "calls no addresses" in hook["description"]  # as this server was started
    submitted(http, "shorten", 4, prompt="a fox")
    submitted(http, "action", 4, customId="MJ::JOB::fly::1::x")
    gone = http.get("/mj/task/00000000-0000-4000-8000-000000000000/fetch")
    assert gone.status_code == 404 and gone.json()["code"] == 3
