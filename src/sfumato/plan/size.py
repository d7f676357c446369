"""From an aspect ratio to whole pixels."""

from __future__ import annotations

from math import log, sqrt

# A shape that is wrong by one per cent is as bad as a picture that is two per cent smaller than it could be.
LOST_PIXELS_COST = 0.5


def fit(aspect: tuple[int, int], pixels: int, multiple: int) -> tuple[int, int]:
    """(width, height) in pixels of the picture that shows `aspect` best within a budget.

    Both sides are multiples of `multiple`, their product is at most `pixels`, and the long side is less than
    one multiple away from the short side times the ratio. Turning the aspect turns the size.

    Raises ValueError when no such size exists: `pixels` must hold at least `multiple`² times the ratio.
    """
    width, height = aspect
    if width < height:
        long, short = fit((height, width), pixels, multiple)
        return short, long
    ratio = width / height
    highest = int(sqrt(pixels / ratio) / multiple) + 1
    sizes = [
        (long * multiple, short * multiple)
        for short in range(1, highest + 1)
        for long in _neighbours(short * width, height)
        if long * short * multiple**2 <= pixels
    ]
    if not sizes:
        raise ValueError(
            f"{pixels} pixels do not hold a picture of {width}:{height} in multiples of {multiple}"
        )
    return min(sizes, key=lambda size: _cost(size, ratio, pixels))


def _neighbours(numerator: int, denominator: int) -> tuple[int, ...]:
    """The whole numbers next to a fraction; the fraction itself where it is whole."""
    below = numerator // denominator
    return (below,) if below * denominator == numerator else (below, below + 1)


def _cost(size: tuple[int, int], ratio: float, pixels: int) -> float:
    width, height = size
    return abs(log(width / height / ratio)) + LOST_PIXELS_COST * log(pixels / (width * height))
