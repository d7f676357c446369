"""No reader ever raises, whatever a file says, and no file costs more than it may."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sfumato.studio.imports import PROGRAMS, Found, Said, find, read_said
from sfumato.studio.imports.texts import user_comment
from test_imports import writers as w

NAMES = (
    "parameters", "prompt", "workflow", "invokeai_metadata", "sd-metadata", "Comment", "Description",
    "Software", "xmp", "comment", "exif:UserComment", "exif:Model", "exif:Make", "exif:ImageDescription",
)  # fmt: skip
KEYS = (
    "prompt", "uc", "nodes", "links", "inputs", "class_type", "positive", "negative", "text", "seed", "steps",
    "model", "image", "v4_prompt", "caption", "char_captions", "base_model", "version", "guider", "3", "id",
    "type", "widgets_values", "link", "name", "width", "height", "resolution", "noise_seed",
)  # fmt: skip
WHOLE = (w.COMFY, w.FLUX, w.WORKFLOW, w.INVOKE, w.OLDER_INVOKE, w.NOVEL, w.FOOOCUS)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(["3", 0]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@st.composite
def bent(draw: st.DrawFn) -> str:
    """A true record with one part of it put in place of another."""
    record = json.loads(json.dumps(draw(st.sampled_from(WHOLE))))
    place: Any = record
    while isinstance(place, dict | list) and place:
        key = draw(st.sampled_from(sorted(place))) if isinstance(place, dict) else 0
        if not isinstance(place[key], dict | list) or draw(st.booleans()):
            place[key] = draw(values)
            break
        place = place[key]
    return json.dumps(record)


texts = st.one_of(
    st.text(max_size=200),
    values.map(json.dumps),
    bent(),
    st.sampled_from(
        (w.AUTOMATIC, "prompt:{}", '{"nodes": [{}]}', "[" * 100_000, '{"a":' * 100_000, "<dc:description")
    ),
    st.text(alphabet='Steps: 20,"{}[]\n\\Negative prompt', max_size=200),
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(NAMES), texts, max_size=4), st.text(max_size=80))
def test_no_reader_raises(said: dict[str, str], name: str) -> None:
    for reader in PROGRAMS:
        read = reader(Said(name, said))
        assert read is None or isinstance(read, Found)
    kept = find(Said(name, said))
    if kept is not None:
        json.dumps(kept.details, ensure_ascii=False).encode()
        assert kept.seed is None or 0 <= kept.seed < 2**63


@given(st.binary(max_size=300))
def test_any_comment_is_text(data: bytes) -> None:
    for head in (b"", b"UNICODE\0", b"ASCII\0\0\0", bytes(8)):
        user_comment(head + data).encode()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[bytes, ...]]:
    folder = tmp_path_factory.mktemp("samples")
    files = (
        w.png(folder / "a.png", {"parameters": w.AUTOMATIC, "prompt": w.dumped(w.COMFY)}),
        w.commented(folder / "a.jpg", w.AUTOMATIC),
        w.tagged(folder / "a.webp", {0x0110: "prompt:" + w.dumped(w.FLUX)}),
    )
    return folder / "bent", tuple(own.read_bytes() for own in files)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of EXIF that is cut off
@settings(max_examples=200)
@given(data=st.data())
def test_damaged_files_are_read_or_refused(
    samples: tuple[Path, tuple[bytes, ...]], data: st.DataObject
) -> None:
    path, whole = samples
    content = bytearray(data.draw(st.sampled_from(whole)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        find(read_said(path))
    except ValueError as error:
        assert str(error).endswith(".")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def head(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def tiff() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "TIFF")
    return out.getvalue()


REFUSED = {
    "many pixels": head(60_000, 60_000) + chunk(b"IEND", b""),
    "more than is allowed": head(9000, 9000) + chunk(b"IEND", b""),
    "a long text": head(8, 8) + chunk(b"zTXt", b"parameters\0\0" + zlib.compress(bytes(80_000_000))),
    "a head alone": head(8, 8),
    "another kind": tiff(),
    "no picture": b"<svg/>",
}


@pytest.mark.parametrize("name", REFUSED)
def test_bombs_and_lies(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(REFUSED[name])
    with pytest.raises(ValueError, match=r"a\.png"):
        read_said(path)
