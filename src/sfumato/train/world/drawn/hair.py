"""The hair of people, from the front, the side (facing right) and the back."""

from __future__ import annotations

import numpy as np

from sfumato.train.world.drawn.figure import HEAD, line
from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import Shape, arc, curve, ellipse, leaf, moved, poly, ribbon
from sfumato.train.world.scene import View


def hair_behind(pen: Pen, view: View, colour: Colour, style: str) -> None:
    """The part of the hair that lies behind the head."""
    if view == "back":
        return
    x, low = HEAD[0] - (0.04 if view == "side" else 0.0), {"long": 0.64, "bob": 0.45}.get(style, 0.0)
    if low:
        half = 0.13 if view == "side" else 0.185
        pen.fill(
            curve(
                (x, 0.14),
                (x + half * 0.9, 0.24),
                (x + half * 0.8, low - 0.06),
                (x + half * 0.6, low),
                (x - half * 0.6, low),
                (x - half, low - 0.06),
                (x - half * 0.95, 0.24),
            ),
            darker(colour, 0.12),
        )
    _tails(pen, view, colour, style)


def _tails(pen: Pen, view: View, colour: Colour, style: str) -> None:
    sides = {"twin tails": (-1, 1), "ponytail": (0,)}.get(style, ())
    for side in sides:
        root = (0.36, 0.22) if view == "side" else (0.5 + side * 0.15, 0.24 if side else 0.20)
        lean = -1.0 if view == "side" else side * 1.0
        if style == "ponytail" and view == "front":
            lean, root = 0.9, (0.58, 0.18)
        path = line(
            root,
            (root[0] + lean * 0.12, root[1] + 0.03),
            (root[0] + lean * 0.13, root[1] + 0.16),
            (root[0] + lean * 0.09, root[1] + 0.29),
        )
        pen.fill([ribbon(path, 0.10, 0.035), moved(ellipse(0, 0, 0.055), *path[26])], colour)
        pen.fill(ellipse(*root, 0.030), pen.pick("e8506a f2c43a 5aa0e0"), ink=0.6)


def hair(pen: Pen, view: View, colour: Colour, style: str) -> None:
    """The hair on the head: short, spiky, curly, bob, long, ponytail or twin tails."""
    x, y = HEAD
    if style == "curly":
        shift = -0.03 if view == "side" else 0.0
        first, last = {"front": (3.0, 6.42), "side": (2.4, 5.5), "back": (2.2, 7.2)}[view]
        turns = np.linspace(first, last, 11)
        puffs = [ellipse(x + shift + 0.145 * np.cos(t), y - 0.01 + 0.135 * np.sin(t), 0.062) for t in turns]
        if view == "back":
            puffs.append(ellipse(x, y, 0.14))
        if view == "side":
            puffs += [ellipse(x - 0.10, y + 0.05 * k, 0.070) for k in range(-2, 3)]
        pen.fill(puffs, colour)
        return
    cap = {"front": _fringe(style), "side": _profile(style), "back": _nape(style)}[view]
    spikes = [
        leaf(x + 0.10 * np.cos(t), y - 0.02 + 0.10 * np.sin(t), 0.115, 0.095, float(t))
        for t in np.linspace(3.5, 5.9, 7)
    ]
    pen.fill([cap, *(spikes if style == "spiky" else ())], colour)
    with pen.inside(cap):
        for u in (-0.7, -0.35, 0.0, 0.35, 0.7):
            strand = line(
                (x + u * 0.05, y - 0.165),
                (x + u * 0.17, y - 0.06),
                (x + u * 0.2, y + (0.4 if style == "long" else 0.2)),
            )
            pen.line(strand, darker(colour, 0.25), 0.006)
        pen.glaze(ellipse(x - 0.05, y - 0.115, 0.075, 0.020, -0.3), lighter(colour, 0.6), 0.55, blur=0.008)
    if view == "back":
        _tails(pen, view, colour, style)


def _fringe(style: str) -> Shape:
    x, y = HEAD
    crown = arc(x, y, 0.172, 0.168, 0.48, 1.02)
    inner = {
        "short": (
            (x + 0.145, y - 0.02),
            (x + 0.09, y - 0.075),
            (x - 0.02, y - 0.055),
            (x - 0.11, y - 0.09),
            (x - 0.145, y - 0.01),
        ),
        "spiky": (
            (x + 0.14, y - 0.03),
            (x + 0.08, y - 0.09),
            (x + 0.03, y - 0.05),
            (x - 0.05, y - 0.09),
            (x - 0.14, y - 0.03),
        ),
    }.get(
        style,
        (
            (x + 0.150, y + 0.03),
            (x + 0.115, y - 0.045),
            (x + 0.03, y - 0.06),
            (x - 0.06, y - 0.05),
            (x - 0.150, y + 0.03),
        ),
    )
    return np.concatenate((crown, line(*inner)))


def _profile(style: str) -> Shape:
    x, y = HEAD
    low = {"long": 0.30, "bob": 0.14}.get(style, 0.09)
    outer = arc(x - 0.005, y, 0.170, 0.170, 0.40, 0.94)
    back = poly(
        (x - 0.155, y + low),
        (x - 0.06, y + low + 0.01),
        (x - 0.035, y + 0.02),
        (x + 0.02, y - 0.03),
        (x + 0.06, y - 0.07),
    )
    return np.concatenate((outer, back[::-1]))


def _nape(style: str) -> Shape:
    x, y = HEAD
    low = {"long": 0.35, "bob": 0.165}.get(style, 0.135)
    half = 0.165 if style in ("long", "bob") else 0.11
    return np.concatenate(
        (
            arc(x, y, 0.175, 0.170, 0.47, 1.03),
            line(
                (x + half, y + low * 0.8),
                (x + half * 0.5, y + low),
                (x, y + low - 0.012),
                (x - half * 0.5, y + low),
                (x - half, y + low * 0.8),
            ),
        )
    )
