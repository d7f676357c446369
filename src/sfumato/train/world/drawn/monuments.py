"""Bridges, gates and statues."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.buildings import courses
from sfumato.train.world.drawn.pen import Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    arc,
    box,
    curve,
    ellipse,
    moved,
    poly,
    wedge,
)  # fmt: skip


def bridge(pen: Pen, rng: Generator) -> None:
    if pen.look % 2:
        return _hung(pen)
    stone, arches = pen.pick("b4a48c 9a9aa4 c48a6a 8a9a8a", 3), pen.pick((3, 1, 2), 3)
    y, rise = 0.46, 0.10
    deck = arc(0.5, y + rise, 0.48, 2 * rise, 0.5, 1.0)
    holes = [
        _arch(0.5 + 0.86 * ((k + 0.5) / arches - 0.5), 0.80, 0.34 / arches, 0.26 + 0.04 / arches)
        for k in range(arches)
    ]
    body = np.concatenate((deck, poly((0.98, 0.80), (0.02, 0.80))))
    pen.fill(body, stone)
    courses(pen, body, stone, 0.035)
    for hole in holes:
        x, y = hole.mean(0) * -0.1
        pen.fill(moved(hole, x, y - 0.02, scale=1.1), lighter(stone, 0.22), ink=0.5)
        pen.fill(hole, darker(stone, 0.6), "3f86a8", light=0.2, ink=0.5)
    pen.fill(np.concatenate((deck - (0, 0.05), deck[::-1])), lighter(stone, 0.2))
    for x, py in deck[::6]:
        pen.fill(box(x - 0.012, py - 0.085, x + 0.012, py - 0.02), lighter(stone, 0.3), ink=0.5)
    pen.fill(
        curve((0.02, 0.80), (0.3, 0.77), (0.7, 0.78), (0.98, 0.80), (0.7, 0.88), (0.3, 0.87)),
        "4a9abc",
        "2f6f96",
    )
    for x in (0.2, 0.45, 0.7):
        pen.line(poly((x, 0.825), (x + 0.12, 0.825)), "c8ecf8", 0.008)


def _arch(x: float, low: float, half: float, height: float) -> Shape:
    return np.concatenate((arc(x, low, half, height, 0.5, 1.0), poly((x + half, low), (x - half, low))))


def _hung(pen: Pen) -> None:
    """A suspension bridge."""
    paint = pen.pick("c8442e 5a7a96 b8bcc4 3f6a5a", 3)
    cable = np.concatenate(
        [
            curve(*points, closed=False)
            for points in (
                ((0.02, 0.60), (0.13, 0.45), (0.24, 0.22)),
                ((0.24, 0.22), (0.37, 0.48), (0.5, 0.56), (0.63, 0.48), (0.76, 0.22)),
                ((0.76, 0.22), (0.87, 0.45), (0.98, 0.60)),
            )
        ]
    )
    for x, y in cable[::4]:
        pen.line(poly((x, y), (x, 0.62)), lighter(paint, 0.15), 0.005)
    pen.line(cable, darker(paint, 0.1), 0.016)
    pen.fill(
        curve((0.02, 0.84), (0.3, 0.79), (0.7, 0.80), (0.98, 0.84), (0.7, 0.90), (0.3, 0.90)),
        "4a9abc",
        "2f6f96",
    )
    for x in (0.24, 0.76):
        pen.fill(box(x - 0.035, 0.78, x + 0.035, 0.86), "9a9a9a")
        for dx in (-0.03, 0.016):
            pen.fill(box(x + dx, 0.16, x + dx + 0.016, 0.80), paint, ink=0.7)
        for y in (0.18, 0.34, 0.50):
            pen.fill(box(x - 0.034, y, x + 0.036, y + 0.03), paint, ink=0.7)
    pen.fill(box(0.02, 0.60, 0.98, 0.645), lighter(paint, 0.1), darker(paint, 0.25))
    for x in np.arange(0.03, 0.95, 0.05):
        pen.line(poly((x, 0.645), (x + 0.025, 0.675), (x + 0.05, 0.645)), darker(paint, 0.2), 0.006)


def gate(pen: Pen, rng: Generator) -> None:
    if pen.look % 2:
        return _torii(pen)
    stone, iron = pen.pick("b4a898 a8684a d8d0c4 8a94a0"), pen.pick("2a2c34 c89a3e 3a5a4a 4a3a6a")
    for x in (0.13, 0.87):
        post = box(x - 0.085, 0.24, x + 0.085, 0.95)
        pen.fill(post, stone)
        courses(pen, post, stone, 0.045)
        pen.fill(box(x - 0.11, 0.19, x + 0.11, 0.25), lighter(stone, 0.2))
        pen.fill(ellipse(x, 0.135, 0.06), lighter(stone, 0.1))
    crest = curve((0.21, 0.40), (0.35, 0.22), (0.5, 0.14), (0.65, 0.22), (0.79, 0.40), closed=False)
    for x, y in crest[::4]:
        pen.line(poly((x, y), (x, 0.94)), iron, 0.014)
        pen.fill(poly((x, y - 0.05), (x + 0.014, y), (x - 0.014, y)), iron, ink=0.3)
    pen.line(crest, iron, 0.022)
    for y in (0.50, 0.90):
        pen.line(poly((0.21, y), (0.79, y)), iron, 0.022)
    for x in (0.30, 0.43, 0.57, 0.70):
        pen.line(ellipse(x, 0.70, 0.05), lighter(iron, 0.2), 0.012)
    pen.line(poly((0.5, 0.16), (0.5, 0.94)), darker(iron, 0.1), 0.024)


def _torii(pen: Pen) -> None:
    """A Japanese gate of two posts and two beams."""
    paint = pen.pick("d8402a b8342a 8a5a3a e87a44")
    for side in (-1, 1):
        x = 0.5 + side * 0.26
        pen.fill(
            poly(
                (x - 0.04, 0.22),
                (x + 0.04, 0.22),
                (x + side * 0.04 + 0.05, 0.93),
                (x + side * 0.04 - 0.05, 0.93),
            ),
            paint,
        )
        pen.fill(box(x + side * 0.04 - 0.065, 0.87, x + side * 0.04 + 0.065, 0.95), "3a3438")
    pen.fill(box(0.12, 0.36, 0.88, 0.43), paint)
    pen.fill(box(0.46, 0.22, 0.54, 0.37), darker(paint, 0.4))
    top = np.concatenate(
        (
            curve((0.03, 0.10), (0.5, 0.17), (0.97, 0.10), closed=False),
            curve((0.94, 0.22), (0.5, 0.26), (0.06, 0.22), closed=False),
        )
    )
    pen.fill(top, paint)
    pen.fill(
        np.concatenate(
            (
                curve((0.02, 0.07), (0.5, 0.14), (0.98, 0.07), closed=False),
                curve((0.97, 0.12), (0.5, 0.18), (0.03, 0.12), closed=False),
            )
        ),
        "3a3438",
    )


def statue(pen: Pen, rng: Generator) -> None:
    stone, raised = pen.pick("d8d4cc 6a9a84 b08a4e 9aa0ac"), pen.look % 2
    pen.fill(box(0.26, 0.90, 0.74, 0.96), darker("b0aaa0", 0.1))
    pen.fill(wedge(0.5, 0.74, 0.90, 0.17, 0.20), "b0aaa0")
    pen.fill(box(0.38, 0.79, 0.62, 0.86), "d8b45a", ink=0.5)
    arm = (
        curve((0.60, 0.30), (0.68, 0.22), (0.70, 0.06), (0.74, 0.06), (0.74, 0.24), (0.63, 0.38))
        if raised
        else curve((0.60, 0.30), (0.70, 0.42), (0.62, 0.54), (0.57, 0.50), (0.62, 0.42), (0.56, 0.36))
    )
    pen.fill(arm, stone)
    robe = curve(
        (0.42, 0.28),
        (0.38, 0.45),
        (0.36, 0.74),
        (0.5, 0.75),
        (0.64, 0.74),
        (0.62, 0.45),
        (0.60, 0.28),
        (0.5, 0.25),
    )
    pen.fill(robe, lighter(stone, 0.08), darker(stone, 0.1))
    with pen.inside(robe):
        for k in range(7):
            x = 0.40 + 0.035 * k
            pen.line(
                curve((0.5 + (x - 0.5) * 0.5, 0.34), (x, 0.55), (0.5 + (x - 0.5) * 1.4, 0.76), closed=False),
                darker(stone, 0.28),
                0.010,
            )
    pen.fill(curve((0.42, 0.30), (0.32, 0.42), (0.40, 0.55), (0.44, 0.52), (0.39, 0.43), (0.46, 0.36)), stone)
    pen.fill(
        curve((0.40, 0.30), (0.52, 0.42), (0.64, 0.60), (0.60, 0.64), (0.48, 0.48), (0.38, 0.36)),
        darker(stone, 0.14),
        ink=0.6,
    )
    pen.fill(box(0.475, 0.20, 0.535, 0.29), stone, ink=0)
    pen.fill(ellipse(0.505, 0.165, 0.062, 0.078), stone)
    pen.fill(arc(0.505, 0.145, 0.072, 0.075, 0.48, 1.02), darker(stone, 0.15), ink=0.6)
    for x in (0.485, 0.527):
        pen.glaze(ellipse(x, 0.17, 0.008, 0.006), "2a2430", 0.6)
    if raised:
        for x, y, r in ((0.72, 0.055, 0.035),):
            pen.fill(ellipse(x, y, r), blend(stone, "ffd872", 0.6))


PAINTERS = MappingProxyType(
    {
        "bridge": bridge,
        "gate": gate,
        "statue": statue,
    }
)
