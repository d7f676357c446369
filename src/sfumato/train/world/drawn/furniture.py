"""Furniture, windows and doors."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.home import GLAZES, turned
from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import (
    arc,
    around,
    blob,
    box,
    curve,
    ellipse,
    leaf,
    poly,
    ribbon,
    wedge,
)  # fmt: skip
from sfumato.train.world.drawn.trees import crown

WOODS = "a8743e 6a4228 d8b07a 8a4a34 e8dcc8 5a6a7a"


def chair(pen: Pen, rng: Generator) -> None:
    wood, cloth, arms = (
        pen.pick(WOODS),
        pen.pick("c8503a 3f7a8a e0a83a 6a9a6a 8a5a8a c88a9a 4a5a7a b8743e"),
        pen.look % 2,
    )
    if arms:
        for x in (0.2, 0.74):
            pen.fill(box(x, 0.86, x + 0.06, 0.96), wood)
        pen.fill(box(0.20, 0.08, 0.80, 0.70, 0.12), cloth)
        for x, y in ((0.35, 0.24), (0.5, 0.20), (0.65, 0.24), (0.42, 0.36), (0.58, 0.36)):
            pen.fill(ellipse(x, y, 0.014), darker(cloth, 0.4), ink=0)
        pen.fill(box(0.17, 0.62, 0.83, 0.88, 0.05), darker(cloth, 0.12))
        pen.fill(box(0.22, 0.52, 0.78, 0.68, 0.06), lighter(cloth, 0.12))
        for x in (0.08, 0.76):
            pen.fill(box(x, 0.42, x + 0.16, 0.88, 0.075), cloth)
        return
    for x, y in ((0.30, 0.86), (0.80, 0.86)):
        pen.fill(box(x - 0.024, 0.5, x + 0.024, y), darker(wood, 0.3))
    for x in (0.30, 0.80):
        pen.fill(box(x - 0.026, 0.06, x + 0.026, 0.56, 0.02), wood)
    for y in pen.pick(((0.12, 0.26, 0.40), (0.10, 0.30), (0.12,))):
        pen.fill(
            curve(
                (0.30, y), (0.55, y - 0.02), (0.80, y), (0.80, y + 0.08), (0.55, y + 0.06), (0.30, y + 0.08)
            ),
            lighter(wood, 0.1),
        )
    pen.fill(
        poly((0.27, 0.52), (0.83, 0.52), (0.74, 0.64), (0.16, 0.64)),
        cloth if pen.look % 4 == 0 else lighter(wood, 0.15),
    )
    pen.fill(poly((0.16, 0.64), (0.74, 0.64), (0.74, 0.69), (0.16, 0.69)), wood)
    for x in (0.19, 0.71):
        pen.fill(box(x - 0.028, 0.68, x + 0.028, 0.96), wood)


def table(pen: Pen, rng: Generator) -> None:
    wood, kind = pen.pick(WOODS), pen.look % 3
    if kind == 1:
        pen.fill(turned((0.05, 0.45), (0.035, 0.60), (0.07, 0.74), (0.22, 0.90)), wood)
        pen.fill(box(0.06, 0.42, 0.94, 0.47, 0.02), darker(wood, 0.2))
        pen.fill(ellipse(0.5, 0.42, 0.45, 0.10), lighter(wood, 0.15))
    else:
        for x in (0.22, 0.78):
            pen.fill(box(x - 0.022, 0.40, x + 0.022, 0.80), darker(wood, 0.35))
        for x in (0.11, 0.89):
            pen.fill(wedge(x, 0.48, 0.92, 0.035, 0.022), wood)
        top = poly((0.18, 0.32), (0.82, 0.32), (0.97, 0.45), (0.03, 0.45))
        pen.fill(box(0.03, 0.44, 0.97, 0.51), darker(wood, 0.12))
        pen.fill(top, lighter(wood, 0.18))
        with pen.inside(top):
            for x in np.linspace(-0.2, 1.2, 9):
                pen.line(poly((0.5 + (x - 0.5) * 0.65, 0.32), (x, 0.45)), darker(wood, 0.15), 0.005)
        if kind == 2:
            cloth = poly(
                (0.34, 0.315),
                (0.66, 0.315),
                (0.72, 0.45),
                (0.66, 0.62),
                (0.60, 0.56),
                (0.5, 0.63),
                (0.40, 0.56),
                (0.34, 0.62),
                (0.28, 0.45),
            )
            pen.fill(cloth, pen.pick("f4efe4 c8503a 8ab0c8"))
    pen.fill(curve((0.42, 0.30), (0.58, 0.30), (0.56, 0.40), (0.44, 0.40)), pen.pick(GLAZES, 3), light=1.3)
    for x, y in ((0.45, 0.28), (0.55, 0.28), (0.5, 0.255)):
        pen.fill(ellipse(x, y, 0.042), pen.pick("e0402e f0a83a 8ab84a"), ink=0.7)


def bookshelf(pen: Pen, rng: Generator) -> None:
    wood, shelves = pen.pick(WOODS), pen.pick((4, 3, 5))
    half = pen.pick((0.34, 0.42, 0.28))
    pen.fill(box(0.5 - half, 0.03, 0.5 + half, 0.97, 0.015), wood)
    pen.fill(box(0.5 - half + 0.04, 0.07, 0.5 + half - 0.04, 0.92), darker(wood, 0.55), light=-0.4, ink=0.5)
    step = 0.85 / shelves
    for k in range(shelves):
        low, x, end = 0.07 + (k + 1) * step - 0.022, 0.5 - half + 0.05, 0.5 + half - 0.05
        gap = rng.uniform(x, end - 0.1)
        while x < end - 0.02:
            thick, tall = rng.uniform(0.024, 0.05), step * rng.uniform(0.58, 0.85)
            if abs(x - gap) < 0.03:
                _keepsake(pen, rng, x + 0.045, low, step)
                x += 0.10
                continue
            book = box(x, low - tall, min(end, x + thick), low, 0.004)
            tone = str(
                rng.choice("c8403a 3a6ab0 e8b03a 4a8a5a 7a4a8a e8dcc4 2f3a4a d8784a 5aa8a8 a83a5a".split())
            )
            pen.fill(book, tone, ink=0.5)
            for v in (0.2, 0.75):
                pen.line(
                    poly((x + 0.006, low - tall * v), (min(end, x + thick) - 0.006, low - tall * v)),
                    lighter(tone, 0.6),
                    0.007,
                )
            x += thick + 0.003
        pen.fill(box(0.5 - half + 0.02, low, 0.5 + half - 0.02, low + 0.024), lighter(wood, 0.12), ink=0.6)


def _keepsake(pen: Pen, rng: Generator, x: float, low: float, step: float) -> None:
    """A plant or a ball between books."""
    if rng.random() < 0.6:
        pen.fill(wedge(x, low - step * 0.25, low, 0.034, 0.024), "c8693a", ink=0.6)
        crown(pen, rng, [(x, low - step * 0.36, 0.034)], "5f9a44")
    else:
        pen.fill(ellipse(x, low - 0.036, 0.034), "58a8d8", light=1.4, ink=0.6)


def window(pen: Pen, rng: Generator) -> None:
    frame = pen.pick("f8f6f0 8a5a34 5a7a8a e8dcc8")
    sky, ground, disc = (
        pen.pick(("6ab4f0 d8f0ff", "f08a5a fbd890", "1a2450 4a5a9a", "a8c8d8 e8f0f0")).split(),
        pen.pick("6aa84a c88a4a 2a3a5a 8ab07a"),
        pen.pick("fff6d8 fff0a0 f4f4ff ffffff"),
    )
    arched = pen.look % 2
    top = arc(0.5, 0.36, 0.34, 0.30, 0.5, 1.0) if arched else poly((0.16, 0.08), (0.84, 0.08))
    outer = np.concatenate((top, poly((0.84, 0.86), (0.16, 0.86))))
    pen.fill((outer - 0.5) * 1.09 + (0.5, 0.5), darker(frame, 0.08))
    pen.fill(outer, sky[0], sky[1], light=0.0, ink=0.5)
    with pen.inside(outer):
        pen.fill(ellipse(0.66, 0.28, 0.065), disc, light=0.2, ink=0)
        for x, y in ((0.3, 0.30), (0.5, 0.42)):
            pen.glaze(blob(rng, x, y, 0.11, 0.035, 0.2), "ffffff", 0.7, blur=0.012)
        pen.fill(
            curve((0.0, 0.72), (0.25, 0.60), (0.5, 0.68), (0.75, 0.58), (1.0, 0.70), (1, 1), (0, 1)),
            ground,
            darker(ground, 0.2),
            light=0.4,
            ink=0,
        )
        pen.glaze(poly((0.16, 0.7), (0.5, 0.08), (0.62, 0.08), (0.26, 0.8)), "ffffff", 0.22)
        for x in pen.pick(((0.5,), (0.39, 0.61))):
            pen.line(poly((x, 0), (x, 1)), frame, 0.028)
        for y in pen.pick(((0.42,), (0.34, 0.60))):
            pen.line(poly((0, y), (1, y)), frame, 0.028)
    pen.fill(box(0.08, 0.86, 0.92, 0.93, 0.01), frame)
    cloth = pen.pick("e8785a f4e4b8 7a9ac8 d88aa8")
    for side in (-1, 1) if pen.look % 4 < 2 else ():
        x = 0.5 + side * 0.40
        pen.fill(
            curve(
                (x, 0.08),
                (x - side * 0.26, 0.10),
                (x - side * 0.17, 0.38),
                (x - side * 0.03, 0.58),
                (x - side * 0.10, 0.84),
                (x + side * 0.05, 0.84),
            ),
            cloth,
        )
        pen.line(poly((x + side * 0.03, 0.57), (x - side * 0.06, 0.57)), "e8c45a", 0.022)
    if pen.look % 4 < 2:
        pen.line(poly((0.05, 0.07), (0.95, 0.07)), "6a4a30", 0.028)


def door(pen: Pen, rng: Generator) -> None:
    paint, arched = pen.pick("c8403a 3f6a8a 8a5a34 4a7a5a e0b040 5a4a7a 2f3a3f e88aa0"), pen.look % 2
    low = 0.90
    outline = np.concatenate(
        (
            arc(0.5, 0.30, 0.26, 0.24, 0.5, 1.0) if arched else poly((0.24, 0.06), (0.76, 0.06)),
            poly((0.76, low), (0.24, low)),
        )
    )
    pen.fill(((outline - (0.5, low)) * (1.22, 1.045) + (0.5, low)), pen.pick("f4ead4 b0a8a0 d8c4a0"))
    pen.fill(outline, paint)
    with pen.inside(outline):
        if arched:
            for x in np.linspace(0.24, 0.76, 7):
                pen.line(poly((x, 0), (x, 1)), darker(paint, 0.4), 0.008)
            for y in (0.30, 0.74):
                pen.fill(ribbon(poly((0.24, y), (0.58, y)), 0.036, 0.008), "3a3a42", ink=0.5)
        else:
            _panels(pen, paint)
    pen.fill(ellipse(0.68, 0.56, 0.024), "e8c45a", ink=0.7)
    if pen.look % 3 == 2:
        for x, y, t in around(0.5, 0.30, 0.085, 14):
            pen.fill(leaf(x, y, 0.065, 0.035, t + 1.2), "3f7a3f", ink=0.6)
        pen.fill([leaf(0.5, 0.38, 0.07, 0.05, 0.6), leaf(0.5, 0.38, 0.07, 0.05, 2.54)], "d8382e", ink=0.6)
    pen.fill(box(0.12, low, 0.88, 0.965), "a8a29a")


def _panels(pen: Pen, paint: Colour) -> None:
    """Six panels of a door, the upper two sometimes of glass."""
    for x in (0.38, 0.62):
        for y0, y1 in ((0.12, 0.34), (0.40, 0.60), (0.66, 0.84)):
            glass = y0 < 0.2 and pen.look % 4 == 0
            panel = box(x - 0.085, y0, x + 0.085, y1, 0.008)
            pen.fill(panel, "bfe0ee" if glass else darker(paint, 0.12), light=-0.7, ink=0.7)


PAINTERS = MappingProxyType(
    {
        "chair": chair,
        "table": table,
        "bookshelf": bookshelf,
        "window": window,
        "door": door,
    }
)
