"""Sprites: every object of the lexicon, drawn once from the emoji font.

The font is Debian's `fonts-noto-color-emoji` (SIL Open Font License). A machine without it takes the
sprites from a file that another machine wrote (`python -m sfumato.train.world.atlas sprites.safetensors`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from safetensors.torch import load_file, save_file
from torch import Tensor

from sfumato.train.world.lexicon import OBJECTS

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
STRIKE_PX = 109  # the only size of the font's bitmaps
SIDE_PX = 128


def draw_atlas(font: Path = FONT) -> Tensor:
    """All objects as premultiplied RGBA in [0, 1], shape (objects, 4, 128, 128).

    Raises:
        FileNotFoundError: the font is not installed; says what to install.
    """
    if not font.exists():
        raise FileNotFoundError(
            f"The painted world draws its objects from {font.name}, which is not installed here: "
            "run 'apt-get install fonts-noto-color-emoji', or give a sprite file."
        )
    face = ImageFont.truetype(str(font), STRIKE_PX)
    return torch.stack([_sprite(word.glyph, face) for word in OBJECTS])


def open_atlas(path: Path | None = None) -> Tensor:
    """The sprites from a file if one is given, else from the font."""
    return load_file(path)["sprites"].float() / 255 if path else draw_atlas()


def _sprite(glyph: str, face: ImageFont.FreeTypeFont) -> Tensor:
    canvas = Image.new("RGBA", (2 * STRIKE_PX, 2 * STRIKE_PX))
    ImageDraw.Draw(canvas).text((20, 20), glyph, font=face, embedded_color=True)
    cropped = canvas.crop(canvas.getbbox())
    side = max(cropped.size)
    square = Image.new("RGBA", (side, side))
    square.paste(cropped, ((side - cropped.width) // 2, (side - cropped.height) // 2))
    pixels = np.asarray(square.resize((SIDE_PX - 4, SIDE_PX - 4), Image.Resampling.LANCZOS), np.float32) / 255
    pixels = np.pad(pixels, ((2, 2), (2, 2), (0, 0)))  # a clear rim: sampling past the edge must find nothing
    pixels[..., :3] *= pixels[..., 3:]
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()  # (4, 128, 128)


if __name__ == "__main__":
    save_file({"sprites": (draw_atlas() * 255).round().to(torch.uint8)}, sys.argv[1])
