"""The texts inside a picture's file: PNG chunks, EXIF, XMP, comments; all bounded.

EXIF 2.32 §4.6.5: UserComment begins with eight bytes that name its code; which end of UTF-16 comes first is
left to the writer, and A1111's writes the high one in files of either order.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 64 << 20  # of a file
MOST_PIXELS = 64_000_000
LONGEST = 16_000_000  # characters of one text
EXIF_IFD = 0x8769
USER_COMMENT, MAKER_NOTE = 0x9286, 0x927C
TAGS = (
    (0x010E, "ImageDescription"),
    (0x010F, "Make"),
    (0x0110, "Model"),
    (0x0131, "Software"),
    (0x013B, "Artist"),
    (0x9C9C, "XPComment"),
)
# What Pillow raises for EXIF that is cut off or lies; a picture without it is a picture.
BROKEN = (ValueError, OSError, SyntaxError, TypeError, LookupError, ArithmeticError, struct.error, EOFError)


class TooLarge(ValueError):
    """A file that costs more to read than it may."""


@dataclass(frozen=True)
class Said:
    """What a file says. Names in `texts`: PNG's keywords, `exif:UserComment` …, `xmp`, `comment`."""

    name: str
    texts: Mapping[str, str]


def read_said(path: Path, most_pixels: int = MOST_PIXELS, name: str | None = None) -> Said:
    """The texts of a picture; its head is looked at before anything else is read.

    name  what the file was called, where it is called something else now

    Raises FileNotFoundError, ValueError where it is no PNG, JPEG or WebP, or is too large.
    """
    from PIL import Image, UnidentifiedImageError

    called = path.name if name is None else name
    if path.stat().st_size > MOST_BYTES:
        raise TooLarge(f"{called} is larger than {MOST_BYTES >> 20} MiB.")
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise TooLarge(f"{called} has {image.width} × {image.height} pixels: too many.")
            image.load()  # some texts follow the pixels
            return Said(called, dict(_texts(image)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLarge(f"{called} has too many pixels.") from None
    except TooLarge:
        raise
    except UnidentifiedImageError:
        raise ValueError(f"{called} is no PNG, JPEG or WebP that can be read.") from None
    except (SyntaxError, EOFError, ValueError, struct.error) as error:
        raise ValueError(f"{called} is damaged ({error}).") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise ValueError(f"{called} is damaged ({error}).") from None


def _texts(image: Any) -> Iterator[tuple[str, str]]:
    for name, value in {**getattr(image, "text", {}), **_comments(image.info)}.items():
        if isinstance(value, str) and isinstance(name, str):
            yield name, str(value)[:LONGEST]
    try:
        yield from _exif(image.getexif())
    except BROKEN:
        return


def _comments(info: Mapping[Any, Any]) -> dict[str, str]:
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp")
    named = (("comment", info.get("comment")), ("xmp", xmp))
    return {name: text for name, value in named if (text := _plain(value))}


def _exif(exif: Any) -> Iterator[tuple[str, str]]:
    for tag, name in TAGS:
        value = exif.get(tag)
        text = _wide(value) if tag == 0x9C9C and isinstance(value, bytes) else _plain(value)
        if text:
            yield f"exif:{name}", text
    own = exif.get_ifd(EXIF_IFD)
    for tag, name in ((USER_COMMENT, "UserComment"), (MAKER_NOTE, "MakerNote")):
        if text := user_comment(own.get(tag)):
            yield f"exif:{name}", text


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        value = value[: 4 * LONGEST].decode("utf-8", "replace")
    return value.strip("\0 \n") if isinstance(value, str) else ""


def user_comment(value: object) -> str:
    """The text of an EXIF comment, bytes with their code in front, or already text."""
    if not isinstance(value, bytes):
        return _plain(value)
    code, text = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        return _wide(text)
    if code[:5] in (b"ASCII", b"JIS\0\0") or code == bytes(8):
        return _plain(text)
    return _plain(value)


def _wide(data: bytes) -> str:
    """UTF-16 of either order, or the UTF-8 that some write under that name."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").strip("\0 \n")
    if b"\0" not in data.rstrip(b"\0"):
        try:
            return data.decode("utf-8").strip("\0 \n")
        except UnicodeDecodeError:
            pass
    ways = [data.decode(code, "replace") for code in ("utf-16-be", "utf-16-le")]
    return max(ways, key=_likely).strip("\0 \n")


def _likely(text: str) -> float:
    """The share of characters that people write: what is read from the wrong end has few."""
    written = re.findall(r"[\n\x20-\x7e\u00a0-\u02ff\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]", text[:4000])
    latin = re.findall(r"[\n\x20-\x7e]", text[:4000])
    return (len(written) + len(latin)) / (len(text[:4000]) or 1)


def xmp_text(xmp: str, field: str) -> str:
    """The first text of a field such as dc:description, without reading XML, which can be a bomb."""
    place = xmp.find(f"<{field}")
    end = xmp.find(f"</{field}>", place)
    if place < 0 or end < 0:
        return ""
    return unescape(re.sub(r"<[^<>]*>", "", xmp[place : min(end, place + 100_000)])).strip()
