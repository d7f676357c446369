"""Generations, edits and variations: what comes back is decoded and looked at."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image

from test_openai.conftest import QUICK, Fields, Live, generated, noise, picture_in, pixels_in, png, refused

HOLE = (slice(50, 100), slice(60, 140))


def edited(http: httpx2.Client, files: Any, prompt: str = f"a red fox {QUICK}", **fields: str) -> Fields:
    answer = http.post("/v1/images/edits", data={"prompt": prompt, **fields}, files=files)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_is_asked_is_what_comes(http: httpx2.Client) -> None:
    made = generated(http, size="640x256", output_format="webp", n=2, seed=4, quality="high", unknown=[1])
    assert [picture_in(own).size for own in made["data"]] == [(640, 256)] * 2
    assert {picture_in(own).format for own in made["data"]} == {"WEBP"}
    assert made["size"] == "640x256" and made["output_format"] == "webp" and made["quality"] == "high"
    words = made["data"][0]["revised_prompt"]
    assert "--ar 5:2" in words and "--seed 4" in words and "--quality 0.25" in words  # not high's 2
    assert made["usage"]["output_tokens"] > 0


def test_the_same_seed_gives_the_same_bytes(http: httpx2.Client) -> None:
    any_seed = generated(http)["data"][0]
    one, two, other = (generated(http, seed=own)["data"][0] for own in (11, 11, any_seed["seed"]))
    assert (pixels_in(other) == pixels_in(any_seed)).all()
    assert (pixels_in(one) == pixels_in(two)).all() and (pixels_in(one) != pixels_in(other)).any()


def test_ten_pictures_are_one_job(http: httpx2.Client, live: Live) -> None:
    made = generated(http, n=10, steps=2, seed=1)
    assert len({pixels_in(own).tobytes() for own in made["data"]}) == 10
    newest = live.store.jobs.listed()[0]
    assert len(newest.plan.seeds) == 10 and newest.plan.stages[0].steps == 2 and newest.status == "done"


def test_what_the_prompt_says_wins(http: httpx2.Client) -> None:
    made = generated(http, f"a fox {QUICK} --ar 2:1 --seed 5", size="256x256", seed=9, stylize=40)
    words = made["data"][0]["revised_prompt"]
    assert "--ar 2:1" in words and "--seed 5" in words and "--stylize 40" in words
    width, height = picture_in(made["data"][0]).size
    assert width == 2 * height


def test_an_own_file_carries_its_plan(http: httpx2.Client) -> None:
    kept = picture_in(generated(http)["data"][0])
    fitted = picture_in(generated(http, size="300x300")["data"][0])
    for shown in (kept, fitted):
        assert json.loads(shown.text["sfumato"])["plan"]["prompt"].startswith("a red fox")  # type: ignore[attr-defined]


def test_compression_counts(http: httpx2.Client) -> None:
    ask = {"size": "512x512", "seed": 3, "output_format": "jpeg"}
    sizes = [len(generated(http, output_compression=own, **ask)["data"][0]["b64_json"]) for own in (10, 90)]
    assert sizes[0] < sizes[1] / 2


def test_an_address_opens_without_a_key(http: httpx2.Client) -> None:
    made = generated(http, response_format="url", size="200x100", output_format="jpeg")
    address = made["data"][0]["url"]
    page = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = httpx2.get(address, headers=page)
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(answer.content)).size == (200, 100)
    place = len(address) - 20
    other = address[:place] + ("A" if address[place] != "A" else "B") + address[place + 1 :]
    refused(httpx2.get(other), 404, "not_found")


def test_an_address_expires(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfumato.faces.openai.signed.HOUR", -1)
    address = generated(http, response_format="url")["data"][0]["url"]
    assert "expired" in refused(httpx2.get(address), 404, "not_found")


@pytest.mark.parametrize("where", ["holes", "mask"])
def test_only_the_region_is_painted(http: httpx2.Client, where: str) -> None:
    """In the size of the picture that was sent, which is not one that the model paints."""
    whole, cut = noise(200, 300), noise(200, 300, HOLE)
    files = {"image": png(cut)} if where == "holes" else {"image": png(whole), "mask": png(cut)}
    out = pixels_in(edited(http, files)["data"][0])
    outside = np.ones(out.shape[:2], bool)
    outside[HOLE] = False
    assert out.shape == (200, 300, 3) and (out[outside] == whole[..., :3][outside]).all()
    assert (out[HOLE] != whole[..., :3][HOLE]).any()


def test_an_edit_in_another_size(http: httpx2.Client) -> None:
    files = {"image": png(noise(200, 300)), "mask": png(noise(200, 300, HOLE))}
    assert picture_in(edited(http, files, size="128x256")["data"][0]).size == (128, 256)


def test_strength_and_fidelity(http: httpx2.Client) -> None:
    files, given = {"image": png(noise(128, 128))}, noise(128, 128)[..., :3].astype(int)

    def off(**fields: str) -> float:
        return float(np.abs(pixels_in(edited(http, files, seed="1", **fields)["data"][0]) - given).mean())

    assert off(strength="0.1") < off(input_fidelity="high") < off()


def test_several_pictures_are_blended(http: httpx2.Client, live: Live) -> None:
    files = [("image[]", png(noise(96, 96))), ("image[]", png(noise(96, 128)))]
    edited(http, files)
    assert [own.role for own in live.store.jobs.listed()[0].plan.inputs] == ["start", "start"]


def test_markup_is_drawn_over(http: httpx2.Client) -> None:
    below, over = noise(128, 128), np.zeros((128, 128, 4), np.uint8)
    over[:64] = (255, 0, 0, 255)
    files = {"image": png(below), "markup": png(over)}
    out = pixels_in(edited(http, files, strength="0")["data"][0])
    assert (out[:60] == (255, 0, 0)).all() and (out[70:] == below[70:, :, :3]).all()
    both = http.post("/v1/images/edits", data={"prompt": "a fox"}, files={**files, "mask": png(over)})
    refused(both, 400, "invalid_value", "markup")


def test_variations_know_the_words(http: httpx2.Client) -> None:
    file = httpx2.get(generated(http, "a blue boat --q .25", response_format="url")["data"][0]["url"]).content
    answer = http.post("/v1/images/variations", data={"n": "2"}, files={"image": ("x.png", file)})
    assert answer.status_code == 200, answer.text
    shown = answer.json()["data"]
    assert len(shown) == 2 and shown[0]["revised_prompt"].startswith("a blue boat")


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_a_stream_shows_how_far_it_is(http: httpx2.Client, form: str) -> None:
    ask = {"prompt": "a fox", "stream": True, "partial_images": 2, "size": "320x256", "steps": 24, "n": 2}
    with http.stream("POST", "/v1/images/generations", json={**ask, "output_format": form}) as answer:
        lines = [own.removeprefix("data: ") for own in answer.iter_lines() if own.startswith("data: ")]
    events = [json.loads(own) for own in lines]
    kinds = [own["type"].rpartition(".")[2] for own in events]
    assert kinds == ["partial_image"] * (len(events) - 2) + ["completed"] * 2 and 3 <= len(events) <= 4
    assert {(picture_in(own).size, picture_in(own).format) for own in events} == {((320, 256), form.upper())}
    assert [own["partial_image_index"] for own in events[:-2]] == list(range(len(events) - 2))


@pytest.mark.parametrize("stream", [False, True])
def test_who_goes_stops_the_job(http: httpx2.Client, live: Live, stream: bool) -> None:
    ask = {"prompt": "a fox", "steps": 1000, "stream": stream, "partial_images": 3}
    timeout = httpx2.Timeout(10, read=2)
    with (
        pytest.raises((httpx2.ReadTimeout, StopIteration)),
        http.stream("POST", "/v1/images/generations", json=ask, timeout=timeout) as answer,
    ):
        next(line for line in answer.iter_lines() if line.startswith("data"))
        raise StopIteration
    job, until = live.store.jobs.listed()[0], time.monotonic() + 60
    while live.store.jobs.get(job.id).status in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.05)
    ended = live.store.jobs.get(job.id)
    assert ended.plan.stages[0].steps == 1000 and ended.status == "cancelled"


def test_a_job_that_is_cancelled_elsewhere(http: httpx2.Client, live: Live) -> None:
    ask = {"prompt": "a fox", "steps": 1000, "stream": True, "partial_images": 1}
    with http.stream("POST", "/v1/images/generations", json=ask) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith("data: "))
        next(lines)
        live.store.jobs.cancel(live.store.jobs.listed()[0].id)
        assert json.loads(next(lines).removeprefix("data: "))["error"]["code"] == "cancelled"
