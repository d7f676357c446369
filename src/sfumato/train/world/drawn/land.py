"""Stone, ice, islands and mountains."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    blob,
    crag,
    curve,
    ellipse,
    poly,
    ribbon,
)  # fmt: skip


def rock(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("8a8f98 9a8a78 6e7680 a39c92")
    for x, y, r in pen.pick(
        (
            ((0.5, 0.6, 0.42),),
            ((0.58, 0.55, 0.34), (0.27, 0.74, 0.20)),
            ((0.4, 0.58, 0.33), (0.74, 0.72, 0.20)),
        )
    ):
        n = int(rng.integers(8, 11))
        body = crag(rng, x, y, r, r * 0.72, n)
        pen.fill(body, colour)
        heart = np.array((x - 0.1 * r, y - 0.22 * r))
        with pen.inside(body):
            for a, b in zip(body, np.roll(body, -1, 0), strict=True):
                side = (a + b) / 2 - (x, y)
                tone = float(-(side[0] + 1.4 * side[1]) / r * 0.35)
                facet = lighter(colour, min(0.6, tone)) if tone > 0 else darker(colour, min(0.6, -tone))
                pen.fill(np.array((a, b, heart + 0.3 * side)), facet, light=0.5, ink=0)
            pen.fill(
                crag(rng, x - 0.1 * r, y - 0.24 * r, r * 0.42, r * 0.26, 6),
                lighter(colour, 0.3),
                light=0.6,
                ink=0,
            )
            if pen.look % 3 == 1:
                pen.dabs(
                    (
                        blob(
                            rng,
                            x + rng.uniform(-r, r),
                            y - 0.5 * r + rng.uniform(-0.1, 0.1),
                            0.05,
                            0.025,
                            0.3,
                        ),
                        "7a9a4a",
                    )
                    for _ in range(9)
                )


def island(pen: Pen, rng: Generator) -> None:
    pen.fill(ellipse(0.5, 0.84, 0.47, 0.10), pen.pick("3fb4c8 2f8fc0 56c4b8"), light=0.5, ink=0.5)
    pen.glaze(ellipse(0.5, 0.82, 0.42, 0.07), "e8fbff", 0.55)
    pen.fill(
        curve((0.12, 0.83), (0.3, 0.70), (0.55, 0.66), (0.78, 0.73), (0.89, 0.83), (0.5, 0.87)), "eed8a0"
    )
    if pen.look % 3:
        pen.fill(
            curve((0.2, 0.77), (0.34, 0.58), (0.48, 0.50), (0.66, 0.60), (0.80, 0.77), (0.5, 0.79)),
            pen.pick("5f9a4a 7ab04e"),
        )
    for base, tip in pen.pick(
        (((0.5, 0.36), (0.4, 0.28)), ((0.45, 0.3),), ((0.42, 0.32), (0.62, 0.25), (0.55, 0.42)))
    ):
        stem = curve((base + 0.05, 0.72), (base + 0.06, 0.5), (base, tip), closed=False)
        pen.fill(ribbon(stem, 0.045, 0.025), "96704a")
        for turn in np.linspace(-0.5, 3.64, 7) + rng.uniform(-0.1, 0.1, 7):
            dx, dy = 0.24 * np.cos(turn), -0.14 * np.sin(turn)
            frond = curve(
                (base, tip), (base + dx * 0.6, tip + dy - 0.05), (base + dx, tip + dy + 0.10), closed=False
            )
            pen.fill(ribbon(frond, 0.055, 0.004), blend("2f7d3f", "7fc04a", rng.random()), ink=0.6)
        pen.fill(ellipse(base + 0.015, tip + 0.02, 0.022), "6b4a2a", ink=0.6)


def iceberg(pen: Pen, rng: Generator) -> None:
    a, b = pen.pick(((0.42, 0.66), (0.34, 0.62), (0.46, 0.72)))
    a, b = a + rng.uniform(-0.05, 0.05), b + rng.uniform(-0.05, 0.05)
    deep = poly(
        (0.08, 0.52), (0.92, 0.52), (0.82, 0.72), (0.64, 0.95), (0.48, 0.90), (0.30, 0.84), (0.14, 0.68)
    )
    pen.fill(deep, pen.pick("4fa8cc 3f8fc4 58b8c0 3f9a9a 5a86d0"), pen.pick("1f5f96 1f4f8a"), light=0.6)
    with pen.inside(deep):
        pen.fill(poly((a, 0.52), (b, 0.52), (0.55, 0.9), (0.42, 0.8)), "7fcbe4", "2f78ac", light=0.3, ink=0)
    top = poly(
        (0.10, 0.53),
        (0.20, 0.36),
        (a - 0.08, 0.30),
        (a, 0.06),
        (a + 0.10, 0.20),
        (b + 0.05, 0.16),
        (0.80, 0.34),
        (0.90, 0.53),
    )
    pen.fill(top, "f4fbff", "c4e4f4")
    with pen.inside(top):
        pen.fill(
            poly(
                (a, 0.04),
                (a + 0.12, 0.19),
                (a + 0.06, 0.36),
                (a + 0.16, 0.55),
                (1, 0.55),
                (0.8, 0.3),
                (b + 0.05, 0.15),
            ),
            "b4dcf0",
            "7fbcdc",
            light=0.5,
            ink=0,
        )
        pen.fill(
            poly((0.2, 0.36), (a - 0.08, 0.30), (a - 0.04, 0.55), (0.26, 0.55)), "dff2fb", light=0.3, ink=0
        )
    pen.line(curve((0.03, 0.53), (0.3, 0.545), (0.6, 0.52), (0.97, 0.535), closed=False), "e8f8ff", 0.014)


def mountain(pen: Pen, rng: Generator) -> None:
    colour, snow = pen.pick("6f7f96 7a6f6a 5f7a8a 8a7a9a 96786a"), pen.pick((0.35, 0.5, 0.2, 0.42))
    for x, y, half in pen.pick(
        (
            ((0.70, 0.36, 0.28), (0.42, 0.10, 0.40)),
            ((0.25, 0.4, 0.22), (0.78, 0.34, 0.22), (0.5, 0.12, 0.36)),
            ((0.5, 0.08, 0.46),),
        )
    ):
        left, right = _flank(rng, x, y, -half), _flank(rng, x, y, half)
        body = np.concatenate((left[::-1], right))
        pen.fill(body, lighter(colour, 0.1), blend(colour, "4f7a4a", 0.5))
        spine = [
            (x, y),
            (x + 0.05 * half, y + 0.2),
            (x - 0.12 * half, y + 0.4),
            (x + 0.14 * half, y + 0.6),
            (x, 0.95),
        ]
        with pen.inside(body):
            pen.fill(
                poly(*spine, (1, 0.95), (1, y)),
                darker(colour, 0.28),
                darker(blend(colour, "3f6a4a", 0.4), 0.3),
                light=0.4,
                ink=0,
            )
            line = y + snow * (0.95 - y)
            teeth = [
                (x + half * t, line + 0.055 * (-1) ** k * (0.6 + rng.random()))
                for k, t in enumerate(np.linspace(-1, 1, 13))
            ]
            pen.fill(poly((x, y - 0.02), *reversed(teeth)), "ffffff", "e4ecf6", light=0.3, ink=0)
            pen.glaze(poly(*spine[:3], (x + half, line + 0.1), (x + half, y)), "4a6a9a", 0.35)


def _flank(rng: Generator, x: float, y: float, half: float) -> Shape:
    t = np.linspace(0, 1, 8)
    jitter = rng.uniform(-0.025, 0.025, 8) * np.sin(np.pi * t)
    return np.stack((x + half * t, y + (0.95 - y) * t**0.9 + jitter), 1)


def volcano(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("5a4a4e 7e5a48 4a4e68 7a4438 5e6450")
    for _ in range(7):
        x, y = rng.uniform(0.38, 0.66), rng.uniform(0.08, 0.24)
        pen.fill(blob(rng, x, y, 0.10, 0.075, 0.12), pen.pick("8a8488 6a6470 b0a8a8"), ink=0.4)
    pen.glow(0.5, 0.34, 0.25, "ff7a2a", 0.85)
    for turn in rng.uniform(-0.55, 0.55, 7):
        jet = curve(
            (0.5, 0.38), (0.5 + 0.12 * turn, 0.20), (0.5 + 0.45 * turn, 0.22 + 0.25 * abs(turn)), closed=False
        )
        pen.fill(ribbon(jet, 0.035, 0.008), "ffb52e", "f0501e", light=0.3, ink=0)
    body = np.concatenate(
        (
            curve((0.40, 0.36), (0.32, 0.56), (0.20, 0.78), (0.03, 0.95), closed=False)[::-1],
            curve((0.60, 0.36), (0.68, 0.56), (0.80, 0.78), (0.97, 0.95), closed=False),
        )
    )
    pen.fill(body, lighter(colour, 0.1), darker(colour, 0.2))
    with pen.inside(body):
        pen.fill(
            poly((0.54, 0.3), (0.56, 0.6), (0.5, 0.8), (0.6, 1), (1, 1), (1, 0.3)),
            darker(colour, 0.4),
            light=0.4,
            ink=0,
        )
        for end in pen.pick(((0.34, 0.62), (0.46, 0.75, 0.25), (0.52, 0.3))):
            flow = curve(
                (0.5, 0.34),
                (0.5 + (end - 0.5) * 0.4 + 0.03, 0.52),
                (end, 0.72),
                (end + 0.03, 0.9),
                closed=False,
            )
            pen.fill(ribbon(flow, 0.075, 0.03), "ffd23a", "e8401a", light=0.2, ink=0)
            pen.line(flow[: len(flow) * 2 // 3], "fff0a0", 0.012)
    pen.fill(ellipse(0.5, 0.365, 0.10, 0.028), "ff8a2a", "ffd24a", light=0.2)


PAINTERS = MappingProxyType(
    {
        "rock": rock,
        "island": island,
        "iceberg": iceberg,
        "mountain": mountain,
        "volcano": volcano,
    }
)
