"""Canvases made into sprites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from sfumato.train.world.drawn.pen import FILLED_PX, SPRITE_PX, Pixels

VISIBLE = (0,) * 13 + (255,) * 243  # what counts as seen, by alpha


def fitted(canvases: Sequence[Pixels]) -> list[Image.Image]:
    """Canvases as RGBA sprites of 128 pixels, centred, all scaled alike so that the largest just fits.

    Raises:
        ValueError: nothing was painted.
    """
    images = [Image.fromarray((np.clip(c, 0, 1) * 255).round().astype(np.uint8)) for c in canvases]
    seen = [image.getchannel("A").point(VISIBLE).getbbox() for image in images]
    boxes = [box for box in seen if box is not None]
    if len(boxes) < len(images):
        raise ValueError("A painter painted nothing on its canvas: let it fill at least one shape.")
    scale = FILLED_PX / max(max(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes)
    return [_placed(image.crop(box), scale) for image, box in zip(images, boxes, strict=True)]


def _placed(cropped: Image.Image, scale: float) -> Image.Image:
    size = max(1, round(cropped.width * scale)), max(1, round(cropped.height * scale))
    small = np.asarray(cropped, np.float32)
    planes = [Image.fromarray(np.ascontiguousarray(small[..., k])) for k in range(4)]
    red, green, blue, alpha = (np.asarray(p.resize(size, Image.Resampling.BOX)) for p in planes)
    clear = np.where(alpha > 0, alpha, 1) / 255
    straight = np.stack((red / clear, green / clear, blue / clear, alpha), -1)
    square = Image.new("RGBA", (SPRITE_PX, SPRITE_PX))
    sprite = Image.fromarray(np.clip(straight.round(), 0, 255).astype(np.uint8))
    square.paste(sprite, ((SPRITE_PX - size[0]) // 2, (SPRITE_PX - size[1]) // 2))
    return square
