"""Flowers."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import around, blob, curve, ellipse, leaf, ribbon

STEMS = "4f8a3a 3f7d4a 6a9a44"


def stem(pen: Pen, rng: Generator, x: float, y: float, leaves: int = 2) -> None:
    """A bending stem from the ground to (x, y) with leaves at its sides."""
    colour = pen.pick(STEMS)
    line = curve((0.5, 0.97), (0.5 + rng.uniform(-0.05, 0.05), (y + 0.97) / 2), (x, y), closed=False)
    pen.fill(ribbon(line, 0.028, 0.022), colour)
    for i in range(leaves):
        at = line[int((0.2 + 0.25 * i) * len(line))]
        side = -1 if i % 2 else 1
        pen.fill(leaf(at[0], at[1], 0.24, 0.085, -1.57 + side * rng.uniform(0.6, 0.9)), lighter(colour, 0.1))


def whorl(
    pen: Pen, x: float, y: float, size: tuple[float, float], n: int, colour: Colour, turn: float = 0.0
) -> None:
    """n petals of (length, width) round a centre, each darker at its root."""
    for px, py, t in around(x, y, size[0] * 0.08, n, turn):
        pen.fill(leaf(px, py, *size, t, belly=0.62), colour)
        pen.glaze(leaf(px, py, size[0] * 0.6, size[1] * 0.35, t), darker(colour, 0.3), 0.3)


def daisy(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("fdfdf6 fff3b0 f7b8d0 e8e4ff ffffff f5d24a c8a0e8 fbe0d0")
    n, r = pen.pick((16, 13, 21, 11)), 0.31
    stem(pen, rng, 0.5, 0.36, pen.pick((2, 1, 3)))
    whorl(pen, 0.5, 0.34, (r, 0.12), n, darker(colour, 0.12), 0.2)
    whorl(pen, 0.5, 0.34, (r * 0.93, 0.105), n, colour)
    pen.fill(ellipse(0.5, 0.34, 0.095), pen.pick("f2b632 e89a2a f7cc3e 8a5a2e"))
    pen.dabs(
        (ellipse(x, y, 0.008), "c47a1a")
        for k in range(1, 5)
        for x, y, _ in around(0.5, 0.34, 0.02 * k, 5 * k, k)
    )


def poppy(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("dd3322 f06a3a e8452e f59ab0 c8283a f2a03a ee5a5a f7e0d0")
    stem(pen, rng, 0.5, 0.4, pen.pick((2, 0, 1)))
    for x, y, rx, ry in (
        (0.5, 0.24, 0.27, 0.19),
        (0.30, 0.36, 0.22, 0.20),
        (0.70, 0.36, 0.22, 0.20),
        (0.5, 0.46, 0.28, 0.19),
    ):
        petal = blob(rng, x, y, rx, ry, 0.07)
        pen.fill(petal, lighter(colour, 0.06), darker(colour, 0.12))
        with pen.inside(petal):
            for turn in np.linspace(0, 6.28, 30) + rng.uniform(-0.1, 0.1, 30):
                pen.glaze(leaf(0.5, 0.34, 0.34, 0.02, float(turn)), darker(colour, 0.4), 0.22)
    pen.glaze(ellipse(0.5, 0.35, 0.14, 0.12), "2a1424", 0.75, blur=0.02)
    pen.dabs((ellipse(x, y, 0.011), "e8d890") for x, y, _ in around(0.5, 0.35, 0.095, 18))
    pen.fill(ellipse(0.5, 0.35, 0.05), "9ab060")


def lily(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("fdf6f0 f7a0b8 f59a3a f8e07a e884b0 fbd0c0")
    stem(pen, rng, 0.5, 0.4, 3)
    for turn, length in (
        (-2.75, 0.36),
        (-0.4, 0.36),
        (-1.57, 0.34),
        (-2.2, 0.40),
        (-0.95, 0.40),
        (2.6, 0.28),
        (0.55, 0.28),
        (1.57, 0.22),
    ):
        petal = leaf(0.5, 0.40, length, 0.17, turn + rng.uniform(-0.06, 0.06), belly=0.5)
        pen.fill(petal, colour, blend(colour, "d8e090", 0.25))
        pen.line(leaf(0.5, 0.40, length * 0.8, 0.004, turn), darker(colour, 0.18), 0.008)
        if pen.look % 2:
            far = rng.uniform(0.08, 0.22, 8)
            lean = turn + rng.uniform(-0.16, 0.16, 8)
            pen.dabs(
                (ellipse(0.5 + d * np.cos(t), 0.40 + d * np.sin(t), 0.007), "8a2a3a")
                for d, t in zip(far, lean, strict=True)
            )
    pen.glow(0.5, 0.40, 0.09, "c8d860", 0.8)
    for turn in np.linspace(-2.4, -0.7, 6):
        x, y = 0.5 + 0.17 * np.cos(turn), 0.40 + 0.17 * np.sin(turn)
        pen.line(curve((0.5, 0.40), (x, y), closed=False), "c8d088", 0.010)
        pen.fill(ellipse(x, y, 0.022, 0.012, turn + 1.57), "b5541e", ink=0.5)


def lotus(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("f29ac0 fbe4ee f7b4cc e878ac c8b4f0 a8c8f4")
    for side in (-1, 1):
        pen.fill(ellipse(0.5 + side * 0.24, 0.80, 0.24, 0.085), pen.pick("4a9a5a 3f8a5f 6aa850"))
        pen.glaze(leaf(0.5 + side * 0.24, 0.80, 0.2, 0.012, 0 if side > 0 else 3.14), "d8f0c0", 0.5)
    rows = ((9, 0.44, 0.15, 1.35, 0.16), (7, 0.47, 0.17, 0.95, 0.06), (5, 0.42, 0.17, 0.55, 0.0))
    for n, length, width, spread, dark in rows:
        order = sorted(np.linspace(-spread, spread, n), key=lambda lean: -abs(lean))
        for lean in order:
            petal = leaf(0.5, 0.80, length * (1 - 0.12 * abs(lean)), width, -1.57 + lean, belly=0.6)
            pen.fill(petal, darker(colour, dark), lighter(colour, 0.65))
    for lean in (-0.7, 0.7, -0.25, 0.25):
        pen.fill(leaf(0.5, 0.82, 0.26, 0.15, -1.57 + lean * 1.3, belly=0.6), colour, lighter(colour, 0.7))
    pen.glow(0.5, 0.60, 0.10, "ffe27a", 0.5)


def rose(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("c8203a f0a0b4 f6e6dc f2b84a e8607a 8a1a3a f58a6a fdf0f4")
    stem(pen, rng, 0.5, 0.45, 3)
    for lean in (-0.9, 0.9, -2.2, 2.2):
        pen.fill(leaf(0.5, 0.5, 0.18, 0.06, 1.57 + lean), "4f8a3a")
    for k, r in enumerate((0.27, 0.22, 0.17, 0.125, 0.08, 0.045)):
        for x, y, _ in around(0.5, 0.33, r * 0.42, 5 if k < 4 else 3, k * 0.9):
            shade = blend(lighter(colour, 0.12), darker(colour, 0.35), k / 6)
            pen.fill(blob(rng, x, y, r * 0.66, r * 0.60, 0.06), shade, light=1.3, ink=0.7)
    pen.line(
        curve((0.48, 0.33), (0.5, 0.30), (0.53, 0.33), (0.5, 0.355), closed=False), darker(colour, 0.5), 0.012
    )


PAINTERS = MappingProxyType({
    "daisy": daisy, "poppy": poppy, "lily": lily, "lotus": lotus, "rose": rose,
})  # fmt: skip
