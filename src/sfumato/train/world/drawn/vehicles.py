"""Ships of the air, and what runs on wheels."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    arc,
    around,
    blob,
    box,
    crag,
    curve,
    ellipse,
    poly,
    ribbon,
    wedge,
)  # fmt: skip

PAINTS = "d8382e 2f6f9a f0b83a 3f8a6a 8a4a8a f4efe4 3a3a4a e8743a"


def line(*points: tuple[float, float]) -> Shape:
    """An open curve."""
    return curve(*points, closed=False)


def wheel(pen: Pen, x: float, y: float, r: float, spokes: int, colour: Colour, tyre: float = 0.2) -> None:
    """A spoked wheel, its tyre `tyre` · r thick."""
    for px, py, _ in around(x, y, r * (1 - tyre / 2), spokes, 0.3):
        pen.line(poly((x, y), (px, py)), lighter(colour, 0.15), max(0.006, 0.08 * r))
    pen.fill(ellipse(x, y, r), colour, hole=ellipse(x, y, r * (1 - tyre)))
    pen.fill(ellipse(x, y, r * 0.2), darker(colour, 0.2), ink=0.5)


def hot_air_balloon(pen: Pen, rng: Generator) -> None:
    first, second, third = pen.pick(
        (
            "e8483a f8d048 f8f4e8",
            "2f7fb8 f8f4e8 f0a03a",
            "8a4aa0 f49ac0 f8e08a",
            "3f9a7a f8e8b0 e8743a",
            "f0783a c83a4a f8d878",
            "3a4a8a e8c04a d8e8f4",
            "f4a8b8 fdf4e8 8ac8d8",
            "c8382e f4f4f4 2f4a8a",
        )
    ).split()
    bag = np.concatenate(
        (
            arc(0.5, 0.36, 0.36, 0.34, 0.47, 1.03),
            line((0.83, 0.48), (0.68, 0.64), (0.57, 0.74)),
            line((0.43, 0.74), (0.32, 0.64), (0.17, 0.48)),
        )
    )
    for x in (0.43, 0.475, 0.525, 0.57):
        pen.line(poly((x, 0.73), (0.5 + (x - 0.5) * 0.75, 0.87)), "6a5444", 0.006)
    pen.fill(bag, first)
    with pen.inside(bag):
        for k, half in enumerate((0.40, 0.29, 0.18, 0.065)):
            gore = np.concatenate(
                (
                    line((0.5, 0.0), (0.5 + half, 0.36), (0.5 + half * 0.15, 0.80)),
                    line((0.5 - half * 0.15, 0.80), (0.5 - half, 0.36), (0.5, 0.0)),
                )
            )
            pen.fill(gore, (first, second, third)[k % (2 if pen.look % 2 else 3)], light=0.5, ink=0.4)
        if pen.look % 4 > 1:
            band = curve((0.1, 0.36), (0.5, 0.43), (0.9, 0.36), (0.9, 0.45), (0.5, 0.53), (0.1, 0.45))
            pen.fill(band, third, light=0.4, ink=0.4)
            pen.dabs(
                (ellipse(x, 0.475 - 0.4 * (x - 0.5) ** 2, 0.018), first) for x in np.linspace(0.2, 0.8, 8)
            )
        pen.glaze(ellipse(0.34, 0.24, 0.11, 0.14, 0.5), "ffffff", 0.35, blur=0.04)
        pen.glaze(curve((0.72, 0.0), (0.78, 0.36), (0.6, 0.8), (1, 0.8), (1, 0)), "1a1430", 0.25, blur=0.04)
    pen.glow(0.5, 0.77, 0.06, "ffb83a", 0.9)
    pen.fill(wedge(0.5, 0.86, 0.97, 0.075, 0.06), "a8743e")
    with pen.inside(wedge(0.5, 0.86, 0.97, 0.075, 0.06)):
        for y in np.arange(0.87, 0.97, 0.022):
            pen.line(poly((0.4, y), (0.6, y)), "6e4626", 0.006)
    pen.fill(box(0.415, 0.85, 0.585, 0.875, 0.01), "8a5a30", ink=0.6)


def airship(pen: Pen, rng: Generator) -> None:
    paint, trim = (
        pen.pick("d8b878 c8ccd8 b8483e 6a8aa8 8a6a9a e8e0d0"),
        pen.pick("8a4a2e 3a4a6a e0b04a 4a6a5a"),
    )
    for points in (
        ((0.04, 0.16), (0.18, 0.24), (0.24, 0.40), (0.08, 0.36)),
        ((0.04, 0.66), (0.18, 0.58), (0.24, 0.44), (0.08, 0.46)),
    ):
        pen.fill(poly(*points), trim)
    body = np.concatenate((arc(0.60, 0.41, 0.37, 0.22, -0.25, 0.25), arc(0.60, 0.41, 0.54, 0.22, 0.25, 0.75)))
    pen.fill(body, paint, light=1.3)
    with pen.inside(body):
        for v in np.linspace(-0.8, 0.8, 6):
            pen.line(
                line(
                    (0.06, 0.41),
                    (0.3, 0.41 + 0.19 * v),
                    (0.62, 0.41 + 0.22 * v),
                    (0.85, 0.41 + 0.15 * v),
                    (0.97, 0.41),
                ),
                darker(paint, 0.28),
                0.006,
            )
        if pen.look % 2:
            pen.fill(box(0.52, 0.1, 0.66, 0.7), trim, light=0.7, ink=0)
            pen.fill(crag(rng, 0.59, 0.41, 0.05, 0.05, 5), "f8e8a8", ink=0.4)
        pen.glaze(ellipse(0.55, 0.28, 0.32, 0.035), "fffbe8", 0.45, blur=0.02)
    pen.fill(poly((0.03, 0.38), (0.20, 0.40), (0.20, 0.43), (0.03, 0.45)), darker(trim, 0.2))
    for x in (0.44, 0.60, 0.76):
        pen.line(poly((x, 0.60), (x - 0.02, 0.74)), "5a4a40", 0.007)
    cabin = curve((0.36, 0.70), (0.60, 0.69), (0.84, 0.70), (0.80, 0.80), (0.60, 0.83), (0.40, 0.80))
    pen.fill(cabin, "8a5a38")
    for x in (0.46, 0.54, 0.62, 0.70):
        pen.fill(box(x - 0.024, 0.715, x + 0.024, 0.765, 0.008), "ffe09a", ink=0.5)
    pen.fill(ellipse(0.34, 0.75, 0.014, 0.075, 0.2), "c8a24a", ink=0.6)


def steam_train(pen: Pen, rng: Generator) -> None:
    paint, trim = pen.pick("2f5a48 8a2a2a 2a3038 2f4a7a 4a6a3a 6a3a5a"), pen.pick("d8a83e c8382e e8e0d0")
    for k in range(5):
        pen.fill(
            blob(rng, 0.73 - 0.10 * k, 0.17 - 0.015 * k, 0.06 + 0.016 * k, 0.055 + 0.01 * k, 0.12),
            "e4e4ea",
            ink=0.5,
        )
    pen.fill(box(0.06, 0.34, 0.36, 0.72), paint)
    pen.fill(box(0.03, 0.29, 0.40, 0.35, 0.02), darker(paint, 0.3))
    pen.fill(box(0.11, 0.40, 0.29, 0.54, 0.015), "ffe2a0", "e89a4a", light=0.4)
    pen.fill(wedge(0.74, 0.24, 0.46, 0.065, 0.04), darker(paint, 0.35))
    pen.fill(box(0.665, 0.215, 0.815, 0.25), trim, ink=0.7)
    for x in (0.46, 0.58):
        pen.fill(box(x - 0.032, 0.38, x + 0.032, 0.48, 0.025), trim, ink=0.7)
    pen.fill(box(0.34, 0.45, 0.86, 0.68, 0.03), paint, light=1.8)
    for x in (0.42, 0.54, 0.66):
        pen.fill(box(x, 0.45, x + 0.014, 0.68), trim, ink=0)
    pen.fill(box(0.81, 0.44, 0.88, 0.69, 0.02), darker(paint, 0.4))
    pen.fill(ellipse(0.89, 0.50, 0.034), "fff0b0", ink=0.7)
    pen.fill(box(0.05, 0.68, 0.90, 0.745), trim)
    pen.fill(poly((0.86, 0.74), (0.98, 0.90), (0.82, 0.90)), darker(trim, 0.15))
    for x, r in ((0.18, 0.115), (0.40, 0.115), (0.60, 0.075), (0.76, 0.075)):
        wheel(pen, x, 0.91 - r, r, 10, pen.pick("a8322a 3a3a42 c8962e", 3))
    pen.line(poly((0.18, 0.80), (0.40, 0.80), (0.60, 0.82)), "c8ccd4", 0.020)
    pen.fill(box(0.02, 0.905, 0.98, 0.94), "7a7480", ink=0.6)


def bicycle(pen: Pen, rng: Generator) -> None:
    paint, tyre = pen.pick(PAINTS.replace("f4efe4", "48b0a8")), pen.pick("2e2e34 3a3a40 6a4a30")
    for x in (0.23, 0.77):
        wheel(pen, x, 0.66, 0.21, 14, "8a9098", 0.05)
        pen.fill(ellipse(x, 0.66, 0.21), tyre, hole=ellipse(x, 0.66, 0.185), ink=0.5)
    seat, crank, head = (0.36, 0.36), (0.45, 0.68), (0.68, 0.36)
    for a, b in (
        ((0.23, 0.66), crank),
        ((0.23, 0.66), seat),
        (seat, crank),
        (seat, head),
        (crank, (0.69, 0.42)),
        ((0.66, 0.27), (0.77, 0.66)),
        ((0.335, 0.27), seat),
    ):
        pen.fill(ribbon(poly(a, b), 0.032, 0.032), paint, ink=0.7)
    pen.fill(curve((0.22, 0.25), (0.34, 0.235), (0.45, 0.25), (0.36, 0.285)), "6b4226")
    pen.line(
        line((0.66, 0.28), (0.65, 0.19), (0.73, 0.16), (0.79, 0.19))
        if pen.look % 2
        else line((0.66, 0.28), (0.62, 0.18), (0.54, 0.18)),
        "5a5e66",
        0.024,
    )
    if pen.look % 4 < 2:
        pen.fill(wedge(0.80, 0.25, 0.40, 0.115, 0.085), "c89a5a")
        pen.dabs(
            (ellipse(0.72 + 0.035 * k, 0.235 - 0.02 * (k % 2), 0.028), c)
            for k, c in enumerate(("f08ab0", "f8e060", "e8506a", "f8f4ff", "f08ab0"))
        )
    pen.fill(ellipse(*crank, 0.055), "c8ccd4", hole=ellipse(*crank, 0.032))
    pen.line(poly((0.41, 0.60), (0.49, 0.76)), "4a4e56", 0.018)
    for x, y in ((0.40, 0.595), (0.50, 0.765)):
        pen.fill(box(x - 0.035, y - 0.012, x + 0.035, y + 0.012), "33363c", ink=0.5)


def cart(pen: Pen, rng: Generator) -> None:
    wood, load = (
        pen.pick("a8743e 7a5230 c8924a 8a6a4a"),
        pen.pick(("e8a83a f2c860", "d8382e a82a2a", "e07a2a f09a3a", "6a9a44 4a7a34", "b060a0 f090c0")),
    )
    pen.line(poly((0.80, 0.62), (0.98, 0.52)), darker(wood, 0.2), 0.030)
    heap = [(0.2 + 0.58 * rng.random(), 0.46 - 0.20 * rng.random() * rng.random()) for _ in range(44)]
    for x, y in sorted(heap, key=lambda spot: spot[1]):
        top = 0.24 + 1.6 * (x - 0.49) ** 2
        pen.fill(blob(rng, x, max(y, top), 0.055, 0.050, 0.08), str(rng.choice(load.split())), ink=0.6)
    bed = poly((0.08, 0.42), (0.90, 0.42), (0.84, 0.68), (0.14, 0.68))
    pen.fill(bed, wood)
    with pen.inside(bed):
        for y in (0.50, 0.59):
            pen.line(poly((0, y), (1, y)), darker(wood, 0.4), 0.010)
        for x in (0.18, 0.49, 0.80):
            pen.fill(box(x - 0.02, 0.4, x + 0.02, 0.7), darker(wood, 0.2), ink=0.4)
    pen.fill(box(0.05, 0.39, 0.93, 0.43), lighter(wood, 0.12))
    for x, r in pen.pick((((0.49, 0.26),), ((0.28, 0.19), (0.70, 0.19)))):
        wheel(pen, x, 0.95 - r, r, 10, darker(wood, 0.15), 0.16)


PAINTERS = MappingProxyType(
    {
        "hot air balloon": hot_air_balloon,
        "airship": airship,
        "steam train": steam_train,
        "bicycle": bicycle,
        "cart": cart,
    }
)
