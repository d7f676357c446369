"""Characters in armour, suits and robes, each from three sides."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.figure import (
    EYES,
    SKINS,
    arms,
    face,
    gown,
    head,
    legs,
    line,
    torso,
)  # fmt: skip
from sfumato.train.world.drawn.hair import hair
from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import box, curve, ellipse, leaf, poly, ribbon, star
from sfumato.train.world.scene import View


def wizard(pen: Pen, view: View, rng: Generator) -> None:
    skin, robe, beard = (
        pen.pick(SKINS, 5),
        pen.pick("3f4a9a 6a3a8a 2f6a6a 8a2f3a 3a3a44 4a7a3a"),
        pen.pick("f0f0f2 b8b8c0 c88a4a 6a4a3a"),
    )
    gold, staff = pen.pick("f2c43a e8e4f0 f08a3a"), {"front": 0.72, "side": 0.70, "back": 0.28}[view]
    arms(pen, view, robe, skin, far=True)
    pen.fill(gown(pen, view, robe, 0.225, 0.93), robe, darker(robe, 0.15))
    pen.line(line((0.30, 0.905), (0.5, 0.925), (0.70, 0.905)), gold, 0.018)
    pen.fill(box(0.40, 0.605, 0.60, 0.635, 0.01), gold, ink=0.6)
    pen.line(poly((staff, 0.95), (staff, 0.34)), "7a5230", 0.024)
    pen.glow(staff, 0.30, 0.09, pen.pick("7ae0ff ffb05a c88aff"), 0.9)
    pen.fill(ellipse(staff, 0.30, 0.042), pen.pick("7ae0ff ffb05a c88aff"))
    arms(pen, view, robe, skin)
    head(pen, view, skin)
    face(pen, view, pen.pick(EYES), beard)
    if view == "back":
        pen.fill(
            curve((0.34, 0.26), (0.5, 0.22), (0.66, 0.26), (0.64, 0.44), (0.5, 0.50), (0.36, 0.44)), beard
        )
    else:
        hair(pen, view, beard, "bob" if view == "side" else "short")
        x = 0.5 if view == "front" else 0.565
        half = 0.135 if view == "front" else 0.085
        pen.fill(
            curve(
                (x - half, 0.36),
                (x, 0.385),
                (x + half, 0.36),
                (x + half * 0.8, 0.50),
                (x + half * 0.1, 0.64),
                (x - half * 0.8, 0.50),
            ),
            beard,
        )
        pen.fill(
            [
                leaf(x, 0.385, 0.10, 0.045, 0.25),
                leaf(x, 0.385, 0.10 if view == "front" else 0.05, 0.045, 2.89),
            ],
            lighter(beard, 0.3),
            ink=0.6,
        )
    bend = {"front": 0.05, "side": -0.09, "back": -0.05}[view]
    hat = np.concatenate(
        (line((0.36, 0.22), (0.42, 0.12), (0.5 + bend, 0.01)), line((0.56, 0.11), (0.64, 0.22)))
    )
    pen.fill(ellipse(0.5, 0.215, 0.235, 0.040), darker(robe, 0.1))
    pen.fill(hat, robe)
    pen.line(line((0.37, 0.195), (0.5, 0.212), (0.63, 0.195)), gold, 0.026)
    for x, y in ((0.45, 0.15), (0.54, 0.11)):
        pen.fill(star(x, y, 0.022, 0.010, 5), gold, ink=0)


def knight(pen: Pen, view: View, rng: Generator) -> None:
    steel, cape = (
        pen.pick("b8c0cc d8b878 8a94a4 c8885a 5a6070", 2),
        pen.pick("c8382e 2f5fa8 6a3a8a 2f7a4a e8a83a 2a2a34"),
    )
    mantle = gown(pen, view, cape, 0.215, 0.88) if view == "front" else None
    if view == "side":
        pen.fill(curve((0.45, 0.45), (0.38, 0.60), (0.24, 0.88), (0.40, 0.89), (0.47, 0.65)), cape)
    arms(pen, view, steel, darker(steel, 0.3), far=True)
    legs(pen, view, steel, darker(steel, 0.2))
    for x in (0.53,) if view == "side" else (0.435, 0.565):
        pen.fill(ellipse(x, 0.80, 0.050, 0.036), lighter(steel, 0.2), ink=0.7)
    body = torso(pen, view, steel, 0.14)
    with pen.inside(body):
        pen.fill(box(0.41, 0.47, 0.59, 0.75) if view != "side" else box(0.53, 0.47, 0.7, 0.75), cape, ink=0.5)
    if view == "front":
        pen.fill(
            pen.pick(
                (
                    star(0.5, 0.56, 0.055, 0.024, 5),
                    leaf(0.5, 0.63, 0.13, 0.08, -1.57),
                    ellipse(0.5, 0.56, 0.042),
                    poly((0.485, 0.50), (0.515, 0.50), (0.515, 0.64), (0.485, 0.64)),
                )
            ),
            "f8dc7a",
            ink=0.5,
        )
    pen.fill(box(0.385, 0.645, 0.615, 0.68, 0.01), "6a4a30", ink=0.6)
    if view == "back" and mantle is None:
        gown(pen, view, cape, 0.215, 0.88)
    arms(pen, view, steel, darker(steel, 0.3))
    for x in (0.48,) if view == "side" else (0.38, 0.62):
        pen.fill(ellipse(x, 0.475, 0.060, 0.050), lighter(steel, 0.15))
    _helmet(pen, view, steel, pen.pick("e84a3a 4a8ae8 f2c43a f4f4f8 8a50b8"))


def _helmet(pen: Pen, view: View, steel: Colour, plume: Colour) -> None:
    if view == "side":
        crest = line((0.52, 0.15), (0.49, 0.06), (0.40, 0.05), (0.31, 0.11), (0.28, 0.22))
        pen.fill([ribbon(crest, 0.07, 0.03)], plume)
    else:
        pen.fill([leaf(0.5, 0.17, 0.15, 0.085, turn, 0.6) for turn in (-2.0, -1.57, -1.14)], plume)
    shell = curve(
        (0.5, 0.125),
        (0.62, 0.17),
        (0.665, 0.30),
        (0.645, 0.42),
        (0.5, 0.465),
        (0.355, 0.42),
        (0.335, 0.30),
        (0.38, 0.17),
    )
    pen.fill(shell, steel, light=1.3)
    if view == "back":
        pen.line(poly((0.5, 0.13), (0.5, 0.46)), lighter(steel, 0.4), 0.022)
        return
    x0, x1 = (0.375, 0.625) if view == "front" else (0.53, 0.66)
    pen.fill(box(x0, 0.265, x1, 0.315, 0.015), "1c1a24", light=0, ink=0.6)
    for x in (0.45, 0.55) if view == "front" else (0.60,):
        pen.fill(ellipse(x, 0.29, 0.017), "fdf6d8", light=0, ink=0)
    for x in np.arange(x0 + 0.04, x1 - 0.02, 0.045):
        pen.line(poly((x, 0.35), (x, 0.41)), darker(steel, 0.6), 0.012)
    pen.line(
        line((x0 - 0.03, 0.24), ((x0 + x1) / 2, 0.225), (min(x1 + 0.03, 0.66), 0.24)),
        lighter(steel, 0.5),
        0.018,
    )


def astronaut(pen: Pen, view: View, rng: Generator) -> None:
    suit, trim = (
        pen.pick("f4f4f6 f08a3a c8d8ee f8e0b0 a8c8a8", 2),
        pen.pick("e8503a 3f78c8 f2b83a 58a878 8a60b8 2a2a34 f08ab0"),
    )
    if view == "side":
        pen.fill(box(0.29, 0.43, 0.45, 0.70, 0.03), blend(darker(suit, 0.3), trim, 0.35))
    arms(pen, view, suit, trim, far=True)
    legs(pen, view, suit, trim)
    for x in (0.53,) if view == "side" else (0.435, 0.565):
        pen.fill(box(x - 0.054, 0.81, x + 0.054, 0.84, 0.01), trim, ink=0.6)
    torso(pen, view, suit, 0.145)
    if view == "front":
        pen.fill(box(0.42, 0.53, 0.58, 0.65, 0.02), lighter(suit, 0.3))
        for x, c in ((0.455, "e84a3a"), (0.50, "4ac868"), (0.545, "4a8ae8")):
            pen.fill(ellipse(x, 0.565, 0.016), c, ink=0.4)
        pen.fill(box(0.44, 0.60, 0.56, 0.63, 0.006), "2a3a4a", ink=0.4)
    if view == "back":
        pen.fill(box(0.355, 0.43, 0.645, 0.72, 0.035), blend(darker(suit, 0.3), trim, 0.35))
        for x in (0.43, 0.57):
            pen.fill(box(x - 0.045, 0.47, x + 0.045, 0.66, 0.04), lighter(suit, 0.1))
            pen.fill(ellipse(x, 0.70, 0.025), trim, ink=0.6)
    arms(pen, view, suit, trim)
    pen.fill(box(0.39, 0.435, 0.61, 0.475, 0.02), trim)
    pen.fill(ellipse(0.5, 0.29, 0.185, 0.175), suit)
    glass = {
        "front": ellipse(0.5, 0.30, 0.140, 0.118),
        "side": ellipse(0.60, 0.30, 0.075, 0.112),
        "back": None,
    }[view]
    if glass is not None:
        visor = pen.pick("2a3a6a d89a3a 2a5a6a 4a3a6a")
        pen.fill(glass, lighter(visor, 0.15), visor, light=1.2)
        with pen.inside(glass):
            pen.glaze(ellipse(glass[:, 0].mean() - 0.05, 0.255, 0.045, 0.022, -0.6), "ffffff", 0.75)
            pen.glow(glass[:, 0].mean() + 0.05, 0.36, 0.09, "8ad8ff", 0.6)
    for x in (0.47,) if view == "side" else (0.315, 0.685):
        pen.fill(ellipse(x, 0.30, 0.026, 0.045), trim)
    pen.line(poly((0.44, 0.13), (0.44, 0.06)), "8a8f98", 0.010)
    pen.fill(ellipse(0.44, 0.055, 0.020), trim, ink=0.6)


def ninja(pen: Pen, view: View, rng: Generator) -> None:
    cloth, band = (
        pen.pick("2e3040 6a2a34 24506a 4a3a5a 3a4a34 e8e8ee"),
        pen.pick("d8382e 4a8ad8 f2b83a 58b078 a860c8"),
    )
    skin = pen.pick(SKINS)
    blade = ribbon(
        line((0.22, 0.20), (0.80, 0.76)) if view == "back" else line((0.78, 0.20), (0.22, 0.76)), 0.032, 0.032
    )
    if view != "back":
        pen.fill(blade if view == "front" else blade * (0.4, 1) + (0.20, 0), "4a3428")
    tails = {"front": (0.66, 1.0), "side": (0.34, -1.0), "back": (0.5, -0.7)}[view]
    arms(pen, view, cloth, skin, far=True)
    legs(pen, view, cloth, darker(cloth, 0.3))
    torso(pen, view, cloth)
    if view != "back":
        pen.line(line((0.43, 0.45), (0.50, 0.53), (0.56, 0.62)), lighter(cloth, 0.3), 0.016)
        pen.line(line((0.57, 0.45), (0.50, 0.53)), lighter(cloth, 0.3), 0.016)
    pen.fill(box(0.385, 0.625, 0.615, 0.665, 0.01), band)
    pen.fill(leaf(0.56 if view == "front" else 0.46, 0.655, 0.12, 0.045, 1.3), band, ink=0.7)
    if view == "back":
        pen.fill(blade, "4a3428")
        pen.line(line((0.22, 0.20), (0.34, 0.315)), "e8c45a", 0.030)
    arms(pen, view, cloth, skin)
    head(pen, view, cloth, ears=False)
    if view != "back":
        slit = (
            box(0.375, 0.275, 0.625, 0.375, 0.05) if view == "front" else box(0.53, 0.275, 0.66, 0.375, 0.045)
        )
        pen.fill(slit, skin, light=0.5, ink=0.5)
        with pen.inside(slit):
            face(pen, view, pen.pick(EYES), "241a24")
    strip = curve((0.345, 0.22), (0.5, 0.195), (0.655, 0.22), (0.660, 0.27), (0.5, 0.25), (0.340, 0.27))
    for turn in (0.25, 0.75):
        pen.fill(
            leaf(
                tails[0],
                0.245,
                0.20,
                0.055,
                turn if tails[1] > 0 else np.pi - turn - (0.6 if view == "back" else 0),
            ),
            darker(band, 0.1),
        )
    pen.fill(strip, band)
    if view == "front":
        pen.fill(box(0.45, 0.20, 0.55, 0.25, 0.01), "c8ccd4", ink=0.6)


CHARACTERS = MappingProxyType(
    {
        "wizard": wizard,
        "knight": knight,
        "astronaut": astronaut,
        "ninja": ninja,
    }
)
