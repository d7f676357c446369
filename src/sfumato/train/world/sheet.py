"""Contact sheets: pictures of the painted world with what is said of them, to look at."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from unicodedata import east_asian_width

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sfumato.engine import to_pixels
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.captions import describe
from sfumato.train.world.draw import draw_scene
from sfumato.train.world.render import render
from sfumato.train.world.scene import Kind, Scene

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
LINES, LINE_PX, GAP_PX = 4, 15, 8
BATCH = 16


def contact_sheet(
    atlas: Atlas, count: int, seed: int = 0, side: int = 256, columns: int = 6, kind: Kind | None = None
) -> Image.Image:
    """`count` squares of `side` pixels, each above one of its captions."""
    rng = np.random.Generator(np.random.Philox(seed))
    scenes = [draw_scene(rng, (1, 1), kind) for _ in range(count)]
    return sheet_of(scenes, [describe(scene, rng) for scene in scenes], atlas, side, columns)


def sheet_of(
    scenes: Sequence[Scene], captions: Sequence[str], atlas: Atlas, side: int = 256, columns: int = 6
) -> Image.Image:
    """These scenes, each above its caption."""
    cell_x, cell_y = side + GAP_PX, side + GAP_PX + LINES * LINE_PX
    sheet = Image.new(
        "RGB", (columns * cell_x + GAP_PX, -(-len(scenes) // columns) * cell_y + GAP_PX), "white"
    )
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, LINE_PX - 4)
    for first in range(0, len(scenes), BATCH):
        pictures = render(scenes[first : first + BATCH], atlas, (side, side))
        for number, picture in enumerate(pictures, first):
            x, y = GAP_PX + number % columns * cell_x, GAP_PX + number // columns * cell_y
            sheet.paste(Image.fromarray(to_pixels(picture)), (x, y))
            for line, text in enumerate(_lines(captions[number], side // 6)):
                pen.text((x, y + side + 1 + line * LINE_PX), text, "black", font)
    return sheet


def _lines(text: str, width: int) -> list[str]:
    """At most LINES lines; a Chinese character is as wide as two letters."""
    wide = sum(east_asian_width(letter) == "W" for letter in text) > len(text) / 3
    return wrap(text, width // 2 if wide else width)[:LINES]
