"""Outlines in unit coordinates, x to the right and y down: arrays (points, 2) that a Pen fills."""

from __future__ import annotations

import numpy as np
from numpy import cos, pi, sin
from numpy.typing import ArrayLike, NDArray

Shape = NDArray[np.float64]
TAU = 2 * pi


def poly(*points: tuple[float, float]) -> Shape:
    """The polygon of these corners."""
    return np.array(points, float)


def ellipse(x: float, y: float, rx: float, ry: float = 0.0, turn: float = 0.0) -> Shape:
    """An ellipse, or a circle where `ry` is 0; `turn` in radians, clockwise."""
    t = np.linspace(0, TAU, 72, endpoint=False)
    return moved(np.stack((rx * cos(t), (ry or rx) * sin(t)), 1), x, y, turn=turn)


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Shape:
    """Part of an ellipse; angles in turns from the right, clockwise (0.5 to 1 is the upper half)."""
    t = np.linspace(start, end, 48) * TAU
    return np.stack((x + rx * cos(t), y + ry * sin(t)), 1)


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0.0) -> Shape:
    """An upright rectangle with corners rounded by `r`."""
    if r <= 0:
        return poly((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    corners = (x1 - r, y1 - r, 0.0), (x0 + r, y1 - r, 0.25), (x0 + r, y0 + r, 0.5), (x1 - r, y0 + r, 0.75)
    return np.concatenate([arc(x, y, r, r, start, start + 0.25) for x, y, start in corners])


def wedge(x: float, top: float, bottom: float, above: float, below: float) -> Shape:
    """A symmetric trapezoid about x, half as wide as `above` at the top and `below` at the bottom."""
    return poly((x - above, top), (x + above, top), (x + below, bottom), (x - below, bottom))


def curve(*points: tuple[float, float], closed: bool = True) -> Shape:
    """A smooth line through the points (cubic Bezier pieces by Catmull and Rom's rule)."""
    p = np.array(points, float)
    before, after = (np.roll(p, 1, 0), np.roll(p, -1, 0)) if closed else _ends(p)
    slope = (after - before) / 2
    last = len(p) if closed else len(p) - 1
    t = np.linspace(0, 1, 14, endpoint=False)[:, None]
    pieces = [_hermite(p[i], p[(i + 1) % len(p)], slope[i], slope[(i + 1) % len(p)], t) for i in range(last)]
    return np.concatenate(pieces if closed else [*pieces, p[-1:]])


def _ends(p: Shape) -> tuple[Shape, Shape]:
    return np.concatenate((p[:1], p[:-1])), np.concatenate((p[1:], p[-1:]))


def _hermite(a: Shape, b: Shape, da: Shape, db: Shape, t: Shape) -> Shape:
    left, right = (1 + 2 * t) * (1 - t) ** 2, t * t * (3 - 2 * t)
    return left * a + right * b + t * (1 - t) ** 2 * da - t * t * (1 - t) * db


def blob(rng: np.random.Generator, x: float, y: float, rx: float, ry: float, rough: float = 0.15) -> Shape:
    """A closed uneven outline about an ellipse: `rough` 0 is the ellipse, 0.4 very ragged."""
    n = 12
    t = np.arange(n) / n * TAU
    r = 1 + rough * rng.uniform(-1, 1, n)
    return curve(*zip(x + rx * r * cos(t), y + ry * r * sin(t), strict=True))


def crag(rng: np.random.Generator, x: float, y: float, rx: float, ry: float, n: int = 9) -> Shape:
    """An angular blob of n corners, for stone and ice."""
    t = (np.arange(n) + rng.uniform(-0.3, 0.3, n)) / n * TAU
    r = rng.uniform(0.82, 1.05, n)
    return np.stack((x + rx * r * cos(t), y + ry * r * sin(t)), 1)


def star(x: float, y: float, r: float, inner: float, n: int, turn: float = 0.0) -> Shape:
    """A star of n points, the first upwards; `inner` is its inner radius."""
    t = np.arange(2 * n) * pi / n - pi / 2 + turn
    radius = np.where(np.arange(2 * n) % 2 == 0, r, inner)
    return np.stack((x + radius * cos(t), y + radius * sin(t)), 1)


def cog(x: float, y: float, r: float, teeth: int, turn: float = 0.0, depth: float = 0.17) -> Shape:
    """A toothed wheel of outer radius r; its teeth are `depth` · r high."""
    steps = np.arange(teeth)[:, None] + np.array([-0.3, -0.17, 0.17, 0.3])
    t = (steps / teeth * TAU + turn).ravel()
    radius = r * np.tile([1 - depth, 1, 1, 1 - depth], teeth)
    return np.stack((x + radius * cos(t), y + radius * sin(t)), 1)


def leaf(x: float, y: float, length: float, width: float, turn: float, belly: float = 0.45) -> Shape:
    """A pointed leaf or petal from (x, y) towards `turn` (radians, 0 to the right); widest at `belly`."""
    t = np.linspace(0, 1, 20)
    power = np.log(0.5) / np.log(belly)
    half = width / 2 * sin(pi * t**power) ** 0.8
    upper, lower = np.stack((t * length, -half), 1), np.stack((t * length, half), 1)[::-1]
    return moved(np.concatenate((upper, lower)), x, y, turn=turn)


def ribbon(points: ArrayLike, start: float, end: float) -> Shape:
    """A stroke along points whose width runs from `start` to `end`."""
    p = np.asarray(points, float)
    along = np.gradient(p, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    half = np.linspace(start, end, len(p))[:, None] / 2 * np.stack((-along[:, 1], along[:, 0]), 1)
    return np.concatenate((p + half, (p - half)[::-1]))


def moved(shape: Shape, x: float = 0.0, y: float = 0.0, scale: float = 1.0, turn: float = 0.0) -> Shape:
    """Scaled and turned about the origin, then shifted."""
    spin = np.array(((cos(turn), sin(turn)), (-sin(turn), cos(turn))))
    return scale * shape @ spin + (x, y)


def around(x: float, y: float, r: float, n: int, turn: float = 0.0) -> list[tuple[float, float, float]]:
    """n places on a circle, each with its angle: (x, y, radians)."""
    return [(x + r * cos(t), y + r * sin(t), float(t)) for t in np.arange(n) / n * TAU + turn]
