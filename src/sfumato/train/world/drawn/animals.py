"""Animals that walk upright, from three sides."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from numpy.random import Generator

from sfumato.train.world.drawn.figure import HEAD, arms, line, torso
from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import box, curve, ellipse, leaf, poly, ribbon
from sfumato.train.world.scene import View


class Beast(NamedTuple):
    """How one kind of animal differs from another."""

    coats: str
    ear: str
    tail: str
    muzzle: float  # how far it stands out, in units of the canvas


CAT = Beast("f0a04a 8a8f98 2e2e36 f4ece0 c89868 d8d0e0", "pointed", "long", 0.035)


DOG = Beast("c8925a f4e8d4 6a4630 e8b46a 4a4a52 d8a080", "hanging", "wagging", 0.075)


BEAR = Beast("8a5a38 f4f2ee 4a3a34 b87a48 6a6a78 c8986a", "round", "stub", 0.055)


def animal(pen: Pen, view: View, kind: Beast) -> None:
    coat = pen.pick(kind.coats)
    pale, wear = lighter(coat, 0.55), pen.pick("e8504a 4a8ad8 f2c43a 58b078 8a60b8 f08ab0 3aa8a8", 3)
    if view != "back":
        _tail(pen, view, kind, coat)
    dressed = pen.look % 4
    sleeve = wear if dressed in (1, 2) else coat
    arms(pen, view, sleeve, pale if dressed == 3 else coat, far=True)
    for x in (0.47, 0.53) if view == "side" else (0.425, 0.575):
        shade = 0.22 if x == 0.47 else 0.0
        pen.fill(box(x - 0.056, 0.64, x + 0.056, 0.93, 0.03), darker(coat, shade))
        pen.fill(
            ellipse(x + (0.03 if view == "side" else 0), 0.915, 0.085 if view == "side" else 0.066, 0.036),
            darker(pale if dressed != 2 else coat, shade),
        )
    body = torso(pen, view, coat, 0.15, 0.74)
    if view != "back":
        pen.fill(
            ellipse(0.5 if view == "front" else 0.57, 0.61, 0.095 if view == "front" else 0.055, 0.115),
            pale,
            ink=0,
        )
    with pen.inside(body):
        if dressed in (1, 2):
            pen.fill(box(0.2, 0.40, 0.8, 0.68), wear, ink=0.7)
            for y in (0.50, 0.57, 0.64) if dressed == 1 else ():
                pen.fill(box(0.2, y, 0.8, y + 0.028), lighter(wear, 0.75), light=0.5, ink=0)
    if view == "back":
        _tail(pen, view, kind, coat)
    arms(pen, view, sleeve, pale if dressed == 3 else coat)
    _animal_head(pen, view, kind, coat, pale)
    if dressed in (0, 3):
        _scarf(pen, view, wear, tails=dressed == 0)


def _scarf(pen: Pen, view: View, colour: Colour, tails: bool) -> None:
    pen.fill(
        curve((0.38, 0.435), (0.5, 0.455), (0.62, 0.435), (0.62, 0.49), (0.5, 0.515), (0.38, 0.49)), colour
    )
    x = {"front": 0.57, "side": 0.43, "back": 0.43}[view]
    if tails:
        pen.fill(
            ribbon(line((x, 0.48), (x + 0.01, 0.55), (x - 0.005, 0.62)), 0.055, 0.065), darker(colour, 0.08)
        )
    elif view != "back":
        pen.fill(ellipse(0.5 if view == "front" else 0.58, 0.51, 0.026), "f8d45a", ink=0.6)


def _tail(pen: Pen, view: View, kind: Beast, coat: Colour) -> None:
    root = {"front": (0.58, 0.70), "side": (0.40, 0.68), "back": (0.42, 0.70)}[view]
    side = 1.0 if view == "front" else -1.0
    x, y = root
    paths = {
        "long": line(
            (x, y), (x + side * 0.14, y + 0.06), (x + side * 0.21, y - 0.08), (x + side * 0.15, y - 0.20)
        ),
        "wagging": line((x, y), (x + side * 0.11, y - 0.01), (x + side * 0.17, y - 0.10)),
    }
    if kind.tail == "stub":
        if view != "front":
            pen.fill(ellipse(0.38 if view == "side" else 0.5, 0.68, 0.045), coat)
        return
    tip = (float(paths[kind.tail][-1][0]), float(paths[kind.tail][-1][1]))
    pen.fill([ribbon(paths[kind.tail], 0.055, 0.045), ellipse(*tip, 0.026)], coat)
    pen.fill(ellipse(*tip, 0.028), lighter(coat, 0.5), ink=0)


def _ears(pen: Pen, view: View, kind: Beast, coat: Colour, behind: bool) -> None:
    """Ears that stand up are drawn before the head, those that hang after it."""
    x, y = HEAD
    hanging = kind.ear == "hanging"
    if behind == hanging:
        return
    spots = ((x - 0.04, -0.35),) if view == "side" else ((x - 0.115, -1.0), (x + 0.115, 1.0))
    for ex, side in spots:
        if kind.ear == "pointed":
            pen.fill(poly((ex - 0.07, y - 0.08), (ex + side * 0.035, y - 0.235), (ex + 0.07, y - 0.08)), coat)
            if view != "back":
                pen.fill(
                    poly((ex - 0.035, y - 0.10), (ex + side * 0.028, y - 0.200), (ex + 0.035, y - 0.10)),
                    "f0a0a8",
                    ink=0,
                )
        elif kind.ear == "round":
            pen.fill(ellipse(ex, y - 0.145, 0.068), coat)
            if view != "back":
                pen.fill(ellipse(ex, y - 0.140, 0.038), lighter(coat, 0.5), ink=0)
        else:
            root = (ex + side * 0.03, y - 0.12) if view != "side" else (x - 0.06, y - 0.12)
            pen.fill(
                leaf(*root, 0.25, 0.105, 1.57 - (0.30 * side if view != "side" else -0.15), 0.6),
                darker(coat, 0.3),
            )


def _animal_head(pen: Pen, view: View, kind: Beast, coat: Colour, pale: Colour) -> None:
    x, y = HEAD
    _ears(pen, view, kind, coat, behind=True)
    if view == "side":
        pen.fill(ellipse(x + 0.11 + kind.muzzle * 0.5, y + 0.065, 0.06 + kind.muzzle * 0.5, 0.062), pale)
    skull = ellipse(x, y, 0.165 if view == "side" else 0.185, 0.155)
    pen.fill(skull, coat)
    with pen.inside(skull):
        if kind is CAT and pen.look % 2 == 0:
            _stripes(pen, view, darker(coat, 0.4))
        if kind is DOG and pen.look % 2 == 0 and view != "back":
            pen.fill(
                ellipse(x + (0.075 if view == "front" else 0.08), y - 0.01, 0.065, 0.075),
                darker(coat, 0.3),
                ink=0,
            )
    _ears(pen, view, kind, coat, behind=False)
    if view == "front":
        pen.fill(ellipse(x, y + 0.072, 0.085, 0.062), pale, ink=0)
        _snout(pen, kind, x, y + 0.045, 0.5)
    if view == "side":
        pen.fill(
            ellipse(x + 0.10 + kind.muzzle * 0.5, y + 0.065, 0.05 + kind.muzzle * 0.5, 0.055), pale, ink=0
        )
        _snout(pen, kind, x + 0.145 + kind.muzzle, y + 0.04, 0.0)
    for ex in {"front": (x - 0.085, x + 0.085), "side": (x + 0.085,), "back": ()}[view]:
        pen.fill(ellipse(ex, y - 0.005, 0.026, 0.034), "1f1820", light=0, ink=0)
        if kind is CAT:
            pen.fill(ellipse(ex, y - 0.002, 0.020, 0.027), pen.pick("8ad05a f2c43a 6ab8e8"), light=0, ink=0)
            pen.fill(ellipse(ex, y - 0.002, 0.009, 0.024), "1f1820", light=0, ink=0)
        pen.fill(ellipse(ex - 0.008, y - 0.018, 0.010), "ffffff", light=0, ink=0)


def _stripes(pen: Pen, view: View, colour: Colour) -> None:
    x, y = HEAD
    for u in (-0.05, 0.0, 0.05):
        pen.line(line((x + u, y - 0.16), (x + u * 0.8, y - 0.09)), colour, 0.018)
    for side in (-1, 1) if view != "side" else (-1,):
        for v in (0.0, 0.045):
            pen.line(line((x + side * 0.19, y + v), (x + side * 0.13, y + v + 0.008)), colour, 0.014)


def _snout(pen: Pen, kind: Beast, x: float, y: float, both: float) -> None:
    """Nose, mouth and whiskers; `both` is 0 where only the half towards the viewer shows."""
    pen.fill(
        ellipse(x, y, 0.030 - 0.006 * (kind is CAT), 0.021), "e8808a" if kind is CAT else "2a2026", ink=0.5
    )
    left = line((x, y + 0.02), (x - 0.025, y + 0.058), (x - 0.055, y + 0.048))
    pen.line(left, "3a2026", 0.009)
    if both:
        pen.line(left * (-1, 1) + (2 * x, 0), "3a2026", 0.009)
    for side in ((-1, 1) if both else (-1,)) if kind is CAT else ():
        for v in (-0.012, 0.014):
            pen.line(
                poly((x + side * 0.05, y + 0.025 + v), (x + side * 0.145, y + 0.02 + 2.6 * v)),
                "fbf8f4",
                0.007,
            )


def cat(pen: Pen, view: View, rng: Generator) -> None:
    animal(pen, view, CAT)


def dog(pen: Pen, view: View, rng: Generator) -> None:
    animal(pen, view, DOG)


def bear(pen: Pen, view: View, rng: Generator) -> None:
    animal(pen, view, BEAR)


CHARACTERS = MappingProxyType(
    {
        "cat": cat,
        "dog": dog,
        "bear": bear,
    }
)
