"""Trees, bushes and ferns."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from sfumato.train.world.drawn.pen import Colour, Pen, blend, darker, lighter
from sfumato.train.world.drawn.shapes import (
    Shape,
    blob,
    box,
    curve,
    ellipse,
    leaf,
    poly,
    ribbon,
)  # fmt: skip

GREENS = "4f9a3c 6aa84a 2f7d4a d8862e 7fb03a 3f8f6a c9503a e0b23a"


def trunk(pen: Pen, rng: Generator, top: float, width: float, colour: Colour) -> Shape:
    """A bending trunk from the ground at 0.95 up to `top`; gives back its middle line."""
    x = 0.5 + rng.uniform(-0.05, 0.05)
    line = curve((0.5, 0.95), (x, 0.95 - (0.95 - top) * 0.5), (0.5, top), closed=False)
    foot = curve(
        (0.5 - width, 0.95), (0.5 - 0.4 * width, 0.90), (0.5 + 0.4 * width, 0.90), (0.5 + width, 0.95)
    )
    pen.fill([ribbon(line, width * 1.15, width * 0.6), foot], colour)
    return line


def crown(pen: Pen, rng: Generator, clumps: Iterable[tuple[float, float, float]], colour: Colour) -> None:
    """Leaves in round clumps (x, y, radius), dark ones first, with small leaves where the light falls."""
    clumps = list(clumps)
    pen.fill([blob(rng, x, y, r, r * 0.9, 0.10) for x, y, r in clumps], darker(colour, 0.32))
    for x, y, r in clumps:
        pen.fill(blob(rng, x - 0.12 * r, y - 0.14 * r, r * 0.8, r * 0.7, 0.14), colour, ink=0)
        pen.fill(blob(rng, x - 0.25 * r, y - 0.30 * r, r * 0.5, r * 0.4, 0.2), lighter(colour, 0.18), ink=0)
    pen.dabs(_leaves(rng, clumps, colour))


def _leaves(rng: Generator, clumps: list[tuple[float, float, float]], colour: Colour) -> Iterable[tuple]:
    for x, y, r in clumps:
        for _ in range(26):
            turn, far = rng.uniform(0, 6.28), r * np.sqrt(rng.random()) * 0.95
            dx, dy = far * np.cos(turn), far * np.sin(turn) * 0.9
            tone = 0.25 - 0.4 * (dx + dy) / r
            shade = lighter(colour, min(0.5, tone)) if tone > 0 else darker(colour, min(0.45, -tone))
            yield leaf(x + dx, y + dy, 0.028, 0.015, rng.uniform(0, 6.28)), shade


def branches(rng: Generator, x: float, y: float, turn: float, length: float, depth: int) -> list[Shape]:
    """A branch and all that grow from it, the tips last."""
    dx, dy = length * np.cos(turn), length * np.sin(turn)
    bend = rng.uniform(-0.12, 0.12) * length
    line = curve((x, y), (x + dx / 2 + bend, y + dy / 2), (x + dx, y + dy), closed=False)
    limbs = [ribbon(line, length * 0.13, length * 0.07)]
    if depth:
        for side in (-1, 1):
            lean = turn + side * rng.uniform(0.25, 0.62)
            limbs += branches(rng, x + dx, y + dy, lean, length * rng.uniform(0.62, 0.80), depth - 1)
    return limbs


def tree(pen: Pen, rng: Generator) -> None:
    colour, wide = pen.pick(GREENS), pen.pick((0.25, 0.31, 0.20, 0.28))
    trunk(pen, rng, 0.45, 0.085, pen.pick("7a5233 5e4430 8a6642"))
    for side in (-1, 1):
        limb = curve((0.5, 0.66), (0.5 + side * 0.08, 0.58), (0.5 + side * 0.15, 0.48), closed=False)
        pen.fill(ribbon(limb, 0.045, 0.02), "6b4a32")
    ring = [
        (0.5 + wide * np.cos(t), 0.34 + 0.17 * np.sin(t) - 0.02, rng.uniform(0.13, 0.17))
        for t in np.linspace(0, 6.28, 7, endpoint=False) + rng.uniform(0, 1)
    ]
    crown(pen, rng, [*ring, (0.5, 0.30, 0.21)], colour)
    if pen.look % 4 == 3:
        fruit = [(0.5 + rng.uniform(-0.25, 0.25), 0.34 + rng.uniform(-0.15, 0.15)) for _ in range(12)]
        for x, y in fruit:
            pen.fill(ellipse(x, y, 0.024), "d8322a", ink=0.5)


def pine_tree(pen: Pen, rng: Generator) -> None:
    colour, tiers = pen.pick("2f6b45 3f7d4c 245a50 4a8a5a"), pen.pick((5, 4, 6, 7, 5), 3)
    pen.fill(box(0.465, 0.8, 0.535, 0.96), "6b4a32")
    snowy, wide = pen.look % 4 == 2, pen.pick((0.30, 0.24, 0.34, 0.27))
    for i in range(tiers):
        low = 0.90 - i * 0.72 / tiers
        half, high = wide * (1 - 0.82 * i / tiers), low - 1.15 / tiers * 0.75 - 0.06
        teeth = np.linspace(-1, 1, 9)
        hem = [
            (0.5 + half * t, low + (0.025 if k % 2 else -0.02) - 0.03 * t * t) for k, t in enumerate(teeth)
        ]
        tier = poly((0.5, max(0.04, high)), *reversed(hem))
        pen.fill(tier, lighter(colour, 0.05 + 0.03 * i), darker(colour, 0.25))
        needles = [
            (
                leaf(x + rng.uniform(-0.02, 0.02), y - 0.04, 0.045, 0.010, 1.5 + (x - 0.5) * -2),
                lighter(colour, 0.22),
            )
            for x, y in hem[1:-1]
        ]
        pen.dabs(needles)
        if snowy:
            pen.fill(
                blob(rng, 0.5 - half * 0.3, (low + high) / 2 + 0.04, half * 0.42, 0.028, 0.25),
                "f2f6fb",
                ink=0,
            )


def birch_tree(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("8fbf4a e6b93c 7ab55a f0c94f")
    line = trunk(pen, rng, 0.12, 0.06, "f1eee6")
    for i in range(16):
        x, y = line[int((0.03 + i * 0.055) * (len(line) - 1))]
        side = rng.choice((-1, 1))
        pen.glaze(
            leaf(x + side * 0.03, y, rng.uniform(0.02, 0.045), 0.012, np.pi if side > 0 else 0), "2b2a2e", 0.9
        )
    for side in (-1, 1, -1, 1):
        y, reach = rng.uniform(0.3, 0.55), rng.uniform(0.10, 0.17)
        pen.line(curve((0.5, y + 0.1), (0.5 + side * reach, y), closed=False), "dcd6c8", 0.014)
    spots = [
        (0.5 + rng.uniform(-1, 1) * (0.10 + 0.16 * t), 0.14 + 0.5 * t, 0.06 + 0.04 * t)
        for t in np.linspace(0, 1, 11)
    ]
    pen.dabs(_leaves(rng, [(x, y, r * 1.4) for x, y, r in spots] * 2, colour))
    for x, y, r in spots[::2]:
        pen.glaze(blob(rng, x, y, r, r * 0.8, 0.2), colour, 0.5)
    pen.dabs(_leaves(rng, spots * 2, lighter(colour, 0.2)))


def willow(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("7fa83c 9bbf4e 5f9648 b8c25a")
    trunk(pen, rng, 0.35, 0.10, pen.pick("6b5138 57452f"))
    crown(
        pen,
        rng,
        [(0.34, 0.26, 0.15), (0.5, 0.20, 0.16), (0.66, 0.26, 0.15), (0.5, 0.32, 0.17)],
        darker(colour, 0.15),
    )
    for shade in (darker(colour, 0.25), colour, lighter(colour, 0.25)):
        strands = []
        for _ in range(46):
            x, fall = rng.uniform(-0.33, 0.33), rng.uniform(0.20, 0.55)
            y = 0.14 + 1.3 * x * x
            bend = x * 0.35
            line = curve(
                (0.5 + x * 0.8, y),
                (0.5 + x + bend * 0.5, y + fall * 0.5),
                (0.5 + x * 1.15 + bend * 0.3, min(0.9, y + fall)),
                closed=False,
            )
            strands.append((ribbon(line, 0.014, 0.005), shade))
        pen.dabs(strands)


def bare_tree(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("4a3a34 6a5648 3a3238 7a6a60")
    limbs = branches(rng, 0.5, 0.95, -1.57 + rng.uniform(-0.08, 0.08), 0.27, 6 if pen.look % 2 else 5)
    root = curve((0.42, 0.96), (0.48, 0.90), (0.52, 0.90), (0.58, 0.96))
    inside = [np.clip(limb, 0.02, 0.98) for limb in limbs]
    pen.fill([*inside, root], colour, ink=0.6)


def cherry_tree(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("f5a8c4 fbd0de f087ae f7bcd0")
    limbs = branches(rng, 0.5, 0.95, -1.57 + pen.pick((-0.15, 0.12, 0.0)), 0.27, 4)
    pen.fill([np.clip(limb, 0.04, 0.98) for limb in limbs], "5e4038", ink=0.6)
    tips = [limb.mean(0) for limb in limbs[4:]]
    clumps = [
        (float(np.clip(x, 0.12, 0.88)), float(np.clip(y, 0.12, 0.8)), rng.uniform(0.06, 0.09))
        for x, y in tips
    ]
    for x, y, r in clumps:
        pen.fill(blob(rng, x, y, r, r * 0.85, 0.15), darker(colour, 0.14), ink=0.3)
    pen.dabs(_leaves(rng, clumps, colour))
    for x, y, r in clumps[::2]:
        pen.fill(blob(rng, x - 0.2 * r, y - 0.3 * r, r * 0.6, r * 0.5, 0.2), lighter(colour, 0.3), ink=0)
    pen.dabs(
        (ellipse(0.5 + rng.uniform(-0.35, 0.35), rng.uniform(0.75, 0.95), 0.010, 0.006), colour)
        for _ in range(14)
    )


def bush(pen: Pen, rng: Generator) -> None:
    colour, wide = pen.pick(GREENS, 3), pen.pick((0.30, 0.24, 0.33))
    spots = [
        (0.5 + wide * np.cos(t), 0.66 + 0.24 * np.sin(t), rng.uniform(0.12, 0.17))
        for t in np.linspace(3.14, 6.28, 6)
    ]
    crown(pen, rng, [*spots, (0.38, 0.70, 0.17), (0.62, 0.70, 0.17), (0.5, 0.60, 0.18)], colour)
    if pen.look % 2:
        dots = [(0.5 + rng.uniform(-0.32, 0.32), rng.uniform(0.45, 0.8)) for _ in range(26)]
        for x, y in dots:
            pen.fill(ellipse(x, y, 0.02), pen.pick("e0405a f5f0ff f2c43a e884c0", 3), ink=0.4)


def fern(pen: Pen, rng: Generator) -> None:
    colour = pen.pick("4f9a3c 2f7d4a 7fb03a 5a8a4a")
    for lean in pen.pick(
        ((-1.0, -0.55, 0.55, 1.0, 0.1), (-0.8, 0.8, -0.3, 0.3), (-1.1, -0.7, 1.1, 0.7, -0.2, 0.3))
    ):
        tip = (0.5 + 0.46 * np.sin(lean), 0.97 - 0.82 * np.cos(lean * 0.75) * rng.uniform(0.85, 1))
        stem = curve((0.5, 0.95), (0.5 + 0.18 * np.sin(lean), 0.62), tip, closed=False)
        shade = blend(darker(colour, 0.25), lighter(colour, 0.2), rng.random())
        for t in np.linspace(0.14, 0.99, 20):
            i = int(t * (len(stem) - 2))
            (x, y), along = stem[i], stem[i + 1] - stem[i]
            turn, size = (
                float(np.arctan2(along[1], along[0])),
                0.15 * np.sin(np.pi * (1.0 - t) ** 0.6) + 0.015,
            )
            for side in (-1, 1):
                pen.fill(leaf(x, y, size, size * 0.32 + 0.006, turn + side * 1.05), shade, ink=0.4)
        pen.line(stem, darker(shade, 0.2), 0.010)


PAINTERS = MappingProxyType(
    {
        "tree": tree,
        "pine tree": pine_tree,
        "birch tree": birch_tree,
        "willow": willow,
        "bare tree": bare_tree,
        "cherry tree": cherry_tree,
        "bush": bush,
        "fern": fern,
    }
)
