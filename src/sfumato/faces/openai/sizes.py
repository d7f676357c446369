"""Sizes that are asked for, and the shapes in which a model can paint them."""

from __future__ import annotations

import re
from fractions import Fraction

from sfumato.faces.openai.errors import Wrong

SIZE = re.compile(r"(\d{1,5})\s*[xX×*]\s*(\d{1,5})", re.A)
SMALLEST, LARGEST = 16, 4096  # pixels of a side
FINEST = 100  # an aspect ratio's smaller number

Size = tuple[int, int]


def read_size(text: str) -> Size | None:
    """(width, height) in pixels; None for auto. Raises Wrong."""
    if text == "auto":
        return None
    found = SIZE.fullmatch(text)
    if not found:
        raise Wrong("size", f"A size is auto or as 1024x768, not {text!r}.")
    size = int(found[1]), int(found[2])
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise Wrong("size", f"A side of a picture has {SMALLEST} to {LARGEST} pixels, not as {text}.")
    return size


def aspect_of(size: Size, maximum: float) -> Size:
    """The aspect ratio (w, h) nearest to a size that is at most so much longer than wide, in small
    numbers."""
    ratio = Fraction(max(size), min(size)).limit_denominator(FINEST)
    most = Fraction(int(maximum * FINEST), FINEST)
    long, short = min(ratio, most).as_integer_ratio()
    return (long, short) if size[0] >= size[1] else (short, long)
