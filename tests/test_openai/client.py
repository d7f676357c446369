"""Run by test_clients.py with one version of OpenAI's client on the path: `client.py ADDRESS strict|loose`.

Prints what was measured as a line of JSON; whatever the client refuses ends it with a traceback.
"""

from __future__ import annotations

import io
import json
import sys
from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import openai
from PIL import Image

QUICK = " --q .25"
TOOL: Any = {"type": "image_generation", "partial_images": 2, "size": "1024x1024"}


def opened(data: str) -> Image.Image:
    return Image.open(io.BytesIO(b64decode(data)))


def png(holes: bool = False) -> tuple[str, bytes, str]:
    """A picture of noise with a transparent square where asked."""
    pixels = np.random.default_rng(5).integers(0, 256, (96, 160, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    if holes:
        pixels[20:60, 20:60, 3] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "picture.png", file.getvalue(), "image/png"


def images(client: Any) -> dict[str, Any]:
    ask = {"prompt": "a red fox" + QUICK, "size": "1024x1024"}
    made = client.images.generate(model="gpt-image-1", n=2, extra_body={"seed": 7}, **ask)
    again = client.images.generate(model="dall-e-3", style="vivid", quality="hd", **ask)
    jpeg = client.images.generate(model="gpt-image-1", output_format="jpeg", output_compression=60, **ask)
    url = client.images.generate(model="dall-e-2", response_format="url", **ask)
    return {
        "sizes": [opened(own.b64_json).size for own in made.data],
        "seed": "--seed 7" in made.data[0].revised_prompt,
        "total": made.usage.total_tokens,
        "vivid": "--stylize 250" in again.data[0].revised_prompt,
        "jpeg": opened(jpeg.data[0].b64_json).format,
        "url": url.data[0].url,
    }


def edits(client: Any) -> dict[str, Any]:
    words = "a red fox" + QUICK
    masked = client.images.edit(image=png(), mask=png(holes=True), prompt=words, size="1024x1024")
    several = client.images.edit(image=[png(), png()], prompt=words, size="1024x1024")
    like = client.images.create_variation(image=png(), n=2, size="1024x1024")
    return {"edits": [opened(own.data[-1].b64_json).size for own in (masked, several, like)]}


def streams(client: Any) -> dict[str, Any]:
    ask: dict[str, Any] = {"prompt": "a red fox", "size": "1024x1024", "stream": True, "partial_images": 2}
    made = list(client.images.generate(model="gpt-image-1", **ask))
    again = list(client.images.edit(model="gpt-image-1", image=png(), **ask))
    return {"streams": [[own.type for own in events][-1] for events in (made, again)]}


def responses(client: Any) -> dict[str, Any]:
    first = client.responses.create(model="gpt-5", input="a red fox" + QUICK, tools=[TOOL])
    ask: dict[str, Any] = {"model": "gpt-5", "tools": [TOOL], "previous_response_id": first.id}
    second = client.responses.create(input="in the snow" + QUICK, **ask)
    kept = client.responses.retrieve(second.id)
    address = "data:image/png;base64," + b64encode(png()[1]).decode()
    parts = [{"type": "input_text", "text": "a cat" + QUICK}, {"type": "input_image", "image_url": address}]
    third = client.responses.create(model="gpt-5", input=[{"role": "user", "content": parts}], tools=[TOOL])
    streamed = list(client.responses.create(input="a red fox", stream=True, **ask))
    with client.responses.stream(input="a red fox", **ask) as stream:
        whole = stream.until_done().get_final_response()
    client.responses.delete(second.id)
    return {
        "calls": [own.output[0].type for own in (first, second, third, whole)],
        "kept": kept.output[0].result == second.output[0].result,
        "text": second.output_text,
        "events": [own.type for own in streamed],
        "gone": status(lambda: client.responses.retrieve(second.id)),
    }


def status(call: Any) -> list[Any]:
    """The status and code with which a call is refused."""
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code]
    return []


def refusals(client: Any) -> dict[str, Any]:
    ask = client.images.generate
    return {
        "refusals": [
            status(lambda: ask(prompt="a fox", model="nobody")),
            status(lambda: ask(prompt="a fox --q x", model="gpt-image-1")),
            status(lambda: ask(prompt="a fox", n=11)),
            status(lambda: ask(prompt="a fox", background="transparent")),
            status(lambda: client.images.edit(image=("x.png", b"no picture", "image/png"), prompt="a fox")),
        ],
        "models": [own.id for own in client.models.list()],
        "alias": client.models.retrieve("gpt-image-1").id,
    }


def main(address: str, how: str) -> None:
    client = openai.OpenAI(
        base_url=f"{address}/v1", api_key="any", timeout=120, _strict_response_validation=how == "strict"
    )
    told: dict[str, Any] = {"version": openai.__version__}
    for part in (images, edits, streams, responses, refusals) if how == "strict" else (images,):
        told |= part(client)
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
