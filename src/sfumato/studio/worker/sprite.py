"""Sprites: how far a job is, as a picture so small that it can be sent several times a second."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST_BYTES = 10_000
# (longest side in pixels, quality), the first that is small enough. Noise alone needs more than the first.
FORMS = ((256, 60), (256, 30), (128, 30), (64, 30))


def sprite(pixels: np.ndarray) -> bytes:
    """A picture, uint8 (H, W, 3), as WebP of at most 256 × 256 pixels and 10 000 bytes."""
    from PIL import Image

    image, data = Image.fromarray(pixels), b""
    for side, quality in FORMS:
        image.thumbnail((side, side))
        file = BytesIO()
        image.save(file, "WEBP", quality=quality, method=1)
        data = file.getvalue()
        if len(data) <= MOST_BYTES:
            break
    return data
