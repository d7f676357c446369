"""Towers, castles and other tall buildings."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.buildings import LAMPLIT, courses, door, pane
from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    arc,
    around,
    box,
    crag,
    curve,
    ellipse,
    moved,
    poly,
    wedge,
)
from sfumato.train.world.drawn.trees import crown

STONES = "a8a298 c4b494 8a90a0 b89a84 9aa49a d8ccb8"


def battlements(x0: float, x1: float, y: float, tooth: float) -> Shape:
    """A band with teeth along its top edge, from x0 to x1, its foot at y."""
    n = max(2, round((x1 - x0) / tooth / 2)) * 2 + 1
    xs = np.repeat(np.linspace(x0, x1, n + 1), 2)[1:-1]
    ys = np.where(np.arange(2 * n) // 2 % 2 == 0, y - 2 * tooth, y - tooth)
    return np.concatenate((np.stack((xs, ys), 1), poly((x1, y), (x0, y))))


def round_tower(pen: Pen, x: float, top: float, half: float, colour: Colour, roof: Colour | None) -> None:
    """A stone tower about x standing on 0.94, under a cone of this colour or with battlements."""
    body = wedge(x, top, 0.94, half, half * 1.12)
    pen.fill(body, colour)
    courses(pen, body, colour, 0.03)
    with pen.inside(body):
        pen.glaze(box(x + half * 0.35, 0, x + 2 * half, 1), "1a1430", 0.25, blur=0.02)
    pen.fill(battlements(x - half * 1.25, x + half * 1.25, top + 0.05, 0.026), lighter(colour, 0.1), ink=0.7)
    if roof is not None:
        pen.fill(
            poly((x, top - half * 2.9), (x + half * 1.4, top + 0.01), (x - half * 1.4, top + 0.01)), roof
        )
        pen.line(poly((x, top - half * 2.8), (x, top - half * 2.8 - 0.07)), "6a5a4a", 0.010)
        flag = poly(
            (x, top - half * 2.8 - 0.07), (x + 0.08, top - half * 2.8 - 0.05), (x, top - half * 2.8 - 0.025)
        )
        pen.fill(flag, pen.pick("e84a4a f2c43a 4a7ae8"), ink=0.4)
    pen.fill(
        np.concatenate(
            (
                arc(x, top + 0.13, half * 0.3, half * 0.4, 0.5, 1),
                poly((x + half * 0.3, top + 0.19), (x - half * 0.3, top + 0.19)),
            )
        ),
        pen.pick(("2a2438", LAMPLIT)),
        ink=0.5,
    )


def tower(pen: Pen, rng: Generator) -> None:
    stone, half = pen.pick(STONES), pen.pick((0.15, 0.12, 0.18))
    roof = pen.pick(("8a3a4a", None, "3f5a7a", None, "4a7a5a", "c8683a", None, "5a4a7a"))
    round_tower(pen, 0.5, 0.10 + 2.9 * half if roof else 0.14, half, stone, roof)
    for k, y in enumerate((0.62, 0.76)):
        pen.fill(
            box(
                0.5 + (k - 0.5) * half * 0.7 - 0.018,
                y - 0.035,
                0.5 + (k - 0.5) * half * 0.7 + 0.018,
                y + 0.035,
            ),
            "2a2438",
            ink=0.5,
        )
    door(pen, 0.5, 0.94, 0.10, 0.13, "6b4a32")
    crown(pen, rng, [(0.5 - half - 0.04, 0.93, 0.05), (0.5 + half + 0.04, 0.93, 0.06)], "5f8a44")


def castle(pen: Pen, rng: Generator) -> None:
    stone = pen.pick("b4aca0 e4d4c0 8a90a4 e8e4ee d4b8a0 a0a8a0")
    roof: Colour | None = pen.pick(("3f5a9a", "a84a5a", None, "6a4a8a", "3f7a6a", None, "c8683a", "4a5a6a"))
    for x, top, half in pen.pick(
        (
            ((0.36, 0.38, 0.075), (0.64, 0.38, 0.075), (0.5, 0.30, 0.10)),
            ((0.32, 0.34, 0.08), (0.60, 0.28, 0.09)),
        )
    ):
        round_tower(pen, x, top, half, darker(stone, 0.08), roof)
    wall = battlements(0.12, 0.88, 0.65, 0.032)
    keep = box(0.12, 0.63, 0.88, 0.94)
    pen.fill([wall, keep], stone)
    courses(pen, keep, stone, 0.035)
    for x in (0.15, 0.85):
        round_tower(pen, x, 0.50 if roof else 0.44, 0.085, stone, roof)
    arch = np.concatenate((arc(0.5, 0.80, 0.10, 0.11, 0.5, 1), poly((0.60, 0.94), (0.40, 0.94))))
    pen.fill(moved(arch, -0.1, -0.17, 1.2), lighter(stone, 0.2))
    pen.fill(arch, "4a3226")
    for x in (0.44, 0.48, 0.52, 0.56):
        pen.line(poly((x, 0.72), (x, 0.94)), "2a1a18", 0.008)


def pagoda(pen: Pen, rng: Generator) -> None:
    tile, wall = pen.pick("3f6a5a 4a4a5e 7a3a34 2f5f7a"), pen.pick("b8382e e8d4b0 8a4a34 d84a34")
    floors = pen.pick((5, 3, 4))
    step = 0.74 / floors
    pen.fill(wedge(0.5, 0.02, 0.2, 0.006, 0.02), "e0b84a")
    pen.fill(box(0.14, 0.90, 0.86, 0.96), "b0aaa2")
    for k in range(floors):
        low, half = 0.90 - (floors - 1 - k) * step, 0.15 + 0.17 * (k + 1) / floors
        top = low - step
        body = box(0.5 - half * 0.78, top + step * 0.3, 0.5 + half * 0.78, low)
        pen.fill(body, wall)
        for u in np.linspace(-0.7, 0.7, 5):
            pen.fill(
                box(0.5 + u * half - 0.008, top + step * 0.4, 0.5 + u * half + 0.008, low),
                darker(wall, 0.35),
                ink=0,
            )
        pen.fill(box(0.5 - half * 0.2, low - step * 0.42, 0.5 + half * 0.2, low), LAMPLIT, "e8943a", ink=0.6)
        reach, rise = half * 1.42, top + step * 0.42
        roof = np.concatenate(
            (
                curve(
                    (0.5 - half * 0.5, top),
                    (0.5 - half, top + step * 0.34),
                    (0.5 - reach, rise - 0.035),
                    closed=False,
                ),
                curve(
                    (0.5 - half, rise + 0.02), (0.5, rise + 0.035), (0.5 + half, rise + 0.02), closed=False
                ),
                curve(
                    (0.5 + reach, rise - 0.035),
                    (0.5 + half, top + step * 0.34),
                    (0.5 + half * 0.5, top),
                    closed=False,
                ),
            )
        )
        pen.fill(roof, lighter(tile, 0.12), darker(tile, 0.2))
        with pen.inside(roof):
            for u in np.linspace(-1, 1, 15):
                pen.line(
                    poly((0.5 + u * half * 0.45, top), (0.5 + u * reach, rise + 0.04)),
                    darker(tile, 0.3),
                    0.005,
                )


def windmill(pen: Pen, rng: Generator) -> None:
    wall, cap = pen.pick("f4ece0 c8a888 e0d8d0 b8624a"), pen.pick("7a4a34 3f5a6a 8a3a34 4a4a4a")
    pen.fill(wedge(0.5, 0.40, 0.96, 0.115, 0.20), wall)
    if pen.look % 2:
        courses(pen, wedge(0.5, 0.40, 0.96, 0.115, 0.20), wall, 0.035)
    pen.fill(box(0.29, 0.70, 0.71, 0.73), "8a6444")
    pen.fill(curve((0.36, 0.42), (0.40, 0.30), (0.5, 0.25), (0.60, 0.30), (0.64, 0.42), (0.5, 0.44)), cap)
    door(pen, 0.5, 0.96, 0.11, 0.17, cap)
    pane(pen, 0.5, 0.60, 0.07, 0.08, LAMPLIT if pen.look % 2 else "7ab0cc")
    for x, y, turn in around(0.5, 0.37, 0.0, 4, pen.pick((0.4, 0.785, 0.15, 1.1))):
        sail = moved(poly((0.08, 0.012), (0.36, 0.012), (0.36, 0.11), (0.08, 0.09)), x, y, turn=turn)
        pen.fill(sail, pen.pick("fbf6ea f0d8b0 e8eef4"), ink=0.7)
        for u in (0.14, 0.22, 0.30):
            pen.line(moved(poly((u, 0.0), (u, 0.10)), x, y, turn=turn), "8a6a4a", 0.007)
        pen.line(moved(poly((0.08, 0.055), (0.36, 0.06)), x, y, turn=turn), "8a6a4a", 0.006)
        pen.line(moved(poly((0, 0), (0.365, 0)), x, y, turn=turn), "5e4230", 0.018)
    pen.fill(ellipse(0.5, 0.37, 0.034), "5e4230")


def lighthouse(pen: Pen, rng: Generator) -> None:
    paint, other = pen.pick("d8382e 2f5f9a 2a2a34 e07a3a"), "f8f6f0"
    for side in (-1, 1):
        beam = poly((0.5, 0.17), (0.5 + side * 0.46, 0.06), (0.5 + side * 0.46, 0.28))
        pen.glaze(beam, "fff2a8", 0.6, blur=0.012)
    for x, r in ((0.34, 0.16), (0.66, 0.17), (0.5, 0.2)):
        pen.fill(crag(rng, x, 0.90, r, 0.075), pen.pick("7a7a80 8a7a6a"))
    body = wedge(0.5, 0.26, 0.88, 0.085, 0.145)
    pen.fill(body, other)
    with pen.inside(body):
        bands = pen.pick((3, 4, 2))
        for k in range(bands):
            y = 0.26 + (k + 0.5) * 0.62 / bands
            lean = 0.10 if pen.look % 3 == 1 else 0.0
            pen.fill(
                poly(
                    (0.3, y - lean),
                    (0.7, y + lean),
                    (0.7, y + lean + 0.31 / bands),
                    (0.3, y - lean + 0.31 / bands),
                ),
                paint,
                ink=0,
            )
        pen.glaze(box(0.56, 0, 0.8, 1), "1a1430", 0.25, blur=0.03)
    pen.fill(box(0.385, 0.245, 0.615, 0.275), "3a3a44")
    pen.fill(box(0.435, 0.13, 0.565, 0.245), "fff0a0", "ffc94a", light=0.3)
    pen.glow(0.5, 0.18, 0.16, "fff8d0", 0.9)
    for x in (0.435, 0.5, 0.565):
        pen.line(poly((x, 0.13), (x, 0.25)), "3a3a44", 0.009)
    pen.fill(curve((0.42, 0.135), (0.45, 0.07), (0.5, 0.04), (0.55, 0.07), (0.58, 0.135)), paint)
    door(pen, 0.5, 0.88, 0.07, 0.10, "5a3a2a")
    for y in (0.40, 0.58):
        pen.fill(box(0.48, y - 0.025, 0.52, y + 0.025), "2a3444", ink=0.5)


PAINTERS = MappingProxyType(
    {
        "tower": tower,
        "castle": castle,
        "pagoda": pagoda,
        "windmill": windmill,
        "lighthouse": lighthouse,
    }
)
