"""Characters with their hair and faces, each from three sides."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.figure import (
    EYES,
    HAIRS,
    SKINS,
    arms,
    face,
    gown,
    head,
    legs,
    line,
    torso,
)  # fmt: skip
from sfumato.train.world.drawn.hair import hair, hair_behind
from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import arc, box, curve, ellipse, leaf, moved, poly, star, wedge
from sfumato.train.world.scene import View

CLOTHES = "e8504a 4a8ad8 f2c43a 58b078 8a60b8 f08ab0 3aa8a8 f08a3a"


def girl(pen: Pen, view: View, rng: Generator) -> None:
    skin, tone, dress = pen.pick(SKINS), pen.pick(HAIRS), pen.pick(CLOTHES, 3)
    style = pen.pick(("long", "twin tails", "bob", "ponytail", "curly"))
    hair_behind(pen, view, tone, style)
    arms(pen, view, dress, skin, bare=0.65, far=True)
    legs(pen, view, skin, pen.pick("8a3a3a 3a3a4a f4f0f0 e8b03a"), hem=0.80)
    for x in (0.53, 0.47) if view == "side" else (0.435, 0.565):
        pen.fill(box(x - 0.039, 0.855, x + 0.039, 0.90), "fbfbfb", ink=0.5)
    skirt = gown(pen, view, dress, 0.215, 0.765)
    with pen.inside(skirt):
        if pen.look % 3 == 0:
            pen.dabs(
                (ellipse(0.26 + 0.06 * i + 0.03 * (j % 2), 0.50 + 0.055 * j, 0.012), lighter(dress, 0.75))
                for i in range(9)
                for j in range(6)
            )
        if pen.look % 3 == 1:
            pen.line(line((0.2, 0.735), (0.5, 0.755), (0.8, 0.735)), lighter(dress, 0.6), 0.022)
    pen.fill(box(0.5 - 0.118, 0.575, 0.5 + 0.118, 0.605, 0.01), darker(dress, 0.3), ink=0.5)
    if view == "back":
        for side in (-1, 1):
            pen.fill(leaf(0.5, 0.59, 0.11, 0.075, 1.57 - side * 1.2), darker(dress, 0.2))
    arms(pen, view, dress, skin, bare=0.65)
    head(pen, view, skin)
    face(pen, view, pen.pick(EYES), darker(tone, 0.3))
    hair(pen, view, tone, style)
    _bow(pen, view, pen.pick("e8506a f2f2f8 f2c43a 5a8ae0"))


def _bow(pen: Pen, view: View, colour: Colour) -> None:
    if pen.look % 2:
        return
    x = {"front": 0.60, "side": 0.44, "back": 0.40}[view]
    for turn in (2.9, 0.25):
        pen.fill(leaf(x, 0.165, 0.095, 0.075, turn, 0.65), colour)
    pen.fill(ellipse(x, 0.165, 0.020), darker(colour, 0.1), ink=0.6)


def boy(pen: Pen, view: View, rng: Generator) -> None:
    skin, tone, shirt = pen.pick(SKINS, 5), pen.pick(HAIRS, 3), pen.pick(CLOTHES)
    pack = pen.pick("d8503a 3f7a9a 6a9a4a e8a83a")
    if view == "side":
        pen.fill(box(0.315, 0.47, 0.45, 0.68, 0.05), pack)
    arms(pen, view, shirt, skin, bare=0.6, far=True)
    legs(
        pen,
        view,
        pen.pick("3f5a8a 6a5a44 4a4a54 8a7a5a"),
        pen.pick("f4f0f0 c8382e 2f2f3a"),
        hem=pen.pick((0.80, 0.89)),
    )
    body = torso(pen, view, shirt)
    with pen.inside(body):
        for y in (0.52, 0.59, 0.66) if pen.look % 3 == 0 else ():
            pen.fill(box(0.3, y, 0.7, y + 0.03), lighter(shirt, 0.8), light=0.5, ink=0)
    if view == "front":
        if pen.look % 3 == 1:
            pen.fill(star(0.5, 0.57, 0.065, 0.028, 5), "fff2b0", ink=0.4)
        for x in (0.41, 0.59):
            pen.line(
                line((x, 0.45), (x - 0.004, 0.55), (x - 0.02 * np.sign(0.5 - x), 0.63)),
                darker(pack, 0.15),
                0.024,
            )
    if view == "back":
        pen.fill(box(0.375, 0.455, 0.625, 0.70, 0.05), pack)
        pen.fill(box(0.41, 0.57, 0.59, 0.68, 0.025), darker(pack, 0.15))
        pen.line(poly((0.41, 0.605), (0.59, 0.605)), "f4e8c0", 0.010)
    arms(pen, view, shirt, skin, bare=0.6)
    head(pen, view, skin)
    face(pen, view, pen.pick(EYES, 3), darker(tone, 0.3), 0.028)
    hair(pen, view, tone, pen.pick(("short", "spiky", "curly", "short")))
    if pen.look % 4 == 3:
        _cap(pen, view, pen.pick("d8382e 2f6fb0 3a8a5a", 3))


def _cap(pen: Pen, view: View, colour: Colour) -> None:
    brim = {
        "front": ellipse(0.5, 0.235, 0.150, 0.028),
        "side": ellipse(0.645, 0.24, 0.115, 0.020, 0.1),
        "back": None,
    }[view]
    pen.fill(arc(0.5, 0.245, 0.178, 0.135, 0.5, 1.0), colour)
    if brim is not None:
        pen.fill(brim, darker(colour, 0.15))
    pen.fill(ellipse(0.5, 0.112, 0.018), darker(colour, 0.2), ink=0.5)


def princess(pen: Pen, view: View, rng: Generator) -> None:
    skin, tone = pen.pick(SKINS), pen.pick(HAIRS, 3)
    dress, gold = pen.pick("f08ab0 8fb8f0 c8a0e8 f8d070 e8506a 7ad0b0"), pen.pick("f2c43a d8dce8 f0a86a")
    style = pen.pick(("long", "long", "curly", "ponytail"))
    hair_behind(pen, view, tone, style)
    arms(pen, view, dress, skin, bare=0.0, far=True)
    skirt = gown(pen, view, dress, 0.30, 0.93)
    with pen.inside(skirt):
        over = curve((0.5, 0.56), (0.62, 0.78), (0.60, 0.98), (0.40, 0.98), (0.38, 0.78))
        if view != "back":
            pen.fill(over if view == "front" else moved(over, 0.1), lighter(dress, 0.6), ink=0.5)
        pen.line(line((0.15, 0.905), (0.5, 0.925), (0.85, 0.905)), gold, 0.018)
        pen.dabs(
            (star(0.2 + 0.6 * rng.random(), 0.62 + 0.26 * rng.random(), 0.014, 0.005, 4), "fffbe8")
            for _ in range(22)
        )
    pen.fill(box(0.39, 0.575, 0.61, 0.60, 0.01), gold, ink=0.6)
    for x in (0.49,) if view == "side" else (0.385, 0.615):
        pen.fill(ellipse(x, 0.485, 0.058), lighter(dress, 0.25))
    arms(pen, view, lighter(dress, 0.2), skin)
    head(pen, view, skin)
    face(pen, view, pen.pick(EYES), darker(tone, 0.3))
    hair(pen, view, tone, style)
    crown = poly(
        (0.39, 0.165),
        (0.375, 0.055),
        (0.44, 0.105),
        (0.5, 0.03),
        (0.56, 0.105),
        (0.625, 0.055),
        (0.61, 0.165),
    )
    pen.fill(crown, gold)
    for x, y in ((0.5, 0.125), (0.44, 0.135), (0.56, 0.135)):
        pen.fill(ellipse(x, y, 0.014), pen.pick("e83a5a 3a8ae8 58c080"), ink=0.4)


def pirate(pen: Pen, view: View, rng: Generator) -> None:
    skin, tone = pen.pick(SKINS, 5), pen.pick(HAIRS)
    coat, trim = pen.pick("8a2f34 2f4a7a 3a5a3a 4a3450 2a2a30 a8642a"), pen.pick("f2c43a e8e0d0 d8843a")
    arms(pen, view, coat, skin, far=True)
    legs(pen, view, pen.pick("4a3a34 e8dcc4 3a4a5a"), "3a2820")
    for x in (0.53,) if view == "side" else (0.435, 0.565):
        pen.fill(box(x - 0.056, 0.80, x + 0.056, 0.845, 0.012), "5a3a2a", ink=0.7)
    shape = gown(pen, view, coat, 0.185, 0.77)
    with pen.inside(shape):
        if view == "front":
            pen.fill(wedge(0.5, 0.44, 0.80, 0.065, 0.045), "f8f2e4", ink=0.5)
            for y in (0.50, 0.56, 0.68, 0.74):
                pen.fill(box(0.43, y, 0.57, y + 0.025), pen.pick("c8382e 3a5a9a 2a2a30"), light=0.5, ink=0)
            for x in (0.415, 0.585):
                pen.dabs((ellipse(x, y, 0.012), trim) for y in (0.52, 0.58, 0.70))
        pen.line(line((0.28, 0.755), (0.5, 0.775), (0.72, 0.755)), trim, 0.014)
        if view == "back":
            pen.line(poly((0.5, 0.64), (0.5, 0.79)), darker(coat, 0.5), 0.012)
    pen.fill(box(0.38, 0.615, 0.62, 0.655, 0.01), "3a2820", ink=0.6)
    if view != "back":
        shift = 0.05 if view == "side" else 0.0
        pen.fill(
            moved(box(0.475, 0.61, 0.525, 0.66), shift),
            trim,
            hole=moved(box(0.488, 0.623, 0.512, 0.647), shift),
            ink=0.6,
        )
    arms(pen, view, coat, skin)
    head(pen, view, skin)
    face(pen, view, pen.pick(EYES), darker(tone, 0.3), 0.03)
    if view == "front":
        pen.fill(ellipse(0.562, 0.332, 0.044, 0.046), "1f1a20", ink=0)
        pen.line(line((0.36, 0.26), (0.5, 0.285), (0.66, 0.34)), "1f1a20", 0.012)
    if pen.look % 2 and view != "back":
        x = 0.5 if view == "front" else 0.58
        pen.fill(
            curve((x - 0.10, 0.385), (x, 0.42), (x + 0.08, 0.39), (x + 0.05, 0.475), (x - 0.06, 0.475)),
            tone,
            ink=0.7,
        )
    hair(pen, view, tone, "short")
    _tricorn(pen, view, pen.pick("2a2430 5a3428 2f3f5a 7a2a2e"), trim)


def _tricorn(pen: Pen, view: View, felt: Colour, trim: Colour) -> None:
    wide = 0.20 if view == "side" else 0.245
    hat = curve(
        (0.5 - wide, 0.20),
        (0.5 - wide * 0.6, 0.09),
        (0.5, 0.035),
        (0.5 + wide * 0.6, 0.09),
        (0.5 + wide, 0.20),
        (0.5 + wide * 0.5, 0.235),
        (0.5, 0.24),
        (0.5 - wide * 0.5, 0.235),
    )
    pen.fill(hat, felt)
    pen.line(line((0.5 - wide * 0.98, 0.205), (0.5, 0.238), (0.5 + wide * 0.98, 0.205)), trim, 0.014)
    if view == "front":
        pen.fill(
            [ellipse(0.5, 0.125, 0.040, 0.036), box(0.478, 0.14, 0.522, 0.178, 0.006)], "f6f2e6", ink=0.4
        )
        for x in (0.484, 0.516):
            pen.fill(ellipse(x, 0.128, 0.011), felt, light=0, ink=0)
    else:
        pen.fill(leaf(0.46, 0.16, 0.16, 0.05, np.pi + 0.55), trim, ink=0.7)


CHARACTERS = MappingProxyType(
    {
        "girl": girl,
        "boy": boy,
        "princess": princess,
        "pirate": pirate,
    }
)
