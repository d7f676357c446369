"""What stands in streets and yards: lanterns, lamps, a fountain, a well, a fence."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    arc,
    box,
    curve,
    ellipse,
    leaf,
    poly,
    ribbon,
    wedge,
)  # fmt: skip
from sfumato.train.world.drawn.trees import crown


def lantern(pen: Pen, rng: Generator) -> None:
    if pen.look % 2:
        return _paper_lantern(pen)
    metal, flame = pen.pick("3a3a44 b8863e 5a6a5a 8a4a34", 3), pen.pick("ffd070 ffb04a fff0a8 a8e8ff")
    pen.line(
        curve((0.36, 0.22), (0.40, 0.07), (0.5, 0.04), (0.60, 0.07), (0.64, 0.22), closed=False), metal, 0.022
    )
    pen.fill(poly((0.43, 0.15), (0.57, 0.15), (0.72, 0.29), (0.28, 0.29)), metal)
    glass = wedge(0.5, 0.29, 0.82, 0.19, 0.23)
    pen.fill(glass, lighter(flame, 0.35), flame, light=0.3)
    with pen.inside(glass):
        pen.fill(box(0.44, 0.66, 0.56, 0.84, 0.01), "fbf4e4", ink=0.5)
        pen.glow(0.5, 0.56, 0.25, "ffffff", 0.9)
        pen.fill(
            curve((0.5, 0.44), (0.545, 0.58), (0.5, 0.66), (0.455, 0.58)), "fffbe0", "ff9a2a", light=0, ink=0
        )
    for u in (-1.0, 0.0, 1.0) if pen.look % 4 == 0 else (-1.0, -0.45, 0.45, 1.0):
        pen.line(poly((0.5 + u * 0.19, 0.29), (0.5 + u * 0.23, 0.82)), metal, 0.022)
    pen.fill(box(0.24, 0.81, 0.76, 0.87, 0.01), metal)
    pen.fill(box(0.29, 0.87, 0.71, 0.96, 0.02), darker(metal, 0.2))


def _paper_lantern(pen: Pen) -> None:
    """A round paper lantern with a tassel."""
    paper = pen.pick("e0382e f0a83a f0e8d0 e884a8", 3)
    pen.line(poly((0.5, 0.13), (0.5, 0.03)), "3a2a24", 0.012)
    pen.glow(0.5, 0.42, 0.46, paper, 0.4)
    body = ellipse(0.5, 0.42, 0.36, 0.29)
    pen.fill(body, paper)
    with pen.inside(body):
        pen.glow(0.5, 0.46, 0.32, "fff0a0", 0.85)
        for rx in (0.06, 0.16, 0.25, 0.32):
            pen.line(ellipse(0.5, 0.42, rx, 0.29), darker(paper, 0.25), 0.007)
    for y in (0.12, 0.66):
        pen.fill(box(0.37, y, 0.63, y + 0.06, 0.01), "2e2424")
        pen.fill(box(0.37, y + 0.018, 0.63, y + 0.036), "e8c45a", ink=0)
    for x in np.linspace(0.44, 0.56, 9):
        pen.line(poly((0.5 + (x - 0.5) * 0.5, 0.74), (x, 0.96)), "e8b03a", 0.010)
    pen.fill(ellipse(0.5, 0.75, 0.04), "e8b03a", ink=0.6)


def street_lamp(pen: Pen, rng: Generator) -> None:
    iron = pen.pick("2a3034 8a6434 4a3a34 2f4f7a 3a6a54 6a3434 7a8490 e8e0d0")
    heads = pen.pick(((0.5,), (0.28, 0.72), (0.26, 0.5, 0.74)))
    pen.fill(wedge(0.5, 0.88, 0.96, 0.06, 0.12), iron)
    pen.fill(wedge(0.5, 0.26, 0.90, 0.014, 0.024), iron)
    for y in (0.40, 0.80):
        pen.fill(box(0.462, y, 0.538, y + 0.028, 0.01), lighter(iron, 0.15), ink=0.6)
    for x in heads:
        y = 0.22 if x == 0.5 else 0.30
        if x != 0.5:
            pen.line(
                curve((0.5, 0.46), (0.5 + (x - 0.5) * 0.5, 0.41), (x, 0.44), (x, 0.36), closed=False),
                iron,
                0.020,
            )
        pen.glow(x, y, 0.20, "ffd87a", 0.6)
        pen.fill(wedge(x, y - 0.075, y + 0.075, 0.085, 0.05), "fff4c8", "ffc85a", light=0.3)
        pen.line(poly((x, y - 0.07), (x, y + 0.07)), iron, 0.008)
        pen.fill(
            poly((x - 0.11, y - 0.07), (x - 0.03, y - 0.125), (x + 0.03, y - 0.125), (x + 0.11, y - 0.07)),
            iron,
        )
        pen.fill(ellipse(x, y - 0.14, 0.020), iron, ink=0.6)
        pen.fill(wedge(x, y + 0.07, y + 0.10, 0.06, 0.025), iron)


def fountain(pen: Pen, rng: Generator) -> None:
    stone, tiers = (
        pen.pick("c8c0b4 a8aab0 d8c8a8 b8a898"),
        pen.pick((((0.62, 0.28), (0.36, 0.16)), ((0.52, 0.26),), ((0.66, 0.30), (0.46, 0.20), (0.28, 0.11)))),
    )
    top = tiers[-1][0]
    pen.fill(wedge(0.5, top - 0.06, 0.86, 0.035, 0.075), darker(stone, 0.1))
    pen.fill(
        np.concatenate(
            (arc(0.5, 0.80, 0.46, 0.065, 0.0, 0.5), poly((0.04, 0.90)), arc(0.5, 0.90, 0.46, 0.06, 0.5, 0.0))
        ),
        stone,
    )
    pen.fill(ellipse(0.5, 0.80, 0.46, 0.065), lighter(stone, 0.25))
    pen.fill(ellipse(0.5, 0.80, 0.42, 0.05), "7ac8e4", "3f8fc0", light=0.4, ink=0.5)
    for k, (y, half) in enumerate(tiers):
        low = 0.80 if k == 0 else tiers[k - 1][0]
        pen.fill(
            np.concatenate((arc(0.5, y, half, 0.10, 0.0, 0.5), arc(0.5, y, half, 0.03, 0.5, 1.0))), stone
        )
        pen.fill(ellipse(0.5, y, half * 0.92, 0.024), "8ad4ec", light=0.3, ink=0.4)
        for u in np.linspace(-1, 1, 9):
            fall = curve(
                (0.5 + u * half * 0.95, y),
                (0.5 + u * half * 1.12, y + 0.05),
                (0.5 + u * half * 1.2, low),
                closed=False,
            )
            pen.glaze(ribbon(fall, 0.014, 0.024), "d8f4ff", 0.75)
    for u in np.linspace(-1, 1, 7):
        jet = curve(
            (0.5, top),
            (0.5 + 0.05 * u, top - 0.2),
            (0.5 + 0.12 * u, top - 0.17 + 0.06 * abs(u)),
            (0.5 + 0.19 * u, top),
            closed=False,
        )
        pen.glaze(ribbon(jet, 0.022, 0.012), "e4f8ff", 0.9)
    pen.dabs(
        (ellipse(0.5 + rng.uniform(-0.36, 0.36), rng.uniform(0.77, 0.84), 0.012, 0.005), "f0fbff")
        for _ in range(26)
    )


def well(pen: Pen, rng: Generator) -> None:
    stone, roof = pen.pick("a8a298 8a90a0 b89a84"), pen.pick("a8483a 6a4a34 4a5a6a 5a7a4a")
    for x in (0.22, 0.78):
        pen.fill(box(x - 0.028, 0.26, x + 0.028, 0.70), "7a5434")
    pen.fill(box(0.20, 0.36, 0.80, 0.40, 0.02), "96703f")
    pen.line(poly((0.5, 0.38), (0.5, 0.55)), "d8c090", 0.012)
    pen.fill(wedge(0.5, 0.50, 0.60, 0.075, 0.055), "a8743e")
    pen.fill(ellipse(0.5, 0.64, 0.33, 0.06), "1f2430", light=-0.5)
    body = np.concatenate((arc(0.5, 0.64, 0.33, 0.06, 0.5, 0.0), arc(0.5, 0.90, 0.33, 0.06, 0.0, 0.5)))
    pen.fill(body, stone)
    with pen.inside(body):
        for row in range(5):
            for k in range(9):
                x, y = 0.14 + (k + 0.5 * (row % 2)) * 0.09, 0.66 + row * 0.065
                pen.fill(
                    box(x, y + 0.05, x + 0.082, y + 0.105, 0.02),
                    blend(stone, rng.choice(("6a6a70", "e8e0d0")), 0.25 * rng.random()),
                    ink=0.5,
                )
    pen.fill(poly((0.5, 0.04), (0.94, 0.28), (0.06, 0.28)), roof, darker(roof, 0.15))
    with pen.inside(poly((0.5, 0.04), (0.94, 0.28), (0.06, 0.28))):
        for y in (0.12, 0.18, 0.24):
            pen.line(poly((0, y), (1, y)), darker(roof, 0.4), 0.008)
    pen.line(curve((0.80, 0.38), (0.90, 0.38), (0.90, 0.46), closed=False), "4a4a52", 0.020)
    crown(pen, rng, [(0.16, 0.92, 0.05), (0.84, 0.92, 0.06)], "5f9a44")


def fence(pen: Pen, rng: Generator) -> None:
    wood, kind = pen.pick("f8f6f0 a8743e 7a8a94 c89a62"), pen.pick((0, 1, 2))
    for y in (0.46, 0.72):
        pen.fill(box(0.03, y, 0.97, y + 0.06), darker(wood, 0.14))
    for k, x in enumerate(np.linspace(0.075, 0.925, 7 if kind < 2 else 4)):
        top = 0.28 + (0.06 * np.sin(np.pi * k / 6) if kind == 1 else rng.uniform(-0.01, 0.01))
        peak = {
            0: ((x, top - 0.07),),
            1: ((x - 0.03, top - 0.04), (x, top - 0.055), (x + 0.03, top - 0.04)),
            2: ((x - 0.03, top - 0.02), (x + 0.03, top - 0.02)),
        }[kind]
        pen.fill(poly((x - 0.045, top), *peak, (x + 0.045, top), (x + 0.045, 0.90), (x - 0.045, 0.90)), wood)
        for y in (0.49, 0.75):
            pen.fill(ellipse(x, y, 0.010), darker(wood, 0.5), ink=0)
    tufts = [
        (
            leaf(x, 0.93, rng.uniform(0.06, 0.15), 0.022, -1.57 + rng.uniform(-0.4, 0.4)),
            blend("3f7a34", "8fc04a", rng.random()),
        )
        for x in rng.uniform(0.04, 0.96, 60)
    ]
    pen.dabs(tufts)


PAINTERS = MappingProxyType(
    {
        "lantern": lantern,
        "street lamp": street_lamp,
        "fountain": fountain,
        "well": well,
        "fence": fence,
    }
)
