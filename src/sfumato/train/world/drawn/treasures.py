"""Crystals, arms, chests and keys."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import arc, box, crag, curve, ellipse, leaf, moved, poly, ribbon, star

GEMS = "8a5ae0 3ab0e8 e84a7a 4ac88a f0b83a f4f8ff e8703a 5a7af0"


def prism(pen: Pen, x: float, low: float, size: tuple[float, float], lean: float, colour: Colour) -> None:
    """A six-sided crystal of (half width, height) that grows from (x, low)."""
    half, high = size
    outline = ((-half, 0), (-half, -high * 0.78), (-half * 0.15, -high), (half, -high * 0.72), (half, 0))
    ridge = half * 0.2
    parts = (
        (outline, colour),
        ((outline[0], outline[1], (-ridge, -high * 0.70), (-ridge, 0)), lighter(colour, 0.35)),
        (((ridge * 2, 0), (ridge * 2, -high * 0.66), outline[3], outline[4]), darker(colour, 0.35)),
        ((outline[1], outline[2], (-ridge, -high * 0.70)), lighter(colour, 0.7)),
        ((outline[2], outline[3], (ridge * 2, -high * 0.66), (-ridge, -high * 0.70)), lighter(colour, 0.2)),
    )
    for k, (points, tone) in enumerate(parts):
        pen.fill(moved(poly(*points), x, low, turn=lean), tone, light=0.6, ink=1.0 if k == 0 else 0.0)
    pen.line(
        moved(poly((-half * 0.7, -high * 0.15), (-half * 0.7, -high * 0.68)), x, low, turn=lean),
        "ffffff",
        0.010,
    )


def crystal(pen: Pen, rng: Generator) -> None:
    colour = pen.pick(GEMS)
    pen.glow(0.5, 0.5, 0.48, colour, 0.3)
    if pen.look % 4 == 3:
        return _jewel(pen, colour)
    for x, half, high, lean in pen.pick(
        (
            (
                (0.36, 0.075, 0.50, -0.55),
                (0.64, 0.08, 0.52, 0.55),
                (0.42, 0.09, 0.66, -0.22),
                (0.58, 0.08, 0.58, 0.28),
                (0.5, 0.12, 0.82, 0.03),
                (0.33, 0.05, 0.26, -0.3),
                (0.66, 0.06, 0.30, 0.35),
            ),
            ((0.5, 0.19, 0.86, 0.0), (0.30, 0.08, 0.40, -0.3), (0.70, 0.09, 0.46, 0.3)),
            (
                (0.34, 0.10, 0.62, -0.4),
                (0.66, 0.10, 0.72, 0.32),
                (0.48, 0.13, 0.78, -0.08),
                (0.58, 0.07, 0.34, 0.15),
            ),
        )
    ):
        prism(pen, x, 0.90, (half, high), lean, blend(colour, "ffffff", 0.15 * rng.random()))
    for x in np.linspace(0.2, 0.8, 6):
        pen.fill(crag(rng, x, 0.91, 0.11, 0.05, 7), pen.pick("6a6470 5a5a6a"))
    pen.dabs(
        (star(rng.uniform(0.15, 0.85), rng.uniform(0.1, 0.6), 0.025, 0.007, 4), "ffffff") for _ in range(5)
    )


def _jewel(pen: Pen, colour: Colour) -> None:
    """A cut stone seen from its side."""
    top, girdle, point = (
        ((0.28, 0.20), (0.43, 0.20), (0.57, 0.20), (0.72, 0.20)),
        ((0.04, 0.42), (0.33, 0.42), (0.67, 0.42), (0.96, 0.42)),
        (0.5, 0.90),
    )
    pen.fill(poly(top[0], top[3], girdle[3], point, girdle[0]), colour)
    facets = (
        (top[0], girdle[0], girdle[1]),
        (top[0], top[1], girdle[1]),
        (top[1], girdle[1], girdle[2], top[2]),
        (top[2], top[3], girdle[2]),
        (top[3], girdle[2], girdle[3]),
        (girdle[0], girdle[1], point),
        (girdle[1], girdle[2], point),
        (girdle[2], girdle[3], point),
    )
    for points, tone in zip(facets, (0.55, 0.75, 0.35, 0.5, -0.1, 0.3, 0.05, -0.35), strict=True):
        shade = lighter(colour, tone) if tone > 0 else darker(colour, -tone)
        pen.fill(poly(*points), shade, light=0.5, ink=0.3)
    for x, y, r in ((0.25, 0.32, 0.09), (0.7, 0.6, 0.05)):
        pen.fill(star(x, y, r, r * 0.22, 4), "ffffff", light=0, ink=0)


def sword(pen: Pen, rng: Generator) -> None:
    steel, gold, grip = (
        pen.pick("d4dae4 b8c4d0 e8e4d8 8ab4d0 d8b878"),
        pen.pick("e0b04a a8703a c8ccd4 6a7080"),
        pen.pick("6a3a2a 2f3f6a 7a2a3a 3a4a34"),
    )
    wide, turn = pen.pick((0.055, 0.08, 0.042, 0.065)), 0.72
    parts = [
        (poly((-wide, 0.20), (-wide * 0.85, -0.50), (0, -0.63), (wide * 0.85, -0.50), (wide, 0.20)), steel),
        (poly((0, 0.20), (0, -0.63), (wide * 0.85, -0.50), (wide, 0.20)), darker(steel, 0.25)),
    ]
    if pen.look % 4 == 2:
        edge = curve((-0.05, 0.20), (-0.10, -0.2), (0.06, -0.62), closed=False)
        parts = [
            (np.concatenate((edge, curve((0.06, -0.62), (0.07, -0.2), (0.05, 0.2), closed=False))), steel)
        ]
    for shape, tone in parts:
        pen.fill(moved(shape, 0.5, 0.5, turn=turn), tone, light=0.7, ink=1.0 if shape is parts[0][0] else 0)
    pen.line(moved(poly((-wide * 0.3, 0.16), (-wide * 0.25, -0.46)), 0.5, 0.5, turn=turn), "ffffff", 0.010)
    pen.fill(moved(box(-0.032, 0.22, 0.032, 0.44, 0.01), 0.5, 0.5, turn=turn), grip)
    for y in (0.27, 0.32, 0.37, 0.42):
        pen.line(moved(poly((-0.03, y), (0.03, y - 0.02)), 0.5, 0.5, turn=turn), lighter(grip, 0.35), 0.012)
    guard = curve(
        (-0.20, 0.16),
        (-0.10, 0.195),
        (0, 0.185),
        (0.10, 0.195),
        (0.20, 0.16),
        (0.19, 0.225),
        (0.08, 0.245),
        (-0.08, 0.245),
        (-0.19, 0.225),
    )
    pen.fill(moved(guard, 0.5, 0.5, turn=turn), gold)
    for y, r in ((0.475, 0.048), (0.215, 0.030)):
        pen.fill(
            moved(ellipse(0, y, r), 0.5, 0.5, turn=turn),
            gold if r > 0.04 else pen.pick("e83a4a 3a8ae8 4ac88a"),
            ink=0.7,
        )


def shield(pen: Pen, rng: Generator) -> None:
    first, second = (
        pen.pick("c8382e 2f5fa8 2f7a4a 6a3a8a 3a3a44 e0a83a"),
        pen.pick("f4efe0 e8c04a 8ab0d8 f0b060"),
    )
    rim, kind = pen.pick("c8ccd4 d8a84a 8a6a44"), pen.look % 3
    outline = (
        np.concatenate(
            (
                curve((0.10, 0.12), (0.5, 0.06), (0.90, 0.12), closed=False),
                curve((0.90, 0.45), (0.76, 0.76), (0.5, 0.96), (0.24, 0.76), (0.10, 0.45), closed=False),
            )
        ),
        ellipse(0.5, 0.5, 0.46),
        np.concatenate(
            (
                curve((0.06, 0.16), (0.28, 0.12), (0.5, 0.04), (0.72, 0.12), (0.94, 0.16), closed=False),
                curve((0.86, 0.5), (0.78, 0.80), (0.5, 0.96), (0.22, 0.80), (0.14, 0.5), closed=False),
            )
        ),
    )[kind]
    inner = (outline - 0.5) * 0.86 + 0.5
    pen.fill(outline, rim, light=1.5)
    pen.fill(inner, first, ink=0.6)
    with pen.inside(inner):
        fields = (
            (box(0.5, 0, 1, 0.5), box(0, 0.5, 0.5, 1)),
            (poly((0, 0.2), (0.2, 0), (1, 0.8), (0.8, 1)),),
            (box(0.40, 0, 0.60, 1), box(0, 0.36, 1, 0.54)),
            (poly((0, 0.75), (0.5, 0.40), (1, 0.75), (1, 0.95), (0.5, 0.60), (0, 0.95)),),
        )
        pen.fill(list(pen.pick(fields)), second, light=0.5, ink=0.4)
        pen.glaze(ellipse(0.3, 0.26, 0.16, 0.09, -0.6), "ffffff", 0.3, blur=0.04)
    badge = pen.pick(
        (star(0.5, 0.45, 0.17, 0.07, 5), ellipse(0.5, 0.5, 0.10), leaf(0.5, 0.66, 0.36, 0.20, -1.57)), 2
    )
    pen.fill(badge, lighter(rim, 0.15), light=1.3)
    for x, y in ((outline - 0.5) * 0.93 + 0.5)[:: max(1, len(outline) // 12)]:
        pen.fill(ellipse(x, y, 0.016), darker(rim, 0.2), ink=0.5)


def treasure_chest(pen: Pen, rng: Generator) -> None:
    wood, iron, opened = (
        pen.pick("8a5230 6a3f28 a86a3a 5a4438"),
        pen.pick("e0b04a 7a808a c8803e"),
        pen.look % 2,
    )
    hinge = 0.50
    if opened:
        lid = np.concatenate((arc(0.5, 0.34, 0.42, 0.27, 0.5, 1.0), poly((0.90, 0.48), (0.10, 0.48))))
        pen.fill(lid, darker(wood, 0.35))
        pen.fill((lid - (0.5, 0.34)) * 0.86 + (0.5, 0.36), "3a2420", light=-0.6, ink=0.6)
        pen.glow(0.5, 0.46, 0.40, "ffdf6a", 0.75)
        for x in np.linspace(0.12, 0.88, 60)[rng.permutation(60)]:
            y = hinge - 0.14 * (1 - ((x - 0.5) / 0.42) ** 2) * rng.random() + 0.01
            pen.fill(
                ellipse(x, y, 0.042, 0.028, rng.uniform(-0.6, 0.6)),
                blend("f8cc3a", "e8a02a", rng.random()),
                ink=0.6,
            )
        for x, c in ((0.3, "e83a5a"), (0.52, "3ac0e8"), (0.70, "58d080")):
            pen.fill(crag(rng, x, 0.40, 0.055, 0.05, 6), c, light=1.4)
            pen.glow(x - 0.015, 0.385, 0.03, "ffffff", 0.9)
    else:
        lid = np.concatenate((arc(0.5, 0.46, 0.44, 0.30, 0.5, 1.0), poly((0.94, 0.52), (0.06, 0.52))))
        pen.fill(lid, lighter(wood, 0.08))
        with pen.inside(lid):
            for y in (0.26, 0.34, 0.42):
                pen.line(poly((0, y), (1, y)), darker(wood, 0.4), 0.008)
            for x in (0.17, 0.83):
                pen.fill(box(x - 0.04, 0, x + 0.04, 1), iron, ink=0.6)
    front = box(0.07, 0.52, 0.93, 0.90, 0.015)
    pen.fill(front, wood)
    for y in (0.65, 0.78):
        pen.line(poly((0.08, y), (0.92, y)), darker(wood, 0.4), 0.008)
    for x in (0.17, 0.83):
        pen.fill(box(x - 0.04, 0.52, x + 0.04, 0.90), iron, ink=0.6)
        for y in (0.58, 0.72, 0.85):
            pen.fill(ellipse(x, y, 0.013), darker(iron, 0.35), ink=0)
    pen.fill(box(0.05, 0.50, 0.95, 0.56, 0.01), iron)
    pen.fill(box(0.42, 0.50, 0.58, 0.70, 0.03), lighter(iron, 0.2))
    pen.fill([ellipse(0.5, 0.585, 0.022), box(0.49, 0.59, 0.51, 0.65)], "241c20", light=0, ink=0)


def key(pen: Pen, rng: Generator) -> None:
    metal, bow = pen.pick("e0b04a c8ccd4 b0703e 5a5f6a"), pen.look % 4
    turn, at = pen.pick((0.6, -0.6, 0.75)), (0.5, 0.5)
    rings = (
        [(ellipse(0, -0.30, 0.17), ellipse(0, -0.30, 0.10))],
        [
            (ellipse(0.105 * c, -0.29 + 0.10 * s, 0.105), ellipse(0.105 * c, -0.29 + 0.10 * s, 0.05))
            for c, s in ((-1, 0), (1, 0), (0, -1))
        ],
        [(star(0, -0.30, 0.20, 0.15, 8), ellipse(0, -0.30, 0.09))],
        [
            (
                curve((0, -0.16), (-0.19, -0.32), (-0.12, -0.46), (0, -0.38), (0.12, -0.46), (0.19, -0.32)),
                curve((0, -0.23), (-0.11, -0.32), (-0.08, -0.39), (0, -0.33), (0.08, -0.39), (0.11, -0.32)),
            )
        ],
    )[bow]
    teeth = pen.pick(((0.34, 0.42), (0.30, 0.37, 0.44), (0.36, 0.36)))
    bits = [box(0.0, y - 0.022, 0.13 - 0.03 * k, y + 0.022) for k, y in enumerate(teeth)]
    shaft = [box(-0.034, -0.20, 0.034, 0.48, 0.02), *bits]
    pen.fill([moved(shape, *at, turn=turn) for shape in shaft], metal, light=1.2)
    for outer, hole in rings:
        pen.fill(moved(outer, *at, turn=turn), metal, hole=moved(hole, *at, turn=turn), light=1.2)
    for y in (-0.13, -0.08):
        pen.fill(
            moved(box(-0.058, y - 0.016, 0.058, y + 0.016, 0.012), *at, turn=turn),
            lighter(metal, 0.15),
            ink=0.7,
        )
    if bow == 2:
        pen.fill(moved(ellipse(0, -0.30, 0.075), *at, turn=turn), pen.pick("e83a5a 3a8ae8"), light=1.4)
    pen.fill(
        moved(ribbon(poly((-0.012, -0.05), (-0.012, 0.44)), 0.010, 0.010), *at, turn=turn),
        lighter(metal, 0.5),
        light=0,
        ink=0,
    )


PAINTERS = MappingProxyType(
    {
        "crystal": crystal,
        "sword": sword,
        "shield": shield,
        "treasure chest": treasure_chest,
        "key": key,
    }
)
