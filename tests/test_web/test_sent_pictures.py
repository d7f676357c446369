"""Pictures that strangers send: every form of one is read as people see it, and nothing else does harm."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from starlette.testclient import TestClient

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.pictured import picture_of
from sfumato.studio import read_kept
from sfumato.studio.given import MOST_PIXELS, TooLarge, decoded
from test_web.test_uploads import png, send

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of what is odd in a file
RED = (255, 0, 0)


def saved(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def first(data: bytes) -> tuple[int, ...]:
    return tuple(picture_of(data)[0, 0])


def test_sixteen_bits_are_read_as_eight() -> None:
    grey = np.array([[0, 0x8080], [0xFFFF, 257]], np.uint16)
    seen = picture_of(saved(Image.fromarray(grey)))
    assert seen[..., 0].tolist() == [[0, 128], [255, 1]] and (seen[..., 3] == 255).all()


def test_other_colours() -> None:
    assert first(saved(Image.new("CMYK", (2, 2), (0, 255, 255, 0)), "JPEG"))[0] > 200
    assert first(saved(Image.new("L", (2, 2), 7))) == (7, 7, 7, 255)
    assert first(saved(Image.new("1", (2, 2), 1))) == (255, 255, 255, 255)
    assert first(saved(Image.new("LA", (2, 2), (9, 0)))) == (9, 9, 9, 0)
    palette = Image.new("RGBA", (2, 2), (255, 0, 0, 0)).quantize()
    assert first(saved(palette))[3] == 0


def test_a_camera_s_turn_is_undone() -> None:
    image = Image.new("RGB", (4, 2), "black")
    image.putpixel((0, 0), RED)
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = picture_of(saved(image, exif=exif))
    assert seen.shape == (4, 2, 4) and tuple(seen[0, 1, :3]) == RED


def test_a_damaged_note_of_the_camera_leaves_the_picture() -> None:
    data = saved(Image.new("RGB", (4, 2), RED), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05" + b"\xff" * 30)
    assert picture_of(data).shape == (2, 4, 4)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_moving_pictures_the_first(kind: str) -> None:
    frames = [Image.new("RGB", (3, 3), colour) for colour in ("red", "blue", "lime")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    assert first(data)[:3] == RED


@pytest.mark.parametrize("tail", [b"PK\x03\x04" + b"x" * 99, b"<script>alert(1)</script>", b"%PDF-1.4"])
def test_what_hangs_on_a_picture_is_not_kept(client: TestClient, tail: bytes, tmp_path: Path) -> None:
    answer = send(client, saved(Image.new("RGB", (3, 3), RED)) + tail)
    assert answer.status_code == 201
    kept = [path.read_bytes() for path in tmp_path.rglob("*.png")]
    assert kept and all(tail not in own for own in kept)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"plan": 1}', "{}", "null", '{"plan": {}, "index": 0}', "9" * 9999]
)
def test_a_record_that_is_none(client: TestClient, text: str, tmp_path: Path) -> None:
    info = PngInfo()
    info.add_itxt("sfumato", text)
    data = saved(Image.new("RGB", (3, 3), RED), pnginfo=info)
    assert send(client, data).status_code == 201
    (tmp_path / "own.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"."):
        read_kept(tmp_path / "own.png")


def test_too_many_pixels_are_not_decoded() -> None:
    side = int(MOST_PIXELS**0.5) + 1
    with pytest.raises(TooLarge):
        decoded(io.BytesIO(png(side, side)))
    with pytest.raises(Refusal):
        picture_of(png(60_000, 60_000))


NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (12, 9, 3), dtype=np.uint8))
SEEDS = [
    saved(NOISE),
    saved(NOISE, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"),
    saved(NOISE, "WEBP", lossless=True),
    saved(NOISE.convert("P")),
    saved(NOISE.convert("CMYK"), "JPEG", progressive=True),
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture with some bytes changed, a piece cut out, and another put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 8))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    start = draw(st.integers(0, len(data)))
    data[start : start + draw(st.sampled_from([0, 0, 1, 4, 40]))] = draw(st.binary(max_size=8))
    return bytes(data[: draw(st.sampled_from([len(data), len(data), 30, 200]))])


@given(damaged() | st.binary(max_size=300))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_pictures_are_read_or_refused(data: bytes) -> None:
    try:
        seen = picture_of(data)
    except Refusal as refusal:
        assert refusal.code in ("not_a_picture", "too_many_pixels")
    else:
        assert seen.dtype == np.uint8 and seen.shape[2] == 4


@given(damaged())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_server_never_breaks_over_them(client: TestClient, data: bytes) -> None:
    assert send(client, data, "application/octet-stream").status_code in (201, 413, 422)
    part = {"image": ("x", data, "application/octet-stream")}
    asked = client.post("/v1/images/edits", files=part, data={"prompt": "a fox", "size": "nonsense"})
    assert asked.status_code == 400
