"""What is fuzzed: a function of bytes for each reader, which raises nothing but on a defect.

Run by `scripts/fuzz NAME SECONDS` with atheris, and shortly by test_targets.py with hypothesis.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from starlette.testclient import TestClient

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.seen import Raw, look_at
from sfumato.faces.web.app import app_of
from sfumato.faces.web.errors import Refusal
from sfumato.language import parse
from sfumato.studio import Studio
from sfumato.studio.imports.reading import find, read_found
from sfumato.studio.imports.texts import Said
from sfumato.studio.policy import default_policy
from sfumato.studio.store import Store

PLACES = "parameters exif:UserComment comment prompt workflow Comment Description sd-metadata".split()
PLACES += ["invokeai_metadata", "fooocus_scheme", "xmp"]
PATHS = """
/api/jobs /api/parse /api/edits /api/batches /v1/images/generations /v1/images/edits /v1/responses
/sdapi/v1/txt2img /sdapi/v1/img2img /sdapi/v1/options /sdapi/v1/png-info /mj/submit/imagine
/mj/submit/action /mj/submit/simple-change /mj/submit/modal /mj/submit/edits /mj/task/list-by-condition
""".split()


def prompt(data: bytes) -> None:
    """Any text is read, or refused by problems that are told; what is read is written and read again."""
    text = data.decode("utf-8", "replace")
    for own in parse(text).prompts:
        if not parse(text).problems:
            again = parse(str(own))
            assert again.prompts and str(again.prompts[0]) == str(own), (text, str(own))
    list(default_policy("strict").find(text))


def picture(data: bytes) -> None:
    """Any bytes are a picture, or refused as none."""
    try:
        seen = look_at(Raw("image", data))
    except (Wrong, Refusal):
        return
    assert seen.pixels.ndim == 3 and seen.pixels.shape[2] == 4


def texts(data: bytes) -> None:
    """What other programs have written into pictures is understood, or passed over; files, or not at all."""
    place, _, text = data.decode("utf-8", "replace").partition("\n")
    find(Said("x.png", {PLACES[len(place) % len(PLACES)]: text, "name": place}))
    path = Path(_folder()) / "picture"
    path.write_bytes(data)
    try:
        read_found(path)
    except ValueError:
        return


def request(data: bytes) -> None:
    """Any body is answered, and never with a defect of ours."""
    place, body = data[:1], data[1:]
    path = PATHS[(place or b"\0")[0] % len(PATHS)]
    answer = _client().post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code < 500, (path, body, answer.text)


@cache
def _folder() -> str:
    return mkdtemp(prefix="sfumato-fuzz-")


@cache
def _client() -> TestClient:
    """Nobody paints: what is accepted is stopped at once."""
    folder = Path(_folder())
    store = Store.open(f"sqlite:///{folder}/store.sqlite", folder)

    def stop_all() -> None:
        for row in store.jobs.listed(status="queued"):
            store.jobs.cancel(row.id)

    app = app_of(store, Studio(store.gallery), stop_all)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    client.__enter__()  # for as long as this process lives
    return client


def _file(kind: str, **more: Any) -> bytes:
    file = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (5, 4), 99).save(file, kind, **more)
    return file.getvalue()


def _said(text: str) -> bytes:
    info = PngInfo()
    info.add_text("parameters", text)
    return _file("PNG", pnginfo=info)


A1111 = (
    'a fox\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x64, X: "a, b"'
)
NODES = {"3": {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["6", 0], "model": ["4", 0]}}}
NODES |= {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}}}
SHOWN = b64encode(_file("PNG")).decode()
BODIES = (
    {"prompt": "a {red, blue} fox --ar 3:2 --no fog", "text": "a fox", "n": 2, "size": "64x64", "seed": 3},
    {"prompt": "a", "images": [{"image_url": f"data:image/png;base64,{SHOWN}"}], "mask": SHOWN, "input": "a"},
    {"edit": {"kind": "zoom", "factor": 2}, "sources": [{"picture": "x"}], "words": "a", "steps": 0},
    {"init_images": [SHOWN], "image": SHOWN, "override_settings": {"sd_model_checkpoint": "x"}},
    {
        "base64Array": [SHOWN],
        "taskId": "x",
        "customId": "MJ::JOB::upsample::1::x",
        "content": "x U1",
        "ids": [1],
    },
)
SEEDS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "prompt": tuple(
            own.encode()
            for own in (
                "a {red, {pale, blue}} fox::2 snow::-.5 --ar 3:2 --no fog, rain --s 250 --seed 7 --v 6",
                "https://x.example/a.png 一只狐狸：：2 —ar 16:9 --sref random::3 --repeat 4 --p abc --tile",
                'a "sign" that says \\"no\\" n u d e {a,b,c,} --chaos 101 --weird -1 --q .25 --iw 3',
            )
        ),
        "picture": (
            *(_file(kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP")),
            _file("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"),
        ),
        "texts": (
            _said(A1111),
            b"\n" + A1111.encode(),
            b"xxx\n" + json.dumps(NODES).encode(),
            b"xxxxx\n" + json.dumps({"prompt": "a", "steps": 20, "v4_prompt": {"caption": {}}}).encode(),
            b"xxxxxx\na red fox --ar 3:2 --v 6 Job ID: 00000000-0000-4000-8000-000000000000",
        ),
        "request": tuple(
            bytes([place]) + json.dumps(body).encode() for place in range(len(PATHS)) for body in BODIES
        ),
    }
)
"""Of each something that is understood, from which to go on."""
TARGETS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {"prompt": prompt, "picture": picture, "texts": texts, "request": request}
)
