"""What real programs send: the client `webuiapi`, and the requests of three programs replayed."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import httpx2
import numpy as np
import pytest
import webuiapi
from PIL import Image
from starlette.testclient import TestClient

from sfumato.faces.web.app import app_of
from sfumato.models.family import families
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_openai.conftest import Live, noise, png
from test_sdapi.asking import QUICK, opened, painted, pixels, refused, sent, told


@pytest.fixture
def api(live: Live) -> webuiapi.WebUIApi:
    return webuiapi.WebUIApi(baseurl=f"{live.address}/sdapi/v1", sampler="Euler a", steps=4)


def test_webuiapi_makes_pictures(api: webuiapi.WebUIApi) -> None:
    made = api.txt2img(prompt=f"a red fox {QUICK}", negative_prompt="fog", width=160, height=128, seed=6)
    assert made.image.size == (160, 128) and made.info["seed"] == 6 and made.info["sampler_name"] == "Euler a"
    assert "Negative prompt: fog\nSteps: 4, Sampler: Euler a" in made.info["infotexts"][0]
    mask = Image.fromarray(np.pad(np.full((64, 64), 255, np.uint8), 32))
    ask = {"images": [made.image], "mask_image": mask, "prompt": f"a cat {QUICK}"}
    again = api.img2img(**ask, width=160, height=128, inpainting_fill=1)
    assert again.image.size == (160, 128) and again.info["all_seeds"]
    larger = api.extra_single_image(made.image, upscaling_resize=2, upscaler_1="Lanczos")
    assert larger.image.size == (320, 256)
    assert api.png_info(made.image).info.startswith("a red fox") and api.interrogate(made.image).info


def test_webuiapi_looks_around(api: webuiapi.WebUIApi) -> None:
    assert "Euler a" in api.util_get_sampler_names() and "karras" in api.util_get_scheduler_names()
    (name, *_) = api.util_get_model_names()
    api.util_set_model(name)
    assert api.util_get_current_model() == name and api.refresh_checkpoints() is None
    lists = (api.get_sd_vae, api.get_loras, api.get_hypernetworks, api.get_face_restorers)
    assert [own() for own in (*lists, api.get_realesrgan_models, api.get_prompt_styles)] == [[]] * 6
    assert api.get_embeddings()["loaded"] == {} and api.get_memory()["ram"]["total"] > 0
    assert {own["name"] for own in api.get_upscalers()} >= {
        "None",
        "Lanczos",
    } and api.get_latent_upscale_modes()
    assert api.get_cmd_flags() and api.interrupt() == {} and api.skip() == {}
    api.util_wait_for_ready(check_interval=0.01)


def basic(name: str = "") -> dict[str, str]:
    """What Open WebUI sends for AUTOMATIC1111_API_AUTH, empty where nothing is set."""
    return {"authorization": f"Basic {b64encode(name.encode()).decode()}".strip()}


@pytest.mark.parametrize("auth", ["", "user:any"])
def test_open_webui(http: httpx2.Client, auth: str) -> None:
    """Read: open-webui/open-webui, backend/open_webui/routers/images.py at 02530d5.

    It looks at the options, sends all of them back with another model, lists titles and names, and of an
    answer reads `images`, without data: before them, and `info`. Steps may be 0 in its settings.
    """
    headers = basic(auth)
    options = told(http.get("/sdapi/v1/options", headers=headers))
    models = told(http.get("/sdapi/v1/sd-models", headers=headers))
    assert options["sd_model_checkpoint"] in [own["title"] for own in models]
    assert all(own["model_name"] for own in models)
    changed = http.post("/sdapi/v1/options", json={**options, "sd_model_checkpoint": models[0]["title"]})
    assert changed.status_code == 200
    ask = {"prompt": f"a red fox {QUICK}", "batch_size": 2, "width": 128, "height": 128, "steps": 0}
    more = {"negative_prompt": "fog", "cfg_scale": 7, "sampler_name": "Euler", "scheduler": "Karras"}
    made = told(http.post("/sdapi/v1/txt2img", json={**ask, **more}, headers=headers))
    assert [opened(own).size for own in made["images"]] == [(128, 128)] * 2 and isinstance(made["info"], str)
    assert not any("," in own for own in made["images"])


def test_open_webui_edits(http: httpx2.Client) -> None:
    """Its engine `openai` for edits, as read in the same file: text fields, `image` or several `image[]`."""
    fields = {"model": "gpt-image-1", "prompt": f"a cat {QUICK}", "n": "1", "size": "64x64"}
    for name, count in (("image", 1), ("image[]", 2)):
        files = [(name, png(noise(64, 64 + own))) for own in range(count)]
        form = {**fields, "response_format": "b64_json"}
        told_ = told(http.post("/v1/images/edits?api-version=1", data=form, files=files))
        assert opened(told_["data"][0]["b64_json"]).size == (64, 64)


def test_librechat(http: httpx2.Client) -> None:
    """Read: danny-avila/LibreChat, api/app/clients/tools/structured/StableDiffusion.js at 00b3bc3.

    It sends no key. It reads `images[0]` as base64, and of `info`, which is JSON in a string, the first
    infotext, seed, width and height.
    """
    ask = {"prompt": f"a fox, detailed {QUICK}", "negative_prompt": "blurry", "cfg_scale": 4.5, "steps": 22}
    made = told(http.post("/sdapi/v1/txt2img", json={**ask, "width": 1024, "height": 1024}))
    info = json.loads(made["info"])
    assert opened(made["images"][0]).size == (info["width"], info["height"]) == (1024, 1024)
    assert isinstance(info["seed"], int) and "Negative prompt: blurry" in info["infotexts"][0]
    assert info["infotexts"][0].split("\n")[-1].startswith("Steps: 22")


def test_older_librechat_asks_what_a_picture_says(http: httpx2.Client) -> None:
    """It sent the picture back as data: to png-info, and read `info`."""
    made = painted(http, steps=4)
    asked = {"image": f"data:image/png;base64,{made['images'][0]}"}
    assert told(http.post("/sdapi/v1/png-info", json=asked))["info"].startswith("a red fox")


def test_sillytavern(http: httpx2.Client) -> None:
    """Read: SillyTavern/SillyTavern, src/endpoints/stable-diffusion.js at 02903fd, and the extension
    stable-diffusion/index.js at ba6f7b7 (1.12.6).

    Its server asks for these lists when it connects; sends its own address and password along with every
    picture; and stops what nobody waits for by `interrupt` without a body.
    """
    auth = basic("")
    for name in "upscalers latent-upscale-modes samplers schedulers".split():
        assert all(own["name"] for own in told(http.get(f"/sdapi/v1/{name}", headers=auth)))
    for name, field in (("sd-vae", "model_name"), ("sd-modules", "model_name"), ("sd-models", "title")):
        assert all(own[field] for own in told(http.get(f"/sdapi/v1/{name}", headers=auth)))
    options = told(http.get("/sdapi/v1/options", headers=auth))
    assert "forge_preset" not in options  # it would send modules of Forge then
    told(http.post("/sdapi/v1/options", json={"sd_model_checkpoint": options["sd_model_checkpoint"]}))
    now = told(http.get("/sdapi/v1/progress"))
    assert now["progress"] == 0.0 and now["state"]["job_count"] == 0
    made = told(http.post("/sdapi/v1/txt2img", json=SILLY, headers=auth))
    assert opened(made["images"][0]).size == (128, 192)
    assert json.loads(made["info"])["sampler_name"] == "DPM++ 2M"
    assert "silly:secret" not in json.dumps(made)
    assert told(http.post("/sdapi/v1/interrupt", headers=auth)) == {}


SILLY: dict[str, Any] = {
    **{"url": "http://localhost:7860", "auth": "silly:secret"},
    **{"prompt": f"a red fox {QUICK}", "negative_prompt": "lowres"},
    **{"sampler_name": "DPM++ 2M", "scheduler": "Automatic", "steps": 4, "cfg_scale": 7},
    **{"width": 128, "height": 192, "restore_faces": False, "enable_hr": False},
    **{"hr_upscaler": "Latent (nearest-exact)", "hr_scale": 1.5, "denoising_strength": 0.7},
    **{"hr_second_pass_steps": 0, "clip_skip": 1, "save_images": True, "send_images": True},
    **{"do_not_save_grid": False, "do_not_save_samples": False},
    "override_settings": {"CLIP_stop_at_last_layers": 1, "sd_vae": "Automatic"},
    "override_settings_restore_afterwards": True,
}
"""A seed is sent only where one was chosen."""


def test_a_key_as_password(store: Store) -> None:
    client = TestClient(app_of(store, Studio(store.gallery), lambda: None), base_url="http://localhost")
    key = store.people.new_key(store.people.add("ann", "guest").id)
    answer = client.get("/sdapi/v1/options")
    assert refused(answer, 401) and answer.headers["www-authenticate"].startswith("Basic ")
    refused(client.get("/sdapi/v1/options", auth=("ann", "other")), 401)
    assert client.get("/sdapi/v1/options", auth=("whoever", key)).status_code == 200
    assert client.get("/sdapi/v1/options", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert "Guests" in refused(client.post("/sdapi/v1/txt2img", json={"prompt": "a"}, auth=("x", key)), 403)
    foreign = client.get("/sdapi/v1/options", headers={"Origin": "http://elsewhere.example"})
    refused(foreign, 403)


def test_who_chose_which_model(store: Store) -> None:
    """Each person has a choice of their own, which lasts; the server's is another."""
    server = app_of(store, Studio(store.gallery, replace(families()[0], name="own")), lambda: None)
    ann, bob = (
        TestClient(server, base_url="http://localhost", headers={"Authorization": f"Bearer {key}"})
        for key in (store.people.new_key(store.people.add(name, "member").id) for name in ("ann", "bob"))
    )

    def chosen(client: TestClient) -> str:
        return client.get("/sdapi/v1/options").json()["sd_model_checkpoint"]

    own, other = (row["title"] for row in ann.get("/sdapi/v1/sd-models").json())
    assert "nobody" in refused(ann.post("/sdapi/v1/options", json={"sd_model_checkpoint": "nobody"}), 422)
    assert chosen(ann) == own
    titled = {"sd_model_checkpoint": f"{other}.safetensors [0123]", "CLIP_stop_at_last_layers": 2}
    assert ann.post("/sdapi/v1/options", json=titled).status_code == 200
    assert ann.post("/sdapi/v1/options", json={"sd_model_checkpoint": None}).status_code == 200
    assert (chosen(ann), chosen(bob)) == (other, own)
    ask = {"prompt": "a", "override_settings": {"sd_model_checkpoint": "nobody"}}
    assert "nobody" in refused(ann.post("/sdapi/v1/txt2img", json=ask), 422)


def test_noise_is_not_a_mask(http: httpx2.Client) -> None:
    """A transparent picture is painted again as a whole: nothing of it is kept for its holes."""
    cut = noise(64, 64, (slice(10, 40), slice(10, 40)))
    out = pixels(painted(http, "img2img", init_images=[sent(cut)], width=64, height=64)["images"][0])
    assert (out[50:] != cut[50:, :, :3]).any()
