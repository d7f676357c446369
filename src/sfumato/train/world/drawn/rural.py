"""Buildings of the country."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.buildings import GLASS, LAMPLIT, door, pane, shrubs
from sfumato.train.world.drawn.pen import Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import arc, blob, box, curve, ellipse, poly
from sfumato.train.world.drawn.trees import crown


def cottage(pen: Pen, rng: Generator) -> None:
    wall, thatch = pen.pick("f4ead2 e8d8c0 d8c8b8 f0dcc8"), pen.pick("c49a4e a8824a 8a6a44 b8864a")
    pen.fill(box(0.72, 0.16, 0.82, 0.45), "9a8a80")
    for k in range(3):
        pen.fill(
            blob(rng, 0.78 + 0.035 * k, 0.13 - 0.04 * k, 0.03 + 0.008 * k, 0.028, 0.1), "e8e8ec", ink=0.4
        )
    front = box(0.10, 0.50, 0.90, 0.88)
    pen.fill(front, wall)
    with pen.inside(front):
        for x in (0.13, 0.40, 0.62, 0.87):
            pen.fill(box(x - 0.014, 0.4, x + 0.014, 0.9), "6b4a32", ink=0)
        if pen.look % 2:
            pen.line(poly((0.13, 0.88), (0.40, 0.56)), "6b4a32", 0.022)
            pen.line(poly((0.87, 0.88), (0.62, 0.56)), "6b4a32", 0.022)
    roof = curve(
        (0.03, 0.56),
        (0.12, 0.36),
        (0.24, 0.16),
        (0.5, 0.13),
        (0.76, 0.16),
        (0.88, 0.36),
        (0.97, 0.56),
        (0.72, 0.55),
        (0.5, 0.50),
        (0.28, 0.55),
    )
    pen.fill(roof, lighter(thatch, 0.1), darker(thatch, 0.15))
    with pen.inside(roof):
        for _ in range(110):
            x, y = rng.uniform(0.05, 0.95), rng.uniform(0.12, 0.5)
            pen.line(
                poly((x, y), (x + (x - 0.5) * 0.14, y + 0.08)),
                blend(lighter(thatch), darker(thatch), rng.random()),
                0.005,
            )
    door(pen, 0.51, 0.88, 0.13, 0.25, pen.pick("4a7a5a 3f5f8a 8a4a3a"))
    for x in (0.26, 0.75):
        pane(pen, x, 0.68, 0.12, 0.13, pen.pick((LAMPLIT, GLASS)))
    shrubs(pen, rng, 0.92, (0.10, 0.19, 0.29, 0.38, 0.66, 0.77, 0.88))
    spots = [
        (ellipse(rng.uniform(0.08, 0.92), rng.uniform(0.84, 0.91), 0.012), pen.pick("e85a7a f2c43a f8f4ff"))
        for _ in range(24)
    ]
    pen.dabs((s, c) for s, c in spots if not 0.43 < s[:, 0].mean() < 0.6)


def barn(pen: Pen, rng: Generator) -> None:
    wall, roof = pen.pick("a8322a 8a3a30 c8b090 6a7a8a"), pen.pick("6a6e78 4a4a52 8a8f98")
    pen.fill(poly((0.55, 0.44), (0.95, 0.44), (0.95, 0.92), (0.55, 0.92)), darker(wall, 0.3))
    gable = poly(
        (0.06, 0.46), (0.12, 0.27), (0.31, 0.12), (0.50, 0.27), (0.56, 0.46), (0.56, 0.92), (0.06, 0.92)
    )
    pen.fill(gable, wall)
    with pen.inside(gable):
        for x in np.arange(0.1, 0.56, 0.04):
            pen.line(poly((x, 0), (x, 1)), darker(wall, 0.2), 0.004)
    pen.fill(poly((0.31, 0.09), (0.74, 0.09), (0.90, 0.26), (0.50, 0.27)), lighter(roof, 0.15))
    pen.fill(poly((0.50, 0.27), (0.90, 0.26), (0.98, 0.47), (0.585, 0.48)), roof, darker(roof, 0.2))
    edge = poly((0.03, 0.48), (0.10, 0.26), (0.31, 0.085), (0.52, 0.26), (0.59, 0.48))
    pen.line(edge, "f4efe4", 0.028)
    pen.fill(box(0.18, 0.60, 0.44, 0.92), "f4efe4")
    for x0, x1 in ((0.20, 0.305), (0.315, 0.42)):
        pen.fill(box(x0, 0.62, x1, 0.92), lighter(wall, 0.06), ink=0.5)
        for line in (poly((x0, 0.63), (x1, 0.91)), poly((x1, 0.63), (x0, 0.91))):
            pen.line(line, "f4efe4", 0.014)
    if pen.look % 2:
        pen.fill(ellipse(0.31, 0.40, 0.06), "f4efe4")
        pen.fill(ellipse(0.31, 0.40, 0.045), "3a2a28", ink=0)
    else:
        pen.fill(box(0.24, 0.32, 0.38, 0.46), "f4efe4")
        pen.fill(box(0.255, 0.335, 0.365, 0.46), "d8a83e", "8a6420", ink=0)
    for x in (0.68, 0.84):
        pane(pen, x, 0.66, 0.08, 0.10, GLASS)


def hut(pen: Pen, rng: Generator) -> None:
    wall, straw = pen.pick("a87848 c89a62 8a6444"), pen.pick("d0a850 b48a48 9a8a4a c47a3a")
    body = box(0.20, 0.46, 0.80, 0.94)
    pen.fill(body, wall)
    with pen.inside(body):
        for x in np.arange(0.22, 0.82, 0.055):
            pen.fill(box(x, 0.4, x + 0.045, 1), blend(wall, lighter(wall), rng.random()), ink=0)
    pen.fill(curve((0.40, 0.97), (0.40, 0.66), (0.5, 0.58), (0.60, 0.66), (0.60, 0.97)), "3a241c")
    pen.fill(box(0.25, 0.62, 0.34, 0.73), "2e2020" if pen.look % 2 else LAMPLIT)
    peak = pen.pick((0.06, 0.12, 0.03))
    roof = np.concatenate(
        (
            curve((0.5, peak), (0.68, 0.28), (0.96, 0.55), closed=False),
            curve((0.04, 0.55), (0.32, 0.28), (0.5, peak), closed=False),
        )
    )
    pen.fill(roof, lighter(straw, 0.15), darker(straw, 0.15))
    for layer in range(4):
        low, reach = peak + (layer + 1) * (0.58 - peak) / 4, 0.14 + layer * 0.11
        fringe = []
        for _ in range(50):
            u = rng.uniform(-1, 1)
            x, y = 0.5 + u * reach, low - 0.02 * u * u
            tone = blend(lighter(straw, 0.3), darker(straw, 0.35), rng.random())
            fringe.append(
                (
                    poly(
                        (x - 0.007, y - 0.09), (x + 0.007, y - 0.09), (x + u * 0.05, y + rng.uniform(0, 0.03))
                    ),
                    tone,
                )
            )
        with pen.inside([roof, box(0.04, 0.5, 0.96, 0.62)]):
            pen.dabs(fringe)


def greenhouse(pen: Pen, rng: Generator) -> None:
    frame, glass = pen.pick("f4f6f4 4a6a5a 8a6a4a 2e3a3a"), pen.pick("bfe6e0 c4e0f0 d8f0d8")
    arched = pen.look % 2
    top = arc(0.5, 0.52, 0.42, 0.40, 0.5, 1.0) if arched else poly((0.08, 0.48), (0.5, 0.12), (0.92, 0.48))
    shell = np.concatenate((top, poly((0.92, 0.9), (0.08, 0.9))))
    pen.fill(shell, lighter(glass, 0.3), glass, light=0.4)
    with pen.inside(shell):
        spots = [
            (0.16, 0.82, 0.09),
            (0.32, 0.76, 0.12),
            (0.68, 0.74, 0.13),
            (0.84, 0.80, 0.10),
            (0.5, 0.62, 0.10),
            (0.24, 0.62, 0.08),
        ]
        crown(pen, rng, spots, pen.pick("4f9a3c 3f8a5a"))
        pen.dabs(
            (
                ellipse(rng.uniform(0.12, 0.88), rng.uniform(0.55, 0.85), 0.016),
                pen.pick("e8506a f2b83a f090c0", k),
            )
            for k in range(1, 22)
        )
        pen.glaze(shell, glass, 0.35)
        pen.glaze(poly((0.1, 0.9), (0.4, 0.1), (0.55, 0.1), (0.25, 0.9)), "ffffff", 0.35)
        for x in np.linspace(0.08, 0.92, 8):
            pen.line(poly((x, 0.1), (x, 0.9)), frame, 0.012)
        for y in (0.34, 0.48, 0.69):
            pen.line(poly((0.05, y), (0.95, y)), frame, 0.014)
    pen.line(np.concatenate((shell, shell[:1])), frame, 0.026)
    pen.fill(box(0.42, 0.56, 0.58, 0.9), lighter(glass, 0.4), ink=0.6, hole=None)
    pen.line(
        poly((0.42, 0.9), (0.42, 0.56), (0.58, 0.56), (0.58, 0.9), (0.5, 0.9), (0.5, 0.56)), frame, 0.016
    )
    pen.fill(box(0.05, 0.88, 0.95, 0.94), "a87a60")


PAINTERS = MappingProxyType(
    {
        "cottage": cottage,
        "barn": barn,
        "hut": hut,
        "greenhouse": greenhouse,
    }
)
