"""The server that paints, asked as midjourney-proxy's clients do: submit, fetch until it is finished."""

from __future__ import annotations

import time
from base64 import b64encode
from io import BytesIO
from typing import Any

import httpx2
import numpy as np
from PIL import Image

from test_openai.conftest import png

QUICK = "--q .25"
Task = dict[str, Any]


def submitted(http: httpx2.Client, what: str, code: int = 1, **body: Any) -> dict[str, Any]:
    """The answer to a submission. Whether a task waits behind another or is begun at once, it is taken."""
    answer = http.post(f"/mj/submit/{what}", json=body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["code"] in ({1, 22} if code == 1 else {code}), told
    return told


def fetched(http: httpx2.Client, task: str) -> Task:
    answer = http.get(f"/mj/task/{task}/fetch")
    assert answer.status_code == 200, answer.text
    return answer.json()


def finished(http: httpx2.Client, task: str, status: str = "SUCCESS") -> Task:
    """The task when it has ended."""
    until = time.monotonic() + 120
    while (now := fetched(http, task))["status"] in ("SUBMITTED", "IN_PROGRESS") and time.monotonic() < until:
        time.sleep(0.03)
    assert now["status"] == status, now
    return now


def made(http: httpx2.Client, what: str, **body: Any) -> Task:
    return finished(http, submitted(http, what, **body)["result"])


def imagined(http: httpx2.Client, prompt: str = f"a red fox {QUICK}", **more: Any) -> Task:
    return made(http, "imagine", prompt=prompt, **more)


def pressed(http: httpx2.Client, task: Task, label: str, code: int = 1, **more: Any) -> dict[str, Any]:
    """The answer to a button of a task, by its label or emoji."""
    button = next(own for own in task["buttons"] if label in (own["label"], own["emoji"]))
    return submitted(http, "action", code, taskId=task["id"], customId=button["customId"], **more)


def shown(task: Task) -> Image.Image:
    """What a task's address gives, without a key, to a page of another site."""
    page = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = httpx2.get(task["imageUrl"], headers=page)
    assert answer.status_code == 200, answer.text
    return Image.open(BytesIO(answer.content))


def pixels(task: Task) -> np.ndarray:
    """uint8 (H, W, 3)."""
    return np.asarray(shown(task).convert("RGB"))


def sent(values: np.ndarray) -> str:
    return f"data:image/png;base64,{b64encode(png(values)[1]).decode()}"
