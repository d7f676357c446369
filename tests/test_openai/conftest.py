"""A server with a worker that really paints, and somebody who asks it as OpenAI's clients do."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx2
import numpy as np
import pytest
import uvicorn
from PIL import Image

from sfumato.faces.web.app import app_of
from sfumato.faces.web.serve import begin_work, listening_on, wake_all
from sfumato.studio import Studio
from sfumato.studio.store import Store

QUICK = "--q .25"


@dataclass(frozen=True)
class Live:
    """A server that runs."""

    store: Store
    address: str


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder: Path = tmp_path_factory.mktemp("live")
    store, stop = Store.open(f"sqlite:///{folder}/store.sqlite", folder), Event()
    studio, wakers = Studio(store.gallery), list[Callable[[], None]]()
    app = app_of(store, studio, lambda: wake_all(wakers))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", ws="none"))
    with listening_on("127.0.0.1", 0) as socket:
        thread = Thread(target=server.run, args=([socket],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        work = begin_work(store, studio, wakers, stop, 8)
        try:
            yield Live(store, f"http://127.0.0.1:{socket.getsockname()[1]}")
        finally:
            app.state.follower.ended.set()
            server.should_exit = True
            stop.set()
            wake_all(wakers)
            for own in (thread, *work):
                own.join(20)
            store.close()


@pytest.fixture
def http(live: Live) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=live.address, timeout=120) as client:
        yield client


Fields = dict[str, Any]


def generated(http: httpx2.Client, prompt: str = f"a red fox {QUICK}", **fields: Any) -> Fields:
    """The answer to a request for pictures."""
    answer = http.post("/v1/images/generations", json={"prompt": prompt, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def picture_in(data: Fields) -> Image.Image:
    """What an item of an answer shows."""
    return Image.open(BytesIO(b64decode(data["b64_json"])))


def pixels_in(data: Fields) -> np.ndarray:
    """(H, W, 3)."""
    return np.asarray(picture_in(data).convert("RGB"))


def noise(height: int, width: int, hole: tuple[slice, slice] | None = None) -> np.ndarray:
    """A picture of noise, uint8 (height, width, 4), transparent in one place where asked."""
    pixels = np.random.default_rng(height).integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    if hole:
        pixels[hole][..., 3] = 0
    return pixels


def png(pixels: np.ndarray) -> tuple[str, bytes, str]:
    """Pixels as a file to send."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "picture.png", file.getvalue(), "image/png"


def refused(answer: Any, status: int, code: str, param: str | None = None) -> str:
    """The sentence of a refusal, which has OpenAI's shape."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == (code, param) and error["type"] and error["message_zh"]
    assert answer.headers["x-request-id"]
    return error["message"]
