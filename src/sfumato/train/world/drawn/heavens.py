"""Sun, moon, stars, planets and clouds."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import arc, around, blob, curve, ellipse, leaf, ribbon, star


def sun(pen: Pen, rng: Generator) -> None:
    colour, kind = pen.pick("ffc83a ff9a2e ffdc5a f2703a"), pen.look % 4
    pen.glow(0.5, 0.5, 0.48, lighter(colour, 0.2), 0.7)
    if kind == 0:
        for x, y, t in around(0.5, 0.5, 0.29, 16):
            pen.fill(leaf(x, y, 0.15 if round(t * 8 / np.pi) % 2 else 0.19, 0.07, t, 0.25), colour)
    elif kind == 1:
        pen.fill([star(0.5, 0.5, 0.46, 0.30, 20)], lighter(colour, 0.25))
    elif kind == 2:
        for _, _, t in around(0, 0, 0, 12):
            wave = np.array([(0.27 + 0.19 * u, 0.022 * np.sin(u * 6.28)) for u in np.linspace(0, 1, 12)])
            spin = np.array(((np.cos(t), np.sin(t)), (-np.sin(t), np.cos(t))))
            pen.fill(ribbon(wave @ spin + 0.5, 0.085, 0.008), blend(colour, "f0603a", 0.4))
    pen.fill(ellipse(0.5, 0.5, 0.26 if kind < 3 else 0.36), lighter(colour, 0.2), colour, light=0.5)
    if kind == 3:
        with pen.inside(ellipse(0.5, 0.5, 0.36)):
            pen.dabs(
                (
                    blob(rng, rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), 0.07, 0.02, 0.4),
                    blend(colour, "fff0b0", rng.random()),
                )
                for _ in range(40)
            )
            pen.glow(0.5, 0.5, 0.36, "fffbe0", 0.95)
    pen.glow(0.44, 0.43, 0.17, "fffbe0", 0.8)
    if pen.look == 4:
        for x in (0.42, 0.58):
            pen.fill(ellipse(x, 0.47, 0.022, 0.032), "6a3a1a", ink=0)
        pen.line(curve((0.42, 0.57), (0.5, 0.615), (0.58, 0.57), closed=False), "6a3a1a", 0.018)


def moon(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("e8e4d4 f6e2a0 c8d4e8 f0c8a0")
    disc = ellipse(0.5, 0.5, 0.44 if pen.look % 2 else 0.47)
    pen.fill(disc, lighter(colour, 0.2), darker(colour, 0.08), light=1.3)
    with pen.inside(disc):
        for _ in range(6):
            pen.glaze(
                blob(
                    rng,
                    rng.uniform(0.25, 0.75),
                    rng.uniform(0.2, 0.7),
                    rng.uniform(0.08, 0.18),
                    rng.uniform(0.06, 0.13),
                    0.3,
                ),
                darker(colour, 0.55),
                0.35,
                blur=0.012,
            )
        for _ in range(16):
            x, y, r = rng.uniform(0.12, 0.88), rng.uniform(0.12, 0.88), rng.uniform(0.015, 0.055)
            pen.glaze(ellipse(x + r * 0.18, y + r * 0.18, r), "ffffff", 0.45)
            pen.glaze(ellipse(x, y, r), darker(colour, 0.35), 0.75)
            pen.glaze(ellipse(x + r * 0.2, y + r * 0.2, r * 0.75), colour, 0.6)
        pen.glaze(ellipse(0.72, 0.72, 0.3), "1a1838", 0.22, blur=0.08)


def crescent_moon(pen: Pen, rng: Generator) -> None:
    colour, thin = pen.pick("ffe08a f4f0e0 ffc85a cfe0f8"), pen.pick((0.30, 0.38, 0.24))
    outer = arc(0.48, 0.5, 0.44, 0.44, 0.14, 0.86)
    inner = arc(0.48 + thin, 0.5, 0.44, 0.40, 0.18, 0.82)[::-1]
    a, b = outer[0], outer[-1]
    inner = a + (inner - inner[-1]) * ((b - a)[1] / (inner[0] - inner[-1])[1])
    body = np.concatenate((outer, inner))
    pen.fill(body, lighter(colour, 0.25), colour, light=1.2)
    with pen.inside(body):
        for _ in range(9):
            pen.glaze(
                ellipse(rng.uniform(0.06, 0.3), rng.uniform(0.2, 0.85), rng.uniform(0.015, 0.045)),
                darker(colour, 0.4),
                0.3,
            )
    if pen.look % 2:
        pen.fill(star(0.66, 0.5, 0.11, 0.045, 5, 0.2), lighter(colour, 0.2))


def star_shape(pen: Pen, rng: Generator) -> None:
    colour, n = (
        pen.pick("ffd24a fff2b0 ff9a4a a8d8ff f7a8d0 ffe27a c8ffd8 f8f4ff"),
        pen.pick((5, 4, 5, 8, 5, 6)),
    )
    pen.glow(0.5, 0.52, 0.47, colour, 0.45)
    outline = star(0.5, 0.52, 0.46, 0.20 if n == 5 else 0.12, n)
    pen.fill(outline, lighter(colour, 0.2), colour)
    if pen.look % 2:
        for k in range(2 * n):
            facet = np.array((outline[k], outline[(k + 1) % (2 * n)], (0.5, 0.52)))
            pen.fill(facet, lighter(colour, 0.4) if k % 2 else darker(colour, 0.2), light=0.4, ink=0)
    pen.glow(0.45, 0.46, 0.14, "ffffff", 0.7)


def cloud(pen: Pen, rng: Generator) -> None:
    colour, base = (
        pen.pick("ffffff f4f6fb ffe4d8 dfe6f2 fbd8e4 c4ccd8 fff6e0 8a94a8"),
        pen.pick((0.70, 0.66, 0.72)),
    )
    n = pen.pick((5, 7, 4, 6))
    spots = []
    for u in np.linspace(-1, 1, n):
        r = (0.10 + 0.10 * (1 - u * u)) * rng.uniform(0.9, 1.2)
        spots.append((0.5 + 0.33 * u, base - 0.75 * r - 0.05 * (1 - u * u), r))
    discs = [ellipse(x, y, r, r * 0.92) for x, y, r in spots]
    body = [
        *discs,
        curve(
            (0.10, base - 0.02),
            (0.5, base - 0.08),
            (0.90, base - 0.02),
            (0.84, base + 0.05),
            (0.5, base + 0.06),
            (0.16, base + 0.05),
        ),
    ]
    pen.fill(body, colour, darker(colour, 0.16), light=0.8)
    with pen.inside(body):
        for x, y, r in spots:
            pen.glaze(
                ellipse(x + 0.12 * r, y + 0.35 * r, r * 0.95, r * 0.85), darker(colour, 0.35), 0.22, blur=0.02
            )
            pen.glaze(
                ellipse(x - 0.15 * r, y - 0.18 * r, r * 0.75, r * 0.68),
                lighter(colour, 0.8),
                0.85,
                blur=0.018,
            )
            pen.glaze(ellipse(x - 0.3 * r, y - 0.4 * r, r * 0.4, r * 0.3), "ffffff", 0.8, blur=0.015)


def planet(pen: Pen, rng: Generator) -> None:
    colours = pen.pick(
        (
            "e0a868 f4d8a8 b8743e",
            "5a8ad0 8ac0e8 3a5aa8",
            "c8684a e8a078 8a3a2a",
            "8a6ac8 c8a8f0 5a3a9a",
            "58b8a8 a8e8d0 2a7a80",
            "e884a0 f8c0d0 a84a78",
            "d8c88a f8f0c8 98884a",
            "3f78c0 58a858 e8f0f8",
        )
    ).split()
    ringed = pen.look != 7 and pen.look % 3 != 2
    r = 0.29 if ringed else 0.45
    disc = ellipse(0.5, 0.5, r)
    if ringed:
        _ring(pen, colours[1], behind=True)
    pen.fill(disc, colours[0], light=1.2)
    with pen.inside(disc):
        for k in range(9 if pen.look != 7 else 0):
            y = 0.5 + r * (k / 4.5 - 1) + rng.uniform(-0.02, 0.02)
            wave = 0.012 * rng.uniform(-1, 1)
            band = ribbon(
                curve((0.0, y + 0.06), (0.35, y + wave), (0.65, y - wave), (1.0, y - 0.08), closed=False),
                r * 0.16,
                r * 0.11,
            )
            pen.glaze(band, colours[1 + k % 2], 0.55, blur=0.004)
        for _ in range(7 if pen.look == 7 else 0):
            pen.fill(
                blob(rng, rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), 0.13, 0.10, 0.4),
                colours[1],
                light=0.5,
                ink=0,
            )
        pen.glaze(
            ellipse(0.5 + r * 0.3, 0.5 + r * 0.25, r * 0.16, r * 0.10, -0.15),
            darker(colours[2], 0.1),
            0.6,
            blur=0.005,
        )
        pen.glaze(ellipse(0.5 + r * 0.75, 0.5 + r * 0.7, r * 0.95), "0a0a28", 0.6, blur=0.07)
        pen.glow(0.5 - r * 0.4, 0.5 - r * 0.45, r * 0.7, "ffffff", 0.45)
    if ringed:
        _ring(pen, colours[1], behind=False)


def _ring(pen: Pen, colour: Colour, behind: bool) -> None:
    """Half of a tilted ring: what lies behind the planet, or before it."""
    tilt = -0.25
    spin = np.array(((np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))))
    start = 0.5 if behind else 0.0
    for r, width, tone in (
        (0.46, 0.05, colour),
        (0.405, 0.03, darker(colour, 0.25)),
        (0.37, 0.02, lighter(colour, 0.2)),
    ):
        half = arc(0, 0, r, r * 0.24, start, start + 0.5)
        pen.fill(ribbon(half @ spin + 0.5, width, width), tone, light=0.5, ink=0.5)


def comet(pen: Pen, rng: Generator) -> None:
    colour, head = pen.pick("8ad0ff ffb06a b0a0ff 8affd0"), (0.26, 0.74)
    for _ in range(26):
        turn, length = -0.785 + rng.uniform(-0.22, 0.22), rng.uniform(0.45, 0.88)
        length = min(length, 0.70 / max(np.cos(turn), -np.sin(turn)))
        tone = blend(colour, "ffffff", rng.uniform(0, 0.6))
        pen.glaze(leaf(*head, length, rng.uniform(0.05, 0.13), turn, 0.18), tone, 0.32)
    pen.glow(*head, 0.24, colour, 0.9)
    if pen.look % 2:
        pen.fill(blob(rng, *head, 0.12, 0.11, 0.16), "8a7a80")
        for x, y in ((0.22, 0.70), (0.30, 0.77), (0.25, 0.80)):
            pen.fill(ellipse(x, y, 0.022), "5a4a58", light=-1.0, ink=0)
    else:
        pen.fill(ellipse(*head, 0.12), lighter(colour, 0.6), colour)
        pen.glow(0.23, 0.71, 0.09, "ffffff", 0.9)
    pen.dabs(
        (star(*(rng.uniform(0.35, 0.9), rng.uniform(0.1, 0.65)), 0.022, 0.007, 4), "fffbe0") for _ in range(5)
    )


PAINTERS = MappingProxyType(
    {
        "sun": sun,
        "moon": moon,
        "crescent moon": crescent_moon,
        "star": star_shape,
        "planet": planet,
        "comet": comet,
        "cloud": cloud,
    }
)
