"""Gears, clocks and watches with their works."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    TAU,
    arc,
    around,
    box,
    cog,
    curve,
    ellipse,
    moved,
    poly,
    ribbon,
    wedge,
)

METALS = "c89a4a a8b0b8 b0703e d8b868 7a8490 8a6a44 c8ccd4 5a6472"


def wheelwork(
    pen: Pen, at: tuple[float, float, float], teeth: int, metal: Colour, turn: float = 0.0, spokes: int = 5
) -> None:
    """A toothed wheel (x, y, radius) with cut-out spokes, a hub and a screw."""
    x, y, r = at
    pen.fill(cog(x, y, r, teeth, turn), metal, light=1.2)
    pen.fill(ellipse(x, y, r * 0.74), lighter(metal, 0.12), light=-0.7, ink=0.5)
    if spokes:
        pen.fill(ellipse(x, y, r * 0.64), darker(metal, 0.62), light=0.4, ink=0.4)
        for px, py, _ in around(x, y, r * 0.68, spokes, turn):
            pen.fill(ribbon(poly((x, y), (px, py)), r * 0.2, r * 0.15), metal, ink=0.5)
    pen.fill(ellipse(x, y, r * 0.26), lighter(metal, 0.1), ink=0.6)
    pen.fill(ellipse(x, y, r * 0.11), darker(metal, 0.55), light=-0.5, ink=0.4)


def gear(pen: Pen, rng: Generator) -> None:
    wheelwork(
        pen, (0.5, 0.5, 0.47), pen.pick((12, 16, 9, 20)), pen.pick(METALS), 0.2, pen.pick((5, 0, 6, 4, 3))
    )
    if pen.look % 5 == 1:
        for x, y, _ in around(0.5, 0.5, 0.24, 6):
            pen.fill(ellipse(x, y, 0.06), "2a2634", light=-0.5, ink=0.6)


def gears(pen: Pen, rng: Generator) -> None:
    sets = (
        ((0.36, 0.62, 0.33, 16), (0.735, 0.345, 0.215, 10), (0.30, 0.17, 0.16, 8), (0.80, 0.74, 0.16, 8)),
        ((0.32, 0.34, 0.29, 14), (0.70, 0.62, 0.26, 12), (0.74, 0.20, 0.17, 9), (0.24, 0.80, 0.17, 9)),
        (
            (0.5, 0.5, 0.26, 14),
            (0.20, 0.24, 0.17, 9),
            (0.80, 0.24, 0.17, 9),
            (0.20, 0.77, 0.17, 9),
            (0.80, 0.77, 0.17, 9),
        ),
    )
    for k, (x, y, r, teeth) in enumerate(pen.pick(sets)):
        wheelwork(pen, (x, y, r), teeth, pen.pick(METALS.split()[k:]), rng.uniform(0, 1), (5, 4, 0, 6, 3)[k])


def movement(pen: Pen, rng: Generator, x: float, y: float, r: float) -> None:
    """The open works of a watch: a plate, wheels, jewels, bridges, a balance with its spring."""
    plate, brass = pen.pick("c8ccd0 d8b878 4a5060 b88a5a"), pen.pick("d8a84a c87a4a e8c878 b8bcc8")
    disc = ellipse(x, y, r)
    pen.fill(disc, plate, light=0.8)
    with pen.inside(disc):
        for k in range(14):
            pen.glaze(
                ribbon(poly((x - r, y - r + k * r / 7), (x + r, y - r * 1.2 + k * r / 7)), 0.006, 0.006),
                lighter(plate, 0.6),
                0.5,
            )
        for dx, dy, s, teeth in (
            (-0.42, -0.30, 0.44, 22),
            (0.34, -0.46, 0.32, 18),
            (0.05, -0.02, 0.30, 16),
            (0.60, -0.02, 0.24, 12),
            (-0.62, 0.30, 0.26, 14),
        ):
            pen.glaze(ellipse(x + (dx + 0.03) * r, y + (dy + 0.05) * r, s * r), "1a1430", 0.35, blur=0.012)
            wheelwork(
                pen,
                (x + dx * r, y + dy * r, s * r),
                teeth,
                blend(brass, plate, 0.35 * rng.random()),
                rng.uniform(0, 1),
                4,
            )
        bridge = curve(
            (x - r, y + 0.30 * r),
            (x - 0.3 * r, y + 0.22 * r),
            (x + 0.1 * r, y + 0.10 * r),
            (x + 0.16 * r, y + 0.28 * r),
            (x - 0.25 * r, y + 0.45 * r),
            (x - 0.9 * r, y + 0.7 * r),
        )
        pen.fill(bridge, lighter(plate, 0.25))
        _balance(pen, x + 0.28 * r, y + 0.46 * r, 0.42 * r, brass)
        for dx, dy in (
            (-0.42, -0.30),
            (0.34, -0.46),
            (0.05, -0.02),
            (-0.62, 0.38),
            (-0.12, 0.28),
            (0.6, -0.02),
        ):
            pen.fill(ellipse(x + dx * r, y + dy * r, 0.055 * r), "d82a5a", light=1.5, ink=0.4)
            pen.glow(x + dx * r - 0.01 * r, y + dy * r - 0.02 * r, 0.03 * r, "ffffff", 0.9)
        for dx, dy in ((-0.78, 0.0), (0.0, -0.8), (0.82, 0.3), (-0.3, 0.75)):
            pen.fill(ellipse(x + dx * r, y + dy * r, 0.06 * r), "5a78b8", ink=0.4)
            pen.line(
                poly(
                    (x + dx * r - 0.04 * r, y + dy * r - 0.03 * r),
                    (x + dx * r + 0.04 * r, y + dy * r + 0.03 * r),
                ),
                "1f2a4a",
                0.006,
            )


def _balance(pen: Pen, x: float, y: float, r: float, metal: Colour) -> None:
    """The ring that swings, and its hairspring."""
    pen.glaze(ellipse(x, y, r), "1a1430", 0.35)
    pen.fill(ellipse(x, y, r), lighter(metal, 0.2), hole=ellipse(x, y, r * 0.82), ink=0.6)
    t = np.linspace(0, 5 * TAU, 150)
    spiral = np.stack(
        (x + r * (0.1 + 0.6 * t / t[-1]) * np.cos(t), y + r * (0.1 + 0.6 * t / t[-1]) * np.sin(t)), 1
    )
    pen.line(spiral, "dfe4f0", 0.005)
    pen.line(poly((x - r * 0.8, y + r * 0.3), (x + r * 0.8, y - r * 0.3)), metal, 0.018)


def mechanical_watch(pen: Pen, rng: Generator) -> None:
    case, strap = pen.pick("d8dce2 e8c468 c88a68 4a4e58"), pen.pick("6a4028 2a2a32 3a4a6a 8a3a3a")
    for top, low, sign in ((0.02, 0.24, 1), (0.76, 0.98, -1)):
        inner = 0.17 if sign > 0 else 0.13
        pen.fill(wedge(0.5, top, low, inner - 0.03 * (sign > 0), 0.13 + 0.04 * (sign > 0)), strap)
        for x in (-0.1, 0.1):
            pen.line(poly((0.5 + x, top + 0.02), (0.5 + x, low - 0.02)), lighter(strap, 0.4), 0.006)
    pen.fill(box(0.83, 0.46, 0.91, 0.54, 0.015), case)
    pen.fill(ellipse(0.5, 0.5, 0.365), case, light=1.5)
    pen.fill(ellipse(0.5, 0.5, 0.32), darker(case, 0.35), light=-0.8)
    movement(pen, rng, 0.5, 0.5, 0.30)
    for x, y, t in around(0.5, 0.5, 0.285, 12):
        pen.line(poly((x, y), (x - 0.03 * np.cos(t), y - 0.03 * np.sin(t))), "fbf6e4", 0.010)
    _hands(pen, 0.5, 0.5, 0.26, pen.pick("2a4a8a f4f0e0 1f1f26"))
    pen.glaze(curve((0.27, 0.36), (0.42, 0.23), (0.58, 0.22), (0.36, 0.40)), "ffffff", 0.25, blur=0.01)


def _hands(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    hour, minute = pen.pick((-2.6, 0.4, -1.0, 2.3)), pen.pick((-0.6, -1.57, 1.2), 3)
    pen.fill(
        moved(poly((-0.14, -0.05), (0.5, -0.055), (0.62, 0), (0.5, 0.055), (-0.14, 0.05)), x, y, r, hour),
        colour,
        ink=0.5,
    )
    pen.fill(
        moved(poly((-0.18, -0.035), (0.8, -0.035), (0.95, 0), (0.8, 0.035), (-0.18, 0.035)), x, y, r, minute),
        colour,
        ink=0.5,
    )
    pen.fill(ellipse(x, y, 0.07 * r + 0.006), "e8c45a", ink=0.5)


def dial(pen: Pen, x: float, y: float, r: float, face: Colour) -> None:
    """A clock face with hour and minute marks and hands."""
    pen.fill(ellipse(x, y, r), lighter(face, 0.2), darker(face, 0.05), light=0.5, ink=0.5)
    for k, (px, py, t) in enumerate(around(x, y, r * 0.90, 60)):
        inner = 0.74 if k % 15 == 0 else 0.80 if k % 5 == 0 else 0.87
        pen.line(
            poly((px, py), (x + r * inner * np.cos(t), y + r * inner * np.sin(t))),
            "2a2430",
            r * (0.05 if k % 5 == 0 else 0.015),
        )
    _hands(pen, x, y, r * 0.82, pen.pick("2a2430 2a3f7a 7a2a2a"))


def pocket_watch(pen: Pen, rng: Generator) -> None:
    case = pen.pick("e0b85a d0d4dc c08a5a 8a6a3a")
    for k in range(9):
        pen.line(
            ellipse(0.56 + 0.045 * k, 0.13 - 0.05 * np.sin(k * 0.7), 0.028, 0.018, 0.5 * (-1) ** k),
            darker(case, 0.12),
            0.012,
        )
    pen.line(ellipse(0.5, 0.15, 0.065), case, 0.024)
    pen.fill(box(0.46, 0.17, 0.54, 0.26, 0.015), case)
    pen.fill(ellipse(0.5, 0.60, 0.36), case, light=1.6)
    pen.fill(ellipse(0.5, 0.60, 0.31), darker(case, 0.3), light=-0.8)
    if pen.look % 2:
        movement(pen, rng, 0.5, 0.6, 0.29)
        _hands(pen, 0.5, 0.6, 0.25, "1f1f26")
    else:
        dial(pen, 0.5, 0.60, 0.29, pen.pick("fbf6e8 e8eef4 f4e4c4"))
    pen.glaze(curve((0.28, 0.48), (0.42, 0.34), (0.56, 0.33), (0.36, 0.50)), "ffffff", 0.3, blur=0.01)


def clock(pen: Pen, rng: Generator) -> None:
    case, kind = pen.pick("c8503a 3f7a9a e8b03a 6a4a34 5a9a7a 8a5a9a"), pen.look % 3
    if kind == 0:
        for side in (-1, 1):
            pen.fill(
                ribbon(poly((0.5 + side * 0.2, 0.84), (0.5 + side * 0.27, 0.96)), 0.05, 0.03),
                darker(case, 0.3),
            )
            pen.fill(
                moved(arc(0, 0, 0.13, 0.11, 0.5, 1.0), 0.5 + side * 0.22, 0.20, turn=side * 0.6), "e8c45a"
            )
        pen.line(curve((0.42, 0.16), (0.5, 0.07), (0.58, 0.16), closed=False), "8a8f98", 0.022)
        pen.fill(ellipse(0.5, 0.54, 0.38), case)
        dial(pen, 0.5, 0.54, 0.31, "fbf6e8")
    elif kind == 1:
        pen.fill(ellipse(0.5, 0.5, 0.46), case, light=1.4)
        pen.fill(ellipse(0.5, 0.5, 0.40), darker(case, 0.3), light=-0.8)
        dial(pen, 0.5, 0.5, 0.385, pen.pick("fbf6e8 e4ecf4"))
    else:
        wood = pen.pick("8a5a34 5e3a24 a87444")
        pen.fill(poly((0.28, 0.16), (0.5, 0.03), (0.72, 0.16)), wood)
        pen.fill(box(0.27, 0.15, 0.73, 0.97, 0.01), wood)
        pen.fill(box(0.22, 0.88, 0.78, 0.97, 0.01), darker(wood, 0.15))
        pen.fill(box(0.35, 0.54, 0.65, 0.85, 0.01), "2e2020", light=0.4)
        pen.line(poly((0.5, 0.54), (0.54, 0.76)), "e0b85a", 0.014)
        pen.fill(ellipse(0.54, 0.77, 0.055), "e8c45a", light=1.4)
        dial(pen, 0.5, 0.34, 0.185, "fbf6e8")


PAINTERS = MappingProxyType(
    {
        "gear": gear,
        "gears": gears,
        "mechanical watch": mechanical_watch,
        "pocket watch": pocket_watch,
        "clock": clock,
    }
)
