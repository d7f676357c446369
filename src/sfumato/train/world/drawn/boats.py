"""What goes on and under water."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    arc,
    around,
    blob,
    box,
    curve,
    ellipse,
    poly,
    wedge,
)  # fmt: skip

PAINTS = "d8382e 2f6f9a f0b83a 3f8a6a 8a4a8a f4efe4 3a3a4a e8743a"


def line(*points: tuple[float, float]) -> Shape:
    """An open curve."""
    return curve(*points, closed=False)


def sea(pen: Pen, y: float) -> None:
    """A patch of water that a hull stands in."""
    water = curve(
        (0.04, y),
        (0.25, y - 0.02),
        (0.5, y + 0.01),
        (0.75, y - 0.02),
        (0.96, y),
        (0.75, y + 0.07),
        (0.25, y + 0.07),
    )
    pen.fill(water, "5fb0d0", "2f6f9e", ink=0.6)
    for x in (0.15, 0.42, 0.66):
        pen.line(line((x, y + 0.03), (x + 0.08, y + 0.02), (x + 0.16, y + 0.035)), "d8f2fa", 0.009)


def hull(pen: Pen, span: tuple[float, float], y: float, depth: float, colour: Colour) -> None:
    """A hull seen from the side, its bow to the right, with a stripe and a keel of another colour."""
    x0, x1 = span
    shape = np.concatenate(
        (
            line((x0, y), ((x0 + x1) / 2, y + depth * 0.2), (x1, y - depth * 0.25)),
            line(
                (x1 - 0.10, y + depth * 0.7),
                (x1 - 0.18, y + depth),
                (x0 + 0.10, y + depth),
                (x0 + 0.03, y + depth * 0.6),
            ),
        )
    )
    pen.fill(shape, colour, darker(colour, 0.15))
    with pen.inside(shape):
        pen.fill(box(0, y + depth * 0.66, 1, 1), pen.pick("a8382e 3a4a5a e8e0d0"), ink=0)
        pen.line(
            line((x0, y + 0.03), ((x0 + x1) / 2, y + depth * 0.2 + 0.03), (x1, y - depth * 0.25 + 0.03)),
            lighter(colour, 0.5),
            0.016,
        )


def sailboat(pen: Pen, rng: Generator) -> None:
    sail, trim = pen.pick("fdfaf0 f4d8a0 e8503e 8fc8d8 f7b8c8 fdfaf0 e8c050 d8e8f0"), pen.pick(PAINTS)
    pen.line(poly((0.47, 0.76), (0.47, 0.04)), "7a5638", 0.018)
    main = np.concatenate((line((0.45, 0.06), (0.30, 0.36), (0.10, 0.66)), poly((0.45, 0.68))))
    jib = np.concatenate((line((0.49, 0.10), (0.68, 0.38), (0.86, 0.66)), poly((0.49, 0.66))))
    for shape, tone in ((main, sail), (jib, lighter(sail, 0.3))):
        pen.fill(shape, tone, darker(tone, 0.08))
        with pen.inside(shape):
            for y in (0.28, 0.48) if pen.look % 2 else (0.54,):
                pen.fill(poly((0, y), (1, y), (1, y + 0.07), (0, y + 0.07)), trim, light=0.4, ink=0)
    pen.fill(poly((0.47, 0.02), (0.58, 0.045), (0.47, 0.075)), trim, ink=0.6)
    hull(pen, (0.10, 0.90), 0.73, 0.17, pen.pick("8a5a38 f4efe4 2f5f8a a8382e"))
    sea(pen, 0.88)


def fishing_boat(pen: Pen, rng: Generator) -> None:
    paint = pen.pick("2f7f9a d8503a 3f8a5a e8b03a f4efe4 5a5a8a")
    for x, y in ((0.24, 0.22), (0.62, 0.06)):
        pen.line(poly((x, 0.66), (x, y)), "6a5040", 0.016)
    for points in (((0.62, 0.08), (0.96, 0.52)), ((0.62, 0.08), (0.24, 0.24)), ((0.24, 0.24), (0.05, 0.56))):
        pen.line(poly(*points), "5a5a60", 0.006)
    pen.dabs(
        (
            poly(
                (x, 0.23 - (x - 0.24) * 0.40),
                (x + 0.05, 0.21 - (x - 0.24) * 0.40),
                (x + 0.025, 0.28 - (x - 0.24) * 0.40),
            ),
            c,
        )
        for x, c in zip((0.28, 0.36, 0.44, 0.52), ("e84a3a", "f2c43a", "3a8ac8", "f4f4f4"), strict=True)
    )
    pen.fill(box(0.34, 0.40, 0.60, 0.66, 0.02), "f6f2e8")
    pen.fill(box(0.31, 0.36, 0.64, 0.415, 0.015), paint)
    for x in (0.38, 0.49):
        pen.fill(box(x, 0.45, x + 0.07, 0.53, 0.01), "9fd4ea", ink=0.6)
    pen.fill(box(0.14, 0.56, 0.28, 0.68), "b8864a")
    pen.dabs(
        (leaf_fish, "b8c8d0")
        for leaf_fish in [ellipse(0.16 + 0.025 * k, 0.555, 0.02, 0.01, k) for k in range(5)]
    )
    hull(pen, (0.05, 0.95), 0.66, 0.22, paint)
    for x in (0.2, 0.42, 0.62):
        pen.fill(ellipse(x, 0.755, 0.035), "2f2f36", hole=ellipse(x, 0.755, 0.016))
    sea(pen, 0.87)


def ship(pen: Pen, rng: Generator) -> None:
    if pen.look % 2:
        return _galleon(pen)
    paint = pen.pick("2f4a6a 8a2f2f 3a3a44 f0ece4", 3)
    for x in (0.36, 0.50, 0.64):
        pen.fill(
            poly((x, 0.20), (x + 0.08, 0.20), (x + 0.07, 0.46), (x - 0.01, 0.46)),
            pen.pick("d8482e f0b83a e8e8e8"),
        )
        pen.fill(poly((x, 0.20), (x + 0.08, 0.20), (x + 0.078, 0.255), (x - 0.002, 0.255)), "2a2a30", ink=0.3)
        for k in range(3):
            pen.fill(
                blob(rng, x - 0.03 - 0.055 * k, 0.16 - 0.035 * k, 0.045 + 0.01 * k, 0.035, 0.1),
                "c8c8d0",
                ink=0.4,
            )
    for x0, x1, y in ((0.22, 0.82, 0.52), (0.27, 0.76, 0.43)):
        pen.fill(box(x0, y, x1, y + 0.12, 0.01), "f8f5ee")
        pen.dabs(
            (box(x, y + 0.03, x + 0.025, y + 0.06), "4a86b0") for x in np.arange(x0 + 0.03, x1 - 0.03, 0.05)
        )
    hull(pen, (0.04, 0.97), 0.62, 0.24, paint)
    pen.dabs((ellipse(x, 0.73, 0.011), "f8e8b0") for x in np.arange(0.15, 0.82, 0.06))
    sea(pen, 0.86)


def _galleon(pen: Pen) -> None:
    """A sailing ship of three masts."""
    wood, sail = pen.pick("7a4a2e 5a3a2a 96623a", 3), pen.pick("f8efd8 e8d8b8 d8e0e8 c84a3a", 3)
    for x, top in ((0.22, 0.14), (0.48, 0.03), (0.74, 0.12)):
        pen.line(poly((x, 0.7), (x, top)), "5e4230", 0.020)
        for y, half in ((top + 0.06, 0.075), (top + 0.22, 0.105), (top + 0.40, 0.125)):
            cloth = np.concatenate(
                (
                    line((x - half, y), (x + half, y)),
                    line((x + half + 0.02, y + 0.145), (x, y + 0.115), (x - half + 0.02, y + 0.145)),
                )
            )
            pen.fill(cloth, lighter(sail, 0.15), darker(sail, 0.12), light=1.3)
            pen.line(poly((x - half - 0.015, y), (x + half + 0.015, y)), "5e4230", 0.013)
        pen.fill(
            poly((x, top - 0.01), (x + 0.09, top + 0.01), (x, top + 0.03)),
            pen.pick("c83a3a 2a2a30 3f6fa0"),
            ink=0.4,
        )
    pen.line(poly((0.85, 0.64), (0.98, 0.52)), "5e4230", 0.018)
    body = np.concatenate(
        (
            line((0.05, 0.54), (0.16, 0.57), (0.22, 0.67), (0.6, 0.68), (0.90, 0.61)),
            line((0.82, 0.80), (0.70, 0.90), (0.22, 0.90), (0.10, 0.78)),
        )
    )
    pen.fill(body, wood, darker(wood, 0.2))
    with pen.inside(body):
        for y in (0.62, 0.70, 0.76, 0.82):
            pen.line(
                line((0, y), (0.5, y + 0.03), (1, y - 0.05)),
                "d8a84a" if y == 0.70 else darker(wood, 0.35),
                0.010,
            )
    for x in np.arange(0.22, 0.80, 0.09):
        pen.fill(box(x, 0.745, x + 0.035, 0.78), "1f1a1e", ink=0.3)
    sea(pen, 0.88)


def submarine(pen: Pen, rng: Generator) -> None:
    paint, trim = pen.pick("f2c43a 4a6a7a d8503e 5a8a6a 3a4a6a e88a3a"), pen.pick("d8503a f4efe4 2f4a6a")
    pen.line(poly((0.52, 0.34), (0.52, 0.13), (0.60, 0.13)), darker(paint, 0.4), 0.026)
    pen.fill(wedge(0.52, 0.26, 0.48, 0.10, 0.14), lighter(paint, 0.05))
    for k, (px, py, t) in enumerate(around(0.075, 0.58, 0.0, 4, 0.5)):
        pen.fill(
            ellipse(px + 0.05 * np.cos(t) * 0.4, py + 0.075 * np.sin(t), 0.022, 0.06, t + 1.57),
            blend("c89a4a", "8a6a30", k % 2),
            ink=0.6,
        )
    pen.fill(poly((0.06, 0.38), (0.2, 0.50), (0.2, 0.66), (0.06, 0.78), (0.13, 0.58)), trim)
    body = np.concatenate(
        (
            arc(0.66, 0.58, 0.30, 0.20, -0.25, 0.25),
            line((0.5, 0.78), (0.26, 0.72), (0.08, 0.60), (0.08, 0.56), (0.26, 0.44), (0.5, 0.38)),
        )
    )
    pen.fill(body, paint, darker(paint, 0.1), light=1.2)
    with pen.inside(body):
        pen.fill(curve((0, 0.68), (0.5, 0.71), (1, 0.66), (1, 0.9), (0, 0.9)), trim, light=0.6, ink=0)
        pen.glaze(ellipse(0.6, 0.45, 0.28, 0.03), "ffffff", 0.4, blur=0.02)
        pen.dabs((ellipse(x, 0.67, 0.006), darker(paint, 0.5)) for x in np.arange(0.1, 0.95, 0.045))
    for x in pen.pick(((0.42, 0.58, 0.74), (0.5, 0.72), (0.36, 0.49, 0.62, 0.75))):
        pen.fill(ellipse(x, 0.55, 0.062), "c8a24a", ink=0.7)
        pen.fill(ellipse(x, 0.55, 0.045), "bfe8f4", "3f86b0", light=0.4, ink=0.4)
        pen.glaze(ellipse(x - 0.014, 0.535, 0.014), "ffffff", 0.8)
    pen.glow(0.955, 0.58, 0.04, "fff2b0", 0.9)


PAINTERS = MappingProxyType(
    {
        "sailboat": sailboat,
        "fishing boat": fishing_boat,
        "ship": ship,
        "submarine": submarine,
    }
)
