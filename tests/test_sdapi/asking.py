"""The server that paints, and what is sent to it and comes back as the web UI's clients do it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

import httpx2
import numpy as np
from PIL import Image

from test_openai.conftest import png

QUICK = "--q .25"
Fields = dict[str, Any]


def told(answer: httpx2.Response) -> Fields:
    """What is answered with success."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def painted(http: httpx2.Client, route: str = "txt2img", **fields: Any) -> Fields:
    """An answer with pictures, its `info` read."""
    asked = {"prompt": f"a red fox {QUICK}", "width": 128, "height": 128, **fields}
    made = told(http.post(f"/sdapi/v1/{route}", json=asked))
    return {**made, "info": json.loads(made["info"])}


def opened(picture: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(picture)))


def pixels(picture: str) -> np.ndarray:
    """uint8 (H, W, 3)."""
    return np.asarray(opened(picture).convert("RGB"))


def sent(values: np.ndarray) -> str:
    """Pixels as clients send them."""
    return b64encode(png(values)[1]).decode()


def refused(answer: httpx2.Response, status: int) -> str:
    """The sentence of a refusal, which has the web UI's shape."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] and body["detail"]
    return body["detail"]
