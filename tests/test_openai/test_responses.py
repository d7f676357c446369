"""The Responses API's image_generation tool: one answer, conversations, what is kept and for whom."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import httpx2

from test_openai.conftest import QUICK, Fields, Live, noise, pixels_in, png, refused

TOOL = {"type": "image_generation"}


def asked(http: httpx2.Client, said: Any, tool: Fields | None = None, **fields: Any) -> Fields:
    answer = http.post(
        "/v1/responses", json={"model": "gpt-5", "input": said, "tools": [tool or TOOL], **fields}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def pixels(response: Fields) -> Any:
    return pixels_in({"b64_json": response["output"][0]["result"]})


def data(picture: Any) -> str:
    return "data:image/png;base64," + b64encode(png(picture)[1]).decode()


def message(text: str, *pictures: Any) -> Fields:
    shown = [{"type": "input_image", "image_url": data(own)} for own in pictures]
    return {"role": "user", "content": [{"type": "input_text", "text": text}, *shown]}


def test_a_conversation_goes_on_from_its_picture(http: httpx2.Client, live: Live) -> None:
    first = asked(http, f"a red fox {QUICK} --ar 2:1")
    second = asked(http, "in the snow", previous_response_id=first["id"], seed=3)
    call = second["output"][0]
    assert call["action"] == "edit" and call["revised_prompt"].startswith("a red fox, in the snow --ar 2:1")
    newest = live.store.jobs.listed()[0].plan
    assert [own.role for own in newest.inputs] == ["start"] and newest.seeds[0].number == 3
    third = asked(http, "at night", {**TOOL, "action": "generate"}, previous_response_id=second["id"])
    assert not live.store.jobs.listed()[0].plan.inputs
    assert third["output"][0]["revised_prompt"].startswith("a red fox, in the snow, at night")


def test_a_call_in_the_input_is_gone_on_from(http: httpx2.Client, live: Live) -> None:
    first = asked(http, f"a red fox {QUICK}", store=False)
    assert "id" in first and http.get(f"/v1/responses/{first['id']}").status_code == 404
    call = {"type": "image_generation_call", "id": first["output"][0]["id"]}
    asked(http, [call, message("by the sea")])
    assert live.store.jobs.listed()[0].plan.inputs


def test_pictures_and_a_mask(http: httpx2.Client) -> None:
    hole = (slice(10, 40), slice(10, 40))
    tool = {**TOOL, "input_image_mask": {"image_url": data(noise(100, 120, hole))}}
    out = pixels(asked(http, [message(f"a fox {QUICK}", noise(100, 120))], tool))
    assert (out[60:] == noise(100, 120)[60:, :, :3]).all() and out.shape == (100, 120, 3)


def test_what_is_kept(http: httpx2.Client) -> None:
    made = asked(http, f"a red fox {QUICK}", {**TOOL, "size": "200x200", "output_format": "webp"})
    kept = http.get(f"/v1/responses/{made['id']}").json()
    assert kept == made
    assert http.delete(f"/v1/responses/{made['id']}").json()["deleted"]
    for gone in (made["id"], "resp_" + "0" * 32, "..%2f..%2fstore", "x"):
        assert http.get(f"/v1/responses/{gone}").status_code == 404


def test_refusals(http: httpx2.Client) -> None:
    def sent(**fields: Any) -> httpx2.Response:
        return http.post("/v1/responses", json={"model": "m", "input": "a fox", "tools": [TOOL], **fields})

    refused(sent(tools=[]), 400, "invalid_value", "tools")
    refused(sent(previous_response_id="resp_1"), 404, "previous_response_not_found", "previous_response_id")
    far = {"type": "input_image", "image_url": "http://127.0.0.1/x.png"}
    assert "data:" in refused(sent(input=[{"role": "user", "content": [far]}]), 400, "invalid_value", "input")
    refused(sent(tools=[{**TOOL, "action": "edit"}]), 400, "invalid_value", "input")
    refused(sent(tools=[{**TOOL, "model": "nobody"}]), 404, "model_not_found", "model")
