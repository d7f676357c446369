"""Parameters of the past, and those seen only inside Midjourney's own records: understood, noted, never an
error."""

from __future__ import annotations

from sfumato.language.parameters import Parameter, Range
from sfumato.language.versions import EVERY, FIRST, OPEN, TESTS

_SEED = 4294967295
_EARLY = (Range((OPEN, *FIRST)),)
_EARLIEST = (Range((OPEN, "1", "2")),)
_UPSCALED = (Range((OPEN, *FIRST, *TESTS, "4", "niji 4")),)


def _upscaler(name: str, value: str) -> Parameter:
    said = f"`--{name}` chose an upscaler of versions 1-4; it is kept, and later upscales may follow it."
    return Parameter(
        name,
        "flag",
        f"Upscale with the {value} upscaler of versions 1-4.",
        f"--{name}",
        (),
        "upscaler",
        value,
        _UPSCALED,
        said,
    )


def _preset(name: str, width: int, height: int, large: bool) -> Parameter:
    pixels = f"{width}×{height}"
    shape = f"--ar {width}:{height}{' --hd' if large else ''}"
    said = f"`--{name}` was {pixels} pixels in versions 1-3; it is read as `{shape}`."
    return Parameter(
        name,
        "preset",
        f"The size {pixels} of versions 1-3, read as an aspect ratio.",
        f"--{name}",
        (),
        "aspect",
        (width, height),
        _EARLY,
        said,
    )


def _gone(name: str) -> Parameter:
    said = f"`--{name}` belonged to versions 1 and 2 and is gone since 2023; it changes nothing here."
    return Parameter(
        name,
        "flag",
        "A switch of versions 1 and 2; changes nothing.",
        f"--{name}",
        (),
        "",
        True,
        _EARLIEST,
        said,
    )


def _inner(name: str, help: str) -> Parameter:
    said = f"`--{name}` is known only from Midjourney's own records; it changes nothing here."
    return Parameter(name, "ignored", help, f"--{name}", (), "", True, (Range(EVERY),), said)


LARGE_PRESETS = frozenset(("wallpaper", "ll", "lp"))
"""The old sizes that also meant `--hd`."""

WIDTH = Parameter(
    "w",
    "pixels",
    "Width in pixels (versions 1-3; everywhere else `--w` is `--weird`).",
    "--w 512",
    (),
    "aspect",
    ranges=(Range(FIRST, 64, 4096, 256),),
)
"""What `--w` means to the first versions."""

LEGACY = (
    Parameter(
        "sameseed",
        "integer",
        "All pictures of the grid begin from the same noise.",
        "--sameseed 1234",
        (),
        "sameseed",
        ranges=(Range((OPEN, *FIRST, *TESTS), 0, _SEED, "random"),),
        remark="`--sameseed` is a legacy parameter: every picture of the grid begins from the same noise.",
    ),
    Parameter(
        "test",
        "flag",
        "The test model of August 2022.",
        "--test",
        (),
        "test",
        ranges=(Range((OPEN, *TESTS)),),
    ),
    Parameter(
        "testp",
        "flag",
        "The photographic test model of August 2022.",
        "--testp",
        (),
        "testp",
        ranges=(Range((OPEN, *TESTS)),),
    ),
    Parameter(
        "creative",
        "flag",
        "More varied pictures of the test models.",
        "--creative",
        (),
        "creative",
        ranges=(Range((OPEN, *TESTS)),),
        remark="`--creative` belonged to the test models of 2022 (`--test`, `--testp`).",
    ),
    _upscaler("uplight", "light"),
    _upscaler("upbeta", "beta"),
    _upscaler("upanime", "anime"),
    WIDTH,
    Parameter(
        "h",
        "pixels",
        "Height in pixels (versions 1-3).",
        "--h 512",
        (),
        "aspect",
        ranges=(Range((OPEN, *FIRST), 64, 4096, 256),),
    ),
    _preset("wallpaper", 1920, 1024, True),
    _preset("sl", 320, 256, False),
    _preset("ml", 448, 320, False),
    _preset("ll", 768, 512, True),
    _preset("sp", 256, 320, False),
    _preset("mp", 320, 448, False),
    _preset("lp", 512, 768, True),
    *(_gone(name) for name in ("vibe", "vibefast", "hq", "newclip", "nostretch", "old", "beta")),
    Parameter(
        "zoom",
        "number",
        "How far Custom Zoom goes out; it has its own button.",
        "--zoom 1.5",
        ranges=(Range(EVERY, 1, 2),),
        remark="`--zoom` belongs to the Custom Zoom of a finished picture; it changes nothing in a new one.",
    ),
    Parameter(
        "preview",
        "flag",
        "The preview of version 8.2 in June 2026.",
        "--preview",
        remark="`--preview` belonged to the preview of version 8.2; it changes nothing here.",
    ),
    _inner("pv", "Version of the personalization."),
    _inner("dref", "Depth reference of Retexture."),
    _inner("dw", "Weight of the depth reference."),
)
