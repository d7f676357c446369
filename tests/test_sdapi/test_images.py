"""txt2img, img2img, enlarging: what comes back is decoded and looked at."""

from __future__ import annotations

import threading
import time

import httpx2
import numpy as np
import pytest

from test_openai.conftest import Live, noise
from test_sdapi.asking import QUICK, opened, painted, pixels, refused, sent, told

HOLE = (slice(20, 60), slice(30, 90))


def test_what_is_asked_is_what_comes(http: httpx2.Client) -> None:
    made = painted(http, width=320, height=192, batch_size=2, n_iter=2, seed=7, steps=3, cfg_scale=2.5)
    info = made["info"]
    assert [opened(own).size for own in made["images"]] == [(320, 192)] * 4
    assert info["all_seeds"] == [7, 8, 9, 10] and (info["width"], info["height"]) == (320, 192)
    assert info["steps"] == 3 and info["cfg_scale"] == 2.5 and len(info["pictures"]) == 4
    assert info["infotexts"][1] == opened(made["images"][1]).info["parameters"]
    assert ", Seed: 8, Size: 320x192, " in info["infotexts"][1] and made["parameters"]["steps"] == 3


def test_a_seed_makes_its_picture_alone(http: httpx2.Client) -> None:
    """As in the web UI: the third of a batch is what its own seed gives."""
    three, one = painted(http, seed=40, batch_size=3), painted(http, seed=42)
    assert (pixels(three["images"][2]) == pixels(one["images"][0])).all()
    assert (pixels(three["images"][1]) != pixels(one["images"][0])).any()


def test_any_seed(http: httpx2.Client) -> None:
    seeds = {painted(http, seed=-1)["info"]["seed"] for _ in range(2)}
    assert len(seeds) == 2


def test_a_shape_that_the_prompt_names(http: httpx2.Client) -> None:
    """It counts before width and height; what is sent is as long as they say."""
    made = painted(http, prompt=f"a fox --ar 2:1 {QUICK}", width=512, height=512)
    width, height = opened(made["images"][0]).size
    assert width == 512 and 1.8 < width / height < 2.2 and made["info"]["height"] == height


def test_samplers_by_their_names(http: httpx2.Client, live: Live) -> None:
    painted(http, sampler_name="DPM++ 2M Karras", steps=2)
    stage = live.store.jobs.listed()[0].plan.stages[0]
    assert (stage.sampler, stage.schedule) == ("dpm++2m", "karras")
    made = painted(http, sampler_name="Restart", scheduler="Turbo", steps=2)
    assert ["'Restart'" in own or "'Turbo'" in own for own in made["info"]["notes"]].count(True) == 2


def test_a_mask_is_white_where_it_is_painted(http: httpx2.Client) -> None:
    whole, mask = noise(100, 130), np.zeros((100, 130, 3), np.uint8)
    mask[HOLE] = 255
    outside = mask[..., 0] == 0
    ask = {"init_images": [sent(whole)], "width": 130, "height": 100}
    out = pixels(painted(http, "img2img", mask=sent(mask), **ask)["images"][0])
    back = painted(http, "img2img", mask=sent(255 - mask), inpainting_mask_invert=True, **ask)
    for shown in (out, pixels(back["images"][0])):
        assert (shown[outside] == whole[..., :3][outside]).all() and (
            shown[HOLE] != whole[HOLE][..., :3]
        ).any()


def test_denoising_strength(http: httpx2.Client) -> None:
    given = noise(128, 128)

    def off(strength: float) -> float:
        ask = {"init_images": [f"data:image/png;base64,{sent(given)}"], "seed": 1}
        out = pixels(painted(http, "img2img", denoising_strength=strength, **ask)["images"][0])
        return float(np.abs(out.astype(int) - given[..., :3]).mean())

    assert off(0.0) == 0 < off(0.2) < off(0.9)


def test_what_has_no_effect_is_said(http: httpx2.Client) -> None:
    made = painted(http, prompt=f"a fox <lora:add:.8> {QUICK}", styles=["x"], enable_hr=True, hr_scale=1.5)
    notes = " ".join(made["info"]["notes"])
    assert "<lora:add:.8>" in notes and "Styles" in notes and "resampling" in notes
    assert opened(made["images"][0]).size == (192, 192) and "lora" not in made["info"]["prompt"]


@pytest.mark.parametrize(("upscaler", "how"), [("Lanczos", "Lanczos"), ("Sfumato", "Sfumato")])
def test_enlarging(http: httpx2.Client, upscaler: str, how: str) -> None:
    ask = {"image": sent(noise(64, 96)), "upscaling_resize": 1.5, "upscaler_1": upscaler}
    made = told(http.post("/sdapi/v1/extra-single-image", json=ask))
    assert opened(made["image"]).size == (144, 96) and how in made["html_info"]


def test_what_a_picture_says(http: httpx2.Client) -> None:
    made = painted(http, seed=5)
    said = told(http.post("/sdapi/v1/png-info", json={"image": made["images"][0]}))
    assert said["info"] == made["info"]["infotexts"][0]
    caption = told(http.post("/sdapi/v1/interrogate", json={"image": made["images"][0]}))["caption"]
    assert caption.startswith("a red fox")
    assert told(http.post("/sdapi/v1/png-info", json={"image": sent(noise(9, 9))}))["info"] == ""
    assert told(http.post("/sdapi/v1/interrogate", json={"image": sent(noise(9, 9))}))["caption"]


def test_progress_and_interrupt(http: httpx2.Client, live: Live) -> None:
    answers: list[httpx2.Response] = []
    ask = {"prompt": "a fox", "steps": 1000, "width": 128, "height": 128}
    thread = threading.Thread(
        target=lambda: answers.append(httpx2.post(f"{live.address}/sdapi/v1/txt2img", json=ask, timeout=120))
    )
    thread.start()
    until, now = time.monotonic() + 60, {"progress": 0, "current_image": None}
    while not (now["progress"] and now["current_image"]) and time.monotonic() < until:
        now = told(http.get("/sdapi/v1/progress"))
    assert 0 < now["progress"] < 1 and now["state"]["job_count"] == 1 and now["eta_relative"] > 0
    assert opened(now["current_image"]).format == "PNG"
    assert told(http.post("/sdapi/v1/interrupt")) == {}
    thread.join(60)
    assert "interrupted" in refused(answers[0], 409)
    after = told(http.get("/sdapi/v1/progress"))
    assert after["progress"] == 0 and after["state"]["job_count"] == 0
