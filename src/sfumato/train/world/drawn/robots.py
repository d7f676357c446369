"""The robot, from three sides."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.figure import line
from sfumato.train.world.drawn.pen import Colour, Pen, darker
from sfumato.train.world.drawn.shapes import arc, box, cog, ellipse, poly, ribbon, wedge
from sfumato.train.world.scene import View

PAINTS = "8ab0c8 f08a3a c8ccd4 58b098 e8504a f2c43a 8a78c0 f4f4f0 4a5a78 f0a0b8"


def robot(pen: Pen, view: View, rng: Generator) -> None:
    paint, trim, light = (
        pen.pick(PAINTS),
        pen.pick("4a5464 f4efe4 e8b03a 2f3a4a", 3),
        pen.pick("5af0ff ffd84a 8aff7a ff6a5a"),
    )
    wide, tall = (0.105 if view == "side" else 0.15), pen.look % 3
    for x in (0.53, 0.47)[::-1] if view == "side" else (0.43, 0.57):
        for y in (0.72, 0.765, 0.81):
            pen.fill(ellipse(x, y, 0.036, 0.027), darker(trim, 0.15), ink=0.7)
        pen.fill(wedge(x + 0.012 * (view == "side"), 0.83, 0.95, 0.045, 0.075), paint)
    if view == "side":
        _robot_arm(pen, 0.52, 0.10, darker(paint, 0.25), darker(trim, 0.2))
    shape = box(0.5 - wide, 0.46, 0.5 + wide, 0.71, (0.03, 0.09, 0.06)[tall])
    pen.fill(shape, paint, light=1.3)
    _robot_panel(pen, view, trim, light)
    if view == "side":
        _robot_arm(pen, 0.49, 0.0, paint, trim)
    else:
        _robot_arm(pen, 0.5 - wide - 0.02, -0.055, paint, trim)
        _robot_arm(pen, 0.5 + wide + 0.02, 0.055, paint, trim)
    pen.fill(box(0.46, 0.42, 0.54, 0.47), darker(trim, 0.1))
    half = 0.15 if view == "side" else 0.185
    skull = (
        box(0.5 - half, 0.16, 0.5 + half, 0.43, 0.05),
        ellipse(0.5, 0.30, half, 0.145),
        arc(0.5, 0.30, half, 0.15, 0.5, 1.0),
    )[tall]
    if tall == 2:
        skull = np.concatenate(
            (skull, box(0.5 - half, 0.30, 0.5 + half, 0.43, 0.03)[:26], poly((0.5 - half, 0.40)))
        )
        skull = np.concatenate(
            (arc(0.5, 0.31, half, 0.16, 0.5, 1.0), poly((0.5 + half, 0.43), (0.5 - half, 0.43)))
        )
    pen.line(poly((0.5, 0.18), (0.5, 0.08)), darker(trim, 0.2), 0.016)
    pen.fill(ellipse(0.5, 0.065, 0.030), light, ink=0.7)
    pen.fill(skull, paint, light=1.3)
    for x in (0.47,) if view == "side" else (0.5 - half - 0.012, 0.5 + half + 0.012):
        pen.fill(ellipse(x, 0.31, 0.030, 0.045), trim)
    _robot_face(pen, view, trim, light)


def _robot_arm(pen: Pen, x: float, swing: float, paint: Colour, trim: Colour) -> None:
    path = line((x, 0.50), (x + swing * 0.8, 0.57), (x + swing, 0.65))
    pen.fill(ribbon(path, 0.044, 0.044), darker(trim, 0.15))
    pen.fill(ellipse(x, 0.495, 0.045), paint)
    hand = ellipse(x + swing, 0.675, 0.046)
    pen.fill(hand, paint, hole=wedge(x + swing, 0.68, 0.73, 0.012, 0.024))


def _robot_panel(pen: Pen, view: View, trim: Colour, light: Colour) -> None:
    if view == "front":
        pen.fill(box(0.40, 0.51, 0.60, 0.65, 0.02), trim, ink=0.7)
        pen.fill(ellipse(0.45, 0.58, 0.032), "f8f6ee", ink=0.5)
        pen.line(poly((0.45, 0.58), (0.468, 0.562)), "d8382e", 0.008)
        for x, c in ((0.515, "e84a3a"), (0.56, light)):
            pen.fill(ellipse(x, 0.56, 0.016), c, ink=0.4)
            pen.fill(box(x - 0.014, 0.60, x + 0.014, 0.62), "2a3440", ink=0)
    if view == "back":
        pen.fill(box(0.41, 0.50, 0.59, 0.67, 0.015), darker(trim, 0.1), ink=0.7)
        for y in (0.53, 0.56, 0.59):
            pen.line(poly((0.44, y), (0.56, y)), "1f2430", 0.010)
        pen.fill(cog(0.5, 0.635, 0.032, 8), light, hole=ellipse(0.5, 0.635, 0.012), ink=0.4)
    if view == "side":
        pen.fill(box(0.375, 0.52, 0.41, 0.66, 0.01), darker(trim, 0.1), ink=0.7)


def _robot_face(pen: Pen, view: View, trim: Colour, light: Colour) -> None:
    if view == "back":
        for y in (0.27, 0.31, 0.35):
            pen.line(poly((0.44, y), (0.56, y)), darker(trim, 0.3), 0.012)
        return
    plate = box(0.365, 0.235, 0.635, 0.385, 0.05) if view == "front" else box(0.55, 0.235, 0.645, 0.385, 0.03)
    pen.fill(plate, "1e2434", light=0.5, ink=0.7)
    for x in (0.435, 0.565) if view == "front" else (0.605,):
        pen.glow(x, 0.30, 0.06, light, 0.7)
        pen.fill(ellipse(x, 0.30, 0.026 if view == "front" else 0.018, 0.032), light, light=0.3, ink=0)
        pen.fill(ellipse(x - 0.008, 0.288, 0.008), "ffffff", light=0, ink=0)
    smile = (
        line((0.46, 0.350), (0.5, 0.362), (0.54, 0.350))
        if view == "front"
        else line((0.60, 0.355), (0.635, 0.352))
    )
    pen.line(smile, light, 0.010)


CHARACTERS = MappingProxyType(
    {
        "robot": robot,
    }
)
