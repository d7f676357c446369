"""What painters share: shapes filled with light on them, outlines, grain, glows and clipped painting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from sfumato.train.world.drawn.shapes import Shape

Colour = str | tuple[float, float, float]  # "rrggbb", or three numbers in [0, 1]
Pixels = NDArray[np.float32]
T = TypeVar("T")

SPRITE_PX = 128
FINER = 4  # the canvas is so many times larger, which smooths all edges
CANVAS_PX = SPRITE_PX * FINER
FILLED_PX = 120  # the longer side of what is drawn
SUNLIT = (1.0, 0.98, 0.90)
DIMMED = (1.0, 0.93, 0.78)  # shadows keep their blue longest


class Finish(NamedTuple):
    """How a look is rendered: width of the outline, light over a shape, light on its edges, grain."""

    ink: float
    slope: float
    relief: float
    grain: float


FINISHES = (
    Finish(ink=0.008, slope=0.16, relief=0.32, grain=0.02),  # a soft cartoon
    Finish(ink=0.0, slope=0.24, relief=0.55, grain=0.07),  # painted, rounded, grainy
    Finish(ink=0.012, slope=0.08, relief=0.14, grain=0.0),  # bold lines, nearly flat
    Finish(ink=0.004, slope=0.28, relief=0.48, grain=0.045),  # a fine line, deep light
)


class Pen:
    """A canvas whose unit square a painter fills; light falls from the upper left.

    `look` is the number of the look that is drawn: it decides the finish and what `pick` gives.
    """

    def __init__(self, look: int, rng: np.random.Generator) -> None:
        self.look = look
        self.finish = FINISHES[look % len(FINISHES)]
        self.canvas: Pixels = np.zeros((CANVAS_PX, CANVAS_PX, 4), np.float32)  # premultiplied
        self._clip: Pixels | None = None
        self._grain = _grain(rng) * self.finish.grain

    @overload
    def pick(self, options: str, step: int = 1) -> str: ...

    @overload
    def pick(self, options: Sequence[T], step: int = 1) -> T: ...

    def pick(self, options: str | Sequence[T], step: int = 1) -> str | T:
        """One of the options, or of the words of a string, another for each look; `step` breaks rhymes."""
        words = options.split() if isinstance(options, str) else options
        return words[(self.look * step + self.look // len(words)) % len(words)]

    def fill(
        self,
        shape: Shape | Sequence[Shape],
        colour: Colour,
        to: Colour | None = None,
        light: float = 1.0,
        ink: float = 1.0,
        hole: Shape | None = None,
    ) -> None:
        """Fill one shape or a union of shapes, lit as the finish says times `light`.

        `to` is the colour at the bottom, where it differs; `ink` scales the outline; `hole` is left out.
        """
        shapes = [shape] if isinstance(shape, np.ndarray) else list(shape)
        width = max(2, round(2 * self.finish.ink * ink * CANVAS_PX)) if self.finish.ink * ink else 0
        corner, size = _bounds(shapes, width)
        cover = _cover(shapes, corner, size, hole=hole)
        if width:
            line = _cover(shapes, corner, size, hole=hole, width=width)
            self._lay(np.asarray(rgb(colour)) * (0.30, 0.27, 0.33), line, corner)
        self._lay(self._lit(rgb(colour), rgb(to or colour), cover, corner, light), cover, corner)

    def line(self, points: Shape, colour: Colour, width: float = 0.012) -> None:
        """A stroke of even width with round ends and no outline of its own."""
        wide = max(1, round(width * CANVAS_PX))
        corner, size = _bounds([points], wide)
        image = Image.new("L", size)
        draw = ImageDraw.Draw(image)
        path = [tuple(p) for p in points * CANVAS_PX - corner]
        draw.line(path, fill=255, width=wide, joint="curve")
        for x, y in (path[0], path[-1]) if wide > 3 else ():
            draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=255)
        self._lay(np.asarray(rgb(colour)), _numbers(image), corner)

    def glaze(self, shape: Shape, colour: Colour, alpha: float = 0.35, blur: float = 0.0) -> None:
        """A see-through even layer: shadows, glass, shine; `blur` softens its edge (unit length)."""
        corner, size = _bounds([shape], round(3 * blur * CANVAS_PX))
        cover = _cover([shape], corner, size, blur=blur)
        self._lay(np.asarray(rgb(colour)), cover * alpha, corner)

    def dabs(self, spots: Iterable[tuple[Shape, Colour]]) -> None:
        """Many flat little shapes at once: leaves, petals, stones, sparks."""
        layer = Image.new("RGB", (CANVAS_PX, CANVAS_PX))
        cover = Image.new("L", layer.size)
        colours, covers = ImageDraw.Draw(layer), ImageDraw.Draw(cover)
        for shape, colour in spots:
            path = [tuple(p) for p in shape * CANVAS_PX]
            colours.polygon(path, fill=tuple(round(255 * c) for c in rgb(colour)))
            covers.polygon(path, fill=255)
        self._lay(np.asarray(layer, np.float32) / 255, _numbers(cover), np.zeros(2, int))

    def glow(self, x: float, y: float, r: float, colour: Colour, alpha: float = 0.6) -> None:
        """A round light that fades to nothing at radius r."""
        corner, size = _bounds([np.array(((x - r, y - r), (x + r, y + r)))], 0)
        across = np.arange(size[0])[None, :] - (x * CANVAS_PX - corner[0])
        down = np.arange(size[1])[:, None] - (y * CANVAS_PX - corner[1])
        far = np.sqrt(across**2 + down**2) / (r * CANVAS_PX)
        cover = (alpha * np.clip(1 - far, 0, 1) ** 1.6).astype(np.float32)
        self._lay(np.asarray(rgb(colour)), cover, corner)

    @contextmanager
    def inside(self, shape: Shape | Sequence[Shape]) -> Iterator[None]:
        """What is painted in this block shows only inside the shape."""
        shapes = [shape] if isinstance(shape, np.ndarray) else list(shape)
        outer, here = self._clip, _cover(shapes, np.zeros(2, int), (CANVAS_PX, CANVAS_PX))
        self._clip = here if outer is None else here * outer
        try:
            yield
        finally:
            self._clip = outer

    def _lay(self, colour: NDArray, cover: Pixels, corner: NDArray) -> None:
        (x, y), (h, w) = corner, cover.shape
        if self._clip is not None:
            cover = cover * self._clip[y : y + h, x : x + w]
        below = self.canvas[y : y + h, x : x + w]
        below *= 1 - cover[..., None]
        below[..., :3] += colour * cover[..., None]
        below[..., 3] += cover

    def _lit(self, top: NDArray, bottom: NDArray, cover: Pixels, corner: NDArray, light: float) -> Pixels:
        (x, y), (h, w) = corner, cover.shape
        slope = np.linspace(0.6, -0.6, h)[:, None] + np.linspace(0.4, -0.4, w)
        lit = light * (self.finish.slope * slope + self.finish.relief * _relief(cover))
        lit = (lit + self._grain[y : y + h, x : x + w] * min(1.0, light)).astype(np.float32)[..., None]
        colour = (top + (bottom - top) * np.linspace(0, 1, h)[:, None, None]).astype(np.float32)
        bright, dark = np.clip(lit, 0, 0.9), np.clip(-lit, 0, 0.9)
        lit_colour = (colour + (np.array(SUNLIT, np.float32) - colour) * bright) * (
            1 - np.array(DIMMED, np.float32) * dark
        )
        return lit_colour.astype(np.float32)


def rgb(colour: Colour) -> NDArray:
    """A colour as three numbers in [0, 1]."""
    if isinstance(colour, str):
        return np.array([int(colour[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return np.array(colour, float)


def blend(a: Colour, b: Colour, share: float) -> tuple[float, float, float]:
    """Between a (share 0) and b (share 1)."""
    red, green, blue = rgb(a) + (rgb(b) - rgb(a)) * share
    return float(red), float(green), float(blue)


def darker(colour: Colour, share: float = 0.3) -> tuple[float, float, float]:
    """Towards a deep blue-violet shadow."""
    return blend(colour, "1a1430", share)


def lighter(colour: Colour, share: float = 0.3) -> tuple[float, float, float]:
    """Towards a warm white."""
    return blend(colour, "fffbea", share)


def _bounds(shapes: Sequence[Shape], margin: int) -> tuple[NDArray, tuple[int, int]]:
    """The corner and (width, height) of a window of the canvas, in its pixels, that holds the shapes."""
    points = np.concatenate(shapes) * CANVAS_PX
    low = np.clip(np.floor(points.min(0)) - margin - 1, 0, CANVAS_PX - 2).astype(int)
    high = np.clip(np.ceil(points.max(0)) + margin + 2, low + 2, CANVAS_PX).astype(int)
    width, height = high - low
    return low, (int(width), int(height))


def _cover(
    shapes: Sequence[Shape],
    corner: NDArray,
    size: tuple[int, int],
    hole: Shape | None = None,
    width: int = 0,
    blur: float = 0.0,
) -> Pixels:
    """Where the union of shapes lies in a window; with a width, their outlines instead."""
    image = Image.new("L", size)
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        path = [tuple(p) for p in shape * CANVAS_PX - corner]
        if width:
            draw.line([*path, path[0], path[1]], fill=255, width=width, joint="curve")
        else:
            draw.polygon(path, fill=255)
    if hole is not None:
        draw.polygon([tuple(p) for p in hole * CANVAS_PX - corner], fill=0)
    return _numbers(image.filter(ImageFilter.GaussianBlur(blur * CANVAS_PX)) if blur else image)


def _numbers(image: Image.Image) -> Pixels:
    return np.asarray(image, np.float32) / np.float32(255)


def _relief(cover: Pixels) -> Pixels:
    """Light on a rounded form of this outline, in [-1, 1]: bright towards the upper left."""
    h, w = cover.shape
    small = Image.fromarray((cover * 255).astype(np.uint8)).resize((w // 4 + 2, h // 4 + 2))
    radius = float(np.clip(0.13 * min(small.size), 0.7, 9))
    soft = np.pad(_numbers(small.filter(ImageFilter.GaussianBlur(radius))), 8, mode="edge")
    k = int(np.clip(radius, 1, 8))
    bump = np.roll(soft, (-k, -k), (0, 1)) - np.roll(soft, (k, k), (0, 1))
    return np.asarray(Image.fromarray(bump[8:-8, 8:-8]).resize((w, h), Image.Resampling.BILINEAR))


def _grain(rng: np.random.Generator) -> Pixels:
    """Uneven tone over the canvas, of three grain sizes, about standard normal."""
    total = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
    for cells, share in ((12, 0.6), (40, 0.6), (128, 0.5)):
        cloth = Image.fromarray(rng.standard_normal((cells, cells)).astype(np.float32))
        total += share * np.asarray(cloth.resize((CANVAS_PX, CANVAS_PX), Image.Resampling.BICUBIC))
    return total
