"""What a judge saw, written as prompts: four in English and the same four in Chinese."""

from __future__ import annotations

import colorsys
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from sfumato.models.judge import Tags

# Where a hue, 0 … 1 around the circle, ends, and what it is called.
HUES = (
    (0.04, "red"), (0.11, "orange"), (0.19, "yellow"), (0.45, "green"), (0.53, "turquoise"), (0.71, "blue"),
    (0.82, "purple"), (0.94, "pink"), (1.01, "red"),
)  # fmt: skip
LIGHTS = MappingProxyType(
    {
        "dark": "昏暗的光线",
        "soft light": "柔和的光线",
        "bright light": "明亮的光线",
        "high contrast": "强烈的对比",
    }
)
PALETTES = MappingProxyType(
    {
        "red": "红色调", "orange": "橙色调", "yellow": "黄色调", "green": "绿色调", "turquoise": "青色调",
        "blue": "蓝色调", "purple": "紫色调", "pink": "粉色调", "muted": "低饱和的色调",
    }
)  # fmt: skip
SAMPLE = 24  # pixels of a side that colours are taken from
NO_STYLE = "plain"  # how the judges call a picture in no style


class Look(NamedTuple):
    """What pixels alone tell: a key of LIGHTS and one of PALETTES."""

    light: str
    palette: str


def look_of(pixels: np.ndarray) -> Look:
    """Light and colours of a picture, uint8 (H, W, 3)."""
    import numpy as np

    rows = np.linspace(0, pixels.shape[0] - 1, SAMPLE).astype(int)
    columns = np.linspace(0, pixels.shape[1] - 1, SAMPLE).astype(int)
    small = pixels[rows][:, columns].reshape(-1, 3) / 255
    grey = small @ (0.299, 0.587, 0.114)
    mean, spread = float(grey.mean()), float(grey.std())
    light = "dark" if mean < 0.3 else "bright light" if mean > 0.7 else "soft light"
    return Look("high contrast" if spread > 0.3 else light, _palette(small))


def _palette(small: np.ndarray) -> str:
    """The hue that most colour is of."""
    shares = dict.fromkeys(PALETTES, 0.0)
    for red, green, blue in small.tolist():
        hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
        shares[next(name for end, name in HUES if hue < end)] += saturation * value
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.08 * len(small) else "muted"


def in_english(tags: Tags, look: Look) -> tuple[str, ...]:
    """Four prompts, the plainest first."""
    things = [_one(" ".join(filter(None, pair))) for pair in zip(tags.colours, tags.things, strict=True)]
    subject = " and ".join(things[:2]) or "a scene"
    place = f", {tags.ground}" if tags.ground else ""
    style = "" if tags.style in ("", NO_STYLE) else tags.style
    written = f', with the word "{tags.text}"' if tags.text else ""
    palette = "muted colors" if look.palette == "muted" else f"{look.palette} palette"
    return (
        f"{subject}{place}{written}",
        f"{_of(style, 'of')}{things[0] if things else subject}{place}, {look.light}",
        f"{subject}{place}, {palette}, {look.light}{_after(style)}",
        f"close-up of {things[0] if things else subject}, {palette}{written}{_after(style)}",
    )


def in_chinese(tags: Tags, look: Look) -> tuple[str, ...]:
    """The same four."""
    from sfumato.models.judge import chinese

    names = chinese()
    things = [
        f"{names['colours'].get(colour, '')}{'的' if colour else ''}{names['things'].get(thing, thing)}"
        for colour, thing in zip(tags.colours, tags.things, strict=True)
    ]
    subject = "和".join(things[:2]) or "一个场景"
    place = f"，{names['grounds'].get(tags.ground, tags.ground)}" if tags.ground else ""
    style = "" if tags.style in ("", NO_STYLE) else names["styles"].get(tags.style, tags.style)
    written = f"，写着“{tags.text}”" if tags.text else ""
    palette, light = PALETTES[look.palette], LIGHTS[look.light]
    first, after = things[0] if things else subject, f"，{style}" if style else ""
    return (
        f"{subject}{place}{written}",
        f"{f'{style}，' if style else ''}{first}{place}，{light}",
        f"{subject}{place}，{palette}，{light}{after}",
        f"{first}的特写，{palette}{written}{after}",
    )


def _one(name: str) -> str:
    """With an article, where it is a single thing."""
    if name.endswith("s") and not name.endswith("ss"):
        return name
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def _of(style: str, word: str) -> str:
    return f"{style} {word} " if style else ""


def _after(style: str) -> str:
    return f", {style}" if style else ""
