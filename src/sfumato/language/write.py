"""The canonical form of a prompt: images, weighted text, then the parameters in the order midjourney.com
writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType

from sfumato.language.fold import fold
from sfumato.language.prompt import Image, Parameters, Part, Prompt
from sfumato.language.say import number

ORDER = tuple(
    """
    no chaos aspect bs cref cw draft edit end exp hd iw loop motion oref ow raw repeat sameseed sd seed sref
    stop style sv sw test testp creative tile niji version video quality stylize weird profile upscaler speed
    visibility
    """.split()
)
"""Every key that is a parameter; where midjourney.com's order is known (no, chaos, aspect, exp, sref, style,
sv, sw, version, quality, stylize, weird, profile) it is this one."""

_SPELLED = MappingProxyType({"aspect": "ar", "version": "v"})
_URL = re.compile(r"https?://", re.I)
_BRACE = re.compile(r"(\\*)([{}])")


def write(prompt: Prompt) -> str:
    """The text that reads back to an equal prompt."""
    pieces = (*_images(prompt.images), *_parts(prompt.parts), *_parameters(prompt.parameters))
    return _BRACE.sub(lambda found: f"{found[1] * 2}\\{found[2]}", " ".join(pieces))


def _images(images: tuple[Image, ...]) -> Iterator[str]:
    for image in images:
        weight = "" if image.weight is None else f"::{number(image.weight)}"
        if _URL.match(image.url):
            yield f"{image.url}{weight}"
        else:
            spaced = any(letter.isspace() for letter in fold(image.url))
            yield f'--image "{image.url}"{weight}' if spaced else f"--image {image.url}{weight}"


def _parts(parts: tuple[Part, ...]) -> Iterator[str]:
    for index, part in enumerate(parts):
        if index == len(parts) - 1 and part.weight == 1:
            yield part.content
            continue
        # A colon before the separator would be read as part of it.
        blank = " " if fold(part.content).endswith(":") else ""
        yield f"{part.content}{blank}::{'' if part.weight == 1 else number(part.weight)}"


def _parameters(said: Parameters) -> Iterator[str]:
    for key in ORDER:
        value = getattr(said, key)
        if value is None or value is False or (value == () and key != "profile"):
            continue
        yield from _WRITERS.get(key, _plain)(key, value)


def _plain(key: str, value: bool | float | str) -> Iterator[str]:
    name = f"--{_SPELLED.get(key, key)}"
    if value is True:
        yield name
    else:
        yield f"{name} {value if isinstance(value, str) else number(value)}"


def _texts(key: str, value: tuple[str, ...]) -> Iterator[str]:
    yield f"--{key} {', '.join(value)}"


def _ratio(key: str, value: tuple[int, int]) -> Iterator[str]:
    yield f"--ar {value[0]}:{value[1]}"


def _sref(key: str, value: tuple) -> Iterator[str]:
    for item in value:
        yield f"--sref {item.content}{'' if item.weight == 1 else f'::{number(item.weight)}'}"


def _each(key: str, value: tuple[str, ...]) -> Iterator[str]:
    yield from (f"--{key} {item}" for item in value) if value else (f"--{key}",)


def _upscaler(key: str, value: str) -> Iterator[str]:
    yield f"--up{value}"


def _word(key: str, value: str) -> Iterator[str]:
    yield f"--{value}"


Writer = Callable[..., Iterator[str]]
_WRITERS: MappingProxyType[str, Writer] = MappingProxyType({
    "no": _texts, "aspect": _ratio, "sref": _sref, "cref": _each, "edit": _each, "profile": _each,
    "upscaler": _upscaler, "speed": _word, "visibility": _word,
})  # fmt: skip
