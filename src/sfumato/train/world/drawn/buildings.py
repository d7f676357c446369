"""Buildings people live and work in, seen a little from the right: a lit front and a wall in shade."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import box, ellipse, poly, wedge
from sfumato.train.world.drawn.trees import crown

WALLS = "f2e3c4 d8604a e9eef2 8fb4c8 f0c86a c9a27c f4b8a8 a8c09a"
ROOFS = "a8412f 5b4a58 3f6a7a 7a4a2e 4a5a4a 8a3040 c4683a 3a4a6a"
GLASS = "8fc4e0"
LAMPLIT = "ffd872"


def pane(pen: Pen, x: float, y: float, w: float, h: float, colour: Colour, bars: int = 1) -> None:
    """A framed window centred at (x, y) with `bars` glazing bars each way."""
    pen.fill(
        box(x - w / 2 - 0.012, y - h / 2 - 0.012, x + w / 2 + 0.012, y + h / 2 + 0.018), "fbf6ea", ink=0.6
    )
    glass = box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    pen.fill(glass, lighter(colour, 0.25), darker(colour, 0.12), light=0.3, ink=0)
    with pen.inside(glass):
        pen.glaze(poly((x - w, y + h), (x, y - h), (x + w * 0.3, y - h), (x - w * 0.6, y + h)), "ffffff", 0.3)
    for k in range(1, bars + 1):
        u = k / (bars + 1) - 0.5
        pen.line(poly((x + u * w, y - h / 2), (x + u * w, y + h / 2)), "fbf6ea", 0.010)
        pen.line(poly((x - w / 2, y + u * h), (x + w / 2, y + u * h)), "fbf6ea", 0.010)


def courses(pen: Pen, wall: np.ndarray, colour: Colour, step: float) -> None:
    """Joints of brick or stone over a wall."""
    with pen.inside(wall):
        for row, y in enumerate(np.arange(wall[:, 1].min(), wall[:, 1].max(), step)):
            pen.line(poly((0.0, y), (1.0, y)), darker(colour, 0.16), 0.004)
            for x in np.arange(0.0, 1.0, step * 2.2) + (row % 2) * step * 1.1:
                pen.line(poly((x, y), (x, y + step)), darker(colour, 0.16), 0.004)


def door(pen: Pen, x: float, low: float, w: float, h: float, colour: Colour) -> None:
    """A panelled door that stands on `low`, with its knob and a step."""
    pen.fill(box(x - w / 2 - 0.014, low - h - 0.014, x + w / 2 + 0.014, low), "f4ead4", ink=0.6)
    pen.fill(box(x - w / 2, low - h, x + w / 2, low), colour, ink=0.5)
    for y in (low - h * 0.72, low - h * 0.28):
        pen.fill(box(x - w * 0.3, y - h * 0.15, x + w * 0.3, y + h * 0.15), darker(colour, 0.22), ink=0)
    pen.fill(ellipse(x + w * 0.34, low - h * 0.48, 0.010), "e8c45a", ink=0)
    pen.fill(box(x - w * 0.8, low - 0.012, x + w * 0.8, low + 0.012), "b8b0a4", ink=0.5)


def shrubs(pen: Pen, rng: Generator, low: float, xs: tuple[float, ...]) -> None:
    crown(pen, rng, [(x, low - 0.03, rng.uniform(0.045, 0.07)) for x in xs], pen.pick("5f9a44 4a8a4a 7aa84a"))


def house(pen: Pen, rng: Generator) -> None:
    wall, roof, light = pen.pick(WALLS), pen.pick(ROOFS, 3), pen.pick((GLASS, LAMPLIT))
    eave, ridge, low = pen.pick((0.46, 0.40, 0.50)), pen.pick((0.14, 0.10, 0.18)), 0.90
    pen.fill(box(0.70, ridge - 0.04, 0.78, ridge + 0.2), "9a5a44")
    pen.fill(box(0.685, ridge - 0.06, 0.795, ridge - 0.02), "7a4434")
    side = poly((0.52, eave), (0.93, eave), (0.93, low), (0.52, low))
    pen.fill(side, darker(wall, 0.2))
    gable = poly((0.08, eave), (0.30, ridge + 0.02), (0.52, eave), (0.52, low), (0.08, low))
    pen.fill(gable, wall)
    if pen.look % 3 == 1:
        courses(pen, gable, wall, 0.035)
    slope = poly((0.29, ridge), (0.80, ridge), (0.98, eave + 0.03), (0.54, eave + 0.05))
    pen.fill(slope, roof, darker(roof, 0.2))
    with pen.inside(slope):
        for y in np.arange(ridge + 0.03, eave + 0.05, 0.035):
            pen.line(poly((0, y), (1, y)), darker(roof, 0.3), 0.005)
    pen.fill(
        poly(
            (0.02, eave + 0.05),
            (0.29, ridge - 0.025),
            (0.56, eave + 0.05),
            (0.50, eave + 0.05),
            (0.30, ridge + 0.05),
            (0.09, eave + 0.06),
        ),
        lighter(roof, 0.1),
    )
    door(pen, 0.30, low, 0.12, 0.22, pen.pick("3f6a8a 8a3a2e 4a7a4a e0b040"))
    pane(pen, 0.30, eave + 0.06, 0.11, 0.11, light)
    for x in (0.65, 0.82):
        pane(pen, x, (eave + low) / 2, 0.09, 0.13, light)
    shrubs(pen, rng, low + 0.02, (0.10, 0.17, 0.45, 0.60, 0.74, 0.90))


def skyscraper(pen: Pen, rng: Generator) -> None:
    wall, lit = (
        pen.pick("34506e 5a6a80 2a3a5a 7a6a78 3f6a78 8a8f98 26304a 6a5a50"),
        pen.pick((0.45, 0.7, 0.55, 0.35)),
    )
    kind = int(pen.pick((0, 1, 2, 3)))
    tiers = (
        ((0.28, 0.10, 0.97),), ((0.34, 0.55, 0.97), (0.26, 0.30, 0.56), (0.17, 0.13, 0.31)),
        ((0.30, 0.42, 0.97), (0.19, 0.10, 0.43)), ((0.24, 0.16, 0.97),),
    )[kind]  # fmt: skip
    if kind in (1, 3):
        pen.fill(wedge(0.5, 0.02, 0.2, 0.004, 0.014), "c8ccd4", ink=0.5)
    if kind == 3:
        pen.fill(poly((0.38, 0.17), (0.5, 0.07), (0.62, 0.17)), lighter(wall))
    for half, top, low in tiers:
        corner = 0.5 + half * 0.35
        front, side = (
            box(0.5 - half, top, corner, low),
            poly((corner, top), (0.5 + half, top + 0.035), (0.5 + half, low), (corner, low)),
        )
        pen.fill(side, darker(wall, 0.35), darker(wall, 0.5))
        pen.fill(front, lighter(wall, 0.22), wall)
        _offices(pen, rng, (0.5 - half, corner, top, low), lit, wall)
        _offices(pen, rng, (corner, 0.5 + half, top + 0.03, low), lit, darker(wall, 0.3))
        pen.fill(
            box(0.5 - half - 0.01, top - 0.014, corner + 0.005, top + 0.012), lighter(wall, 0.35), ink=0.5
        )
    pen.fill(box(0.42, 0.91, 0.52, 0.97), "ffe9a8", ink=0.4)


def _offices(
    pen: Pen, rng: Generator, face: tuple[float, float, float, float], lit: float, wall: Colour
) -> None:
    x0, x1, y0, y1 = face
    columns, step = max(2, round((x1 - x0) / 0.055)), (x1 - x0) / max(2, round((x1 - x0) / 0.055))
    spots = []
    for y in np.arange(y0 + 0.035, y1 - 0.07, 0.045):
        for k in range(columns):
            x = x0 + (k + 0.2) * step
            warm = (
                blend(LAMPLIT, "fff4d0", rng.random())
                if rng.random() < lit
                else blend(wall, GLASS, rng.uniform(0.25, 0.6))
            )
            spots.append((box(x, y, x + step * 0.62, y + 0.029), warm))
    pen.dabs(spots)


def apartment(pen: Pen, rng: Generator) -> None:
    wall, awning = pen.pick(WALLS, 3), pen.pick("c8503a 3f7a8a e0a83a 5a8a4a")
    floors, columns = pen.pick((5, 4, 6)), pen.pick((4, 3))
    pen.fill(poly((0.80, 0.10), (0.93, 0.14), (0.93, 0.96), (0.80, 0.96)), darker(wall, 0.35))
    front = box(0.08, 0.10, 0.80, 0.96)
    pen.fill(front, wall)
    if pen.look % 2:
        courses(pen, front, wall, 0.03)
    pen.fill(box(0.05, 0.07, 0.83, 0.115), lighter(wall, 0.3))
    pen.fill(wedge(0.3, 0.015, 0.07, 0.05, 0.05), "8a8f98")
    for row in range(floors - 1):
        for k in range(columns):
            x, y = 0.08 + 0.72 * (k + 0.5) / columns, 0.18 + row * 0.62 / (floors - 1)
            pane(pen, x, y, 0.085, 0.30 / floors, LAMPLIT if rng.random() < 0.4 else GLASS)
            if (row + k + pen.look) % 2:
                pen.fill(
                    box(x - 0.07, y + 0.19 / floors, x + 0.07, y + 0.19 / floors + 0.02), awning, ink=0.5
                )
                pen.dabs(
                    (ellipse(x + u, y + 0.18 / floors, 0.014), "5f9a44") for u in (-0.05, -0.015, 0.02, 0.05)
                )
    door(pen, 0.44, 0.96, 0.12, 0.15, darker(awning, 0.2))
    for x in (0.20, 0.68):
        pen.fill(box(x - 0.09, 0.84, x + 0.09, 0.95), "bfe0ee", ink=0.6)
        pen.fill(
            poly((x - 0.10, 0.80), (x + 0.10, 0.80), (x + 0.12, 0.86), (x - 0.12, 0.86)), awning, ink=0.6
        )


PAINTERS = MappingProxyType(
    {
        "house": house,
        "skyscraper": skyscraper,
        "apartment building": apartment,
    }
)
