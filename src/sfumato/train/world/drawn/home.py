"""Vessels, candles and lamps."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    arc,
    around,
    box,
    curve,
    ellipse,
    leaf,
    poly,
    ribbon,
    star,
    wedge,
)  # fmt: skip

GLAZES = "3f78b8 c8503a 58a890 f0c060 8a5aa8 f4efe4 2f4a5a e890a8"


def turned(*profile: tuple[float, float]) -> Shape:
    """A body of revolution about x = 0.5 from (half width, y) down its side."""
    right = curve(*((0.5 + half, y) for half, y in profile), closed=False)
    return np.concatenate((right, (right * (-1, 1) + (1, 0))[::-1]))


def vase(pen: Pen, rng: Generator) -> None:
    glaze, other = pen.pick(GLAZES), pen.pick("f8f2e0 e8b84a 2a3a5a d87a5a")
    outline = pen.pick((
        ((0.11, 0.34), (0.085, 0.42), (0.22, 0.60), (0.20, 0.78), (0.12, 0.95)),
        ((0.15, 0.34), (0.10, 0.46), (0.12, 0.60), (0.18, 0.80), (0.14, 0.95)),
        ((0.07, 0.34), (0.06, 0.48), (0.20, 0.68), (0.22, 0.84), (0.13, 0.95)),
    ))  # fmt: skip
    for x in np.linspace(0.24, 0.76, 5) if pen.look % 2 == 0 else ():
        tip = (x, 0.12 + 0.4 * abs(x - 0.5) + rng.uniform(-0.04, 0.04))
        pen.line(curve((0.5, 0.38), (0.5 + (x - 0.5) * 0.5, 0.26), tip, closed=False), "4f8a3a", 0.014)
        for px, py, t in around(*tip, 0.012, 6):
            pen.fill(leaf(px, py, 0.085, 0.055, t, 0.6), pen.pick("e8506a f8c84a f4f0ff e884c0"), ink=0.6)
        pen.fill(ellipse(*tip, 0.026), "f2b632" if pen.look % 4 else "8a5a2e", ink=0.5)
    body = turned(*outline)
    body = (body - (0.5, 0.95)) * (1.0, 1.0 if pen.look % 2 == 0 else 1.45) + (0.5, 0.95)
    pen.fill(body, glaze, light=1.5)
    with pen.inside(body):
        for y in (0.56, 0.74):
            pen.line(curve((0.2, y), (0.5, y + 0.03), (0.8, y), closed=False), other, 0.020)
        for k, x in enumerate(np.linspace(0.26, 0.74, 7)):
            y = 0.665 - 0.25 * (x - 0.5) ** 2
            pen.fill(
                (
                    star(x, y, 0.035, 0.014, 5 + pen.look % 3),
                    ellipse(x, y, 0.024),
                    leaf(x, y + 0.03, 0.07, 0.03, -1.57),
                )[pen.look % 3],
                other,
                ink=0,
                light=0.4 + 0 * k,
            )
        pen.glaze(ellipse(0.42, 0.62, 0.022, 0.16, 0.1), "ffffff", 0.55, blur=0.012)
    top = float(body[:, 1].min())
    pen.fill(ellipse(0.5, top, outline[0][0] + 0.015, 0.022), lighter(glaze, 0.15))
    if pen.look % 2:
        pen.fill(ellipse(0.5, top, outline[0][0] - 0.01, 0.012), darker(glaze, 0.6), ink=0.4)


def candle(pen: Pen, rng: Generator) -> None:
    wax = pen.pick("fbf2dc e8503e f4d8e0 a8c8b0 f2c878 8a6aa8")
    for x, top, half in pen.pick(
        (
            ((0.5, 0.36, 0.13),),
            ((0.27, 0.5, 0.11), (0.73, 0.56, 0.11), (0.5, 0.34, 0.12)),
            ((0.5, 0.28, 0.07),),
        )
    ):
        pen.fill(box(x - half, top, x + half, 0.88, 0.02), wax, blend(wax, "fff0b0", 0.2), light=1.4)
        pen.fill(ellipse(x, top, half, half * 0.25), lighter(wax, 0.5), ink=0.6)
        for u in (-0.75, -0.2, 0.5):
            pen.fill(
                ribbon(
                    poly((x + u * half, top + 0.01), (x + u * half, top + rng.uniform(0.08, 0.24))),
                    0.040,
                    0.028,
                ),
                lighter(wax, 0.25),
                ink=0.4,
            )
        pen.line(curve((x, top), (x + 0.006, top - 0.03), (x, top - 0.055), closed=False), "2a2024", 0.012)
        pen.glow(x, top - 0.12, 0.21, "ffc85a", 0.65)
        pen.fill(
            curve((x, top - 0.25), (x + 0.055, top - 0.11), (x, top - 0.03), (x - 0.055, top - 0.11)),
            "ffe27a",
            "ff8a2a",
            light=0,
            ink=0.4,
        )
        pen.fill(
            curve((x, top - 0.17), (x + 0.026, top - 0.09), (x, top - 0.045), (x - 0.026, top - 0.09)),
            "fffdf0",
            light=0,
            ink=0,
        )
    metal = pen.pick("c8983e 8a8f98 6a4a34")
    pen.fill(
        np.concatenate((arc(0.5, 0.88, 0.40, 0.04, 0.5, 1.0), arc(0.5, 0.88, 0.40, 0.085, 0.0, 0.5))), metal
    )
    if pen.look % 2 == 0:
        pen.fill(ellipse(0.90, 0.86, 0.065), metal, hole=ellipse(0.90, 0.86, 0.038))


def teapot(pen: Pen, rng: Generator) -> None:
    glaze, other = pen.pick(GLAZES), pen.pick("f8f2e0 e8b84a 2a3a5a e890a8", 3)
    tall = pen.pick((0.0, 0.06, -0.03))
    pen.fill(
        ribbon(
            curve((0.72, 0.42 - tall), (0.95, 0.36), (0.95, 0.66), (0.72, 0.72), closed=False), 0.055, 0.050
        ),
        glaze,
    )
    spout = curve(
        (0.30, 0.74), (0.18, 0.64), (0.13, 0.46), (0.03, 0.36), (0.12, 0.33), (0.23, 0.42), (0.34, 0.54)
    )
    pen.fill(spout, glaze)
    body = turned((0.10, 0.32 - tall), (0.26, 0.44 - tall / 2), (0.29, 0.62), (0.22, 0.80), (0.15, 0.86))
    pen.fill(body, glaze, light=1.5)
    with pen.inside(body):
        if pen.look % 2:
            pen.fill(
                curve((0.1, 0.58), (0.5, 0.64), (0.9, 0.58), (0.9, 0.70), (0.5, 0.77), (0.1, 0.70)),
                other,
                light=0.6,
                ink=0,
            )
        else:
            _flowers(pen, other)
        pen.glaze(ellipse(0.36, 0.50, 0.035, 0.10, 0.45), "ffffff", 0.6, blur=0.015)
    pen.fill(box(0.34, 0.85, 0.66, 0.89, 0.015), darker(glaze, 0.15))
    y = 0.32 - tall
    pen.fill(
        np.concatenate((arc(0.5, y, 0.17, 0.085, 0.5, 1.0), arc(0.5, y, 0.17, 0.025, 0.0, 0.5))),
        lighter(glaze, 0.08),
    )
    pen.fill(ellipse(0.5, y - 0.105, 0.036), other)


def _flowers(pen: Pen, colour: Colour) -> None:
    for x, y in ((0.5, 0.60), (0.33, 0.56), (0.67, 0.56)):
        for px, py, t in around(x, y, 0.01, 6):
            pen.fill(leaf(px, py, 0.062, 0.045, t, 0.6), colour, light=0.5, ink=0)
        pen.fill(ellipse(x, y, 0.020), "f2b632", light=0.3, ink=0)


def bottle(pen: Pen, rng: Generator) -> None:
    glass, kind = pen.pick("3f8a5a 8a5a34 6ab8d8 b83a5a 7a6ab8 c8e0e0 e8a83a 2f5f8a"), pen.look % 4
    outline = (
        ((0.055, 0.10), (0.055, 0.30), (0.13, 0.42), (0.14, 0.60), (0.135, 0.95)),
        ((0.05, 0.20), (0.06, 0.40), (0.22, 0.60), (0.26, 0.78), (0.17, 0.95)),
        ((0.07, 0.12), (0.07, 0.20), (0.19, 0.32), (0.19, 0.60), (0.18, 0.95)),
        ((0.045, 0.10), (0.04, 0.46), (0.20, 0.66), (0.21, 0.84), (0.19, 0.95)),
    )[kind]  # fmt: skip
    body = turned(*outline)
    pen.fill(body, lighter(glass, 0.35), glass, light=1.2)
    with pen.inside(body):
        level = 0.58
        pen.fill(box(0, level, 1, 1), darker(glass, 0.05), darker(glass, 0.35), light=0.2, ink=0)
        pen.glaze(ellipse(0.5, level, 0.3, 0.016), lighter(glass, 0.5), 0.8)
        pen.dabs(
            (ellipse(0.5 + rng.uniform(-0.15, 0.15), rng.uniform(level, 0.92), 0.010), lighter(glass, 0.5))
            for _ in range(14 * (kind % 2))
        )
        half = float(outline[3][0])
        pen.glaze(ellipse(0.5 - half * 0.55, 0.66, half * 0.13, 0.22), "ffffff", 0.65, blur=0.008)
        if kind in (0, 2):
            pen.fill(box(0.2, 0.62, 0.8, 0.82), "f8f0dc", ink=0.5, light=0.6)
            pen.fill(star(0.5, 0.72, 0.055, 0.024, 5), pen.pick("c83a3a 3a5a9a"), light=0.3, ink=0)
    pen.fill(
        box(
            0.5 - outline[0][0] * 0.8,
            outline[0][1] - 0.07,
            0.5 + outline[0][0] * 0.8,
            outline[0][1] + 0.01,
            0.008,
        ),
        "c8965a",
    )
    pen.fill(
        box(
            0.5 - outline[0][0] * 1.25, outline[0][1], 0.5 + outline[0][0] * 1.25, outline[0][1] + 0.04, 0.01
        ),
        lighter(glass, 0.15),
    )


def lamp(pen: Pen, rng: Generator) -> None:
    shade, base = pen.pick("f8e4a8 e8785a 8ac0c8 f4c0d0 d8c8f0 b8d088"), pen.pick(GLAZES, 3)
    pen.glow(0.5, 0.34, 0.46, "ffdf8a", 0.5)
    outline = pen.pick((
        ((0.03, 0.46), (0.03, 0.56), (0.14, 0.68), (0.13, 0.80), (0.05, 0.88)),
        ((0.022, 0.46), (0.022, 0.60), (0.022, 0.75), (0.022, 0.85), (0.08, 0.90)),
        ((0.03, 0.46), (0.09, 0.56), (0.04, 0.68), (0.10, 0.78), (0.05, 0.90)),
    ))  # fmt: skip
    pen.fill(turned(*outline), base, light=1.4)
    pen.fill(box(0.34, 0.88, 0.66, 0.95, 0.025), darker(base, 0.2))
    top = pen.pick((0.14, 0.20, 0.09))
    cover = wedge(0.5, 0.10, 0.48, top, 0.32)
    pen.fill(cover, blend(shade, "fff8d8", 0.35), shade, light=0.6)
    with pen.inside(cover):
        pen.glow(0.5, 0.42, 0.26, "fffbe4", 0.9)
        if pen.look % 2:
            for u in np.linspace(-1, 1, 11):
                pen.line(poly((0.5 + u * top, 0.10), (0.5 + u * 0.32, 0.48)), darker(shade, 0.2), 0.006)
        pen.line(poly((0, 0.47), (1, 0.47)), darker(shade, 0.3), 0.020)
    pen.line(poly((0.60, 0.48), (0.60, 0.58)), "c8983e", 0.006)
    pen.fill(ellipse(0.60, 0.59, 0.014), "e8c45a", ink=0.5)


PAINTERS = MappingProxyType(
    {
        "vase": vase,
        "candle": candle,
        "teapot": teapot,
        "bottle": bottle,
        "lamp": lamp,
    }
)
