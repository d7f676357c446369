"""The surfaces that words are written on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor

from sfumato.train.world.field import edge, mix
from sfumato.train.world.styles.texture import clouds, noise, paper, vignette
from sfumato.train.world.styles.tools import blur, ramp
from sfumato.train.world.writing.plate import Plate, box, bricks, disc, wood

Finish = Literal["flat", "glow", "chalk", "spray"]


@dataclass(frozen=True)
class Surface:
    """How a surface is painted, and where words go on it.

    Attributes:
        paint: the plate with the surface on its canvas, and its ink.
        middle: the centre of the words, and `half` half their room, both in units of the surface's width.
    """

    paint: Callable[[Plate], Plate]
    half: tuple[float, float]
    middle: tuple[float, float] = (0.0, 0.0)
    finish: Finish = "flat"


def _inked(plate: Plate, ink: Tensor) -> Plate:
    return replace(plate, ink=ink)


def _sign(plate: Plate) -> Plate:
    post = box(plate.x, plate.y - 0.75, (0.045, 0.72), 0.01)
    board = box(plate.x, plate.y, (0.5, 0.22), 0.03)
    trunk = wood(plate, 0.62, 0.7) * (1 - 0.5 * (plate.x / 0.05).clamp(-1, 1))
    plate = plate.over(trunk, plate.covered(post))
    plate = plate.shadowed(box(plate.x - 0.012, plate.y - 0.025, (0.5, 0.22), 0.03))
    plate = plate.over(wood(plate, 0.55), plate.covered(board))
    plate = plate.over(wood(plate), plate.covered(board + 0.016))
    for across in (-0.46, 0.46):
        plate = plate.over(
            plate.colour(0.25, 0.22, 0.2), plate.covered(disc(plate.x - across, plate.y, 0.011))
        )
    dark = edge(plate.field.draw(340) - 0.5, 0.01)
    return _inked(plate, mix(plate.colour(1.0, 0.96, 0.86), plate.colour(0.20, 0.10, 0.05), dark))


def _sheet(plate: Plate, half: tuple[float, float], round_: float, offset: float) -> Plate:
    """Paper of the ground colour with its shadow."""
    shade = box(plate.x - offset, plate.y - offset, half, round_)
    paint = plate.ground * (1.03 - 0.10 * (plate.y + half[1])) * (1 + 0.02 * paper(plate.field, 345))
    return plate.shadowed(shade).over(paint.clamp(0, 1), plate.covered(box(plate.x, plate.y, half, round_)))


def _poster(plate: Plate) -> Plate:
    plate = _sheet(plate, (0.42, 0.54), 0.004, 0.018)
    frame = box(plate.x, plate.y, (0.38, 0.50)).abs() - 0.005
    plate = plate.over(plate.accent, plate.covered(frame))
    sun = disc(plate.x, plate.y + 0.30, 0.13)
    ray = torch.cos(torch.atan2(plate.y + 0.30, plate.x + 1e-6) * 16) * 0.012
    plate = plate.over(
        plate.accent,
        plate.covered(sun).maximum(plate.covered(sun - 0.035 - ray) - plate.covered(sun - 0.016)),
    )
    for layer, share in ((0.0, 0.85), (0.055, 0.45)):
        hill = (
            0.33 + layer + 0.035 * torch.sin(plate.x * 9 + layer * 60 + plate.field.draw(346, 0, 6)) - plate.y
        )
        inside = plate.covered(torch.maximum(hill, box(plate.x, plate.y, (0.36, 0.48))))
        plate = plate.over(mix(plate.ground, plate.accent, torch.full_like(plate.x, share)), inside)
    for across in (-0.40, 0.40):
        tape = box(
            (plate.x - across) * 0.8 + (plate.y + 0.52) * (0.6 if across < 0 else -0.6),
            (plate.y + 0.52) * 0.8,
            (0.03, 0.045),
        )
        plate = plate.over(plate.colour(0.97, 0.94, 0.80), 0.75 * plate.covered(tape))
    return plate


def _book(plate: Plate) -> Plate:
    plate = plate.shadowed(box(plate.x - 0.045, plate.y - 0.045, (0.40, 0.54), 0.01), 0.09, 0.5)
    leaves = 0.80 + 0.14 * torch.sin((plate.x + plate.y) * 420).abs()
    plate = plate.over(
        plate.colour(1.0, 0.97, 0.90) * leaves,
        plate.covered(box(plate.x - 0.022, plate.y - 0.016, (0.385, 0.53), 0.006)),
    )
    cloth = plate.ground * (1 + 0.07 * paper(plate.field, 347)) * (1.05 - 0.12 * (plate.x + plate.y))
    spine = 1 - 0.30 * edge((plate.x + 0.335).abs() - 0.006, 0.02) - 0.10 * edge(plate.x + 0.335, 0.01)
    plate = plate.over((cloth * spine).clamp(0, 1), plate.covered(box(plate.x, plate.y, (0.39, 0.53), 0.012)))
    inner = box(plate.x - 0.03, plate.y, (0.315, 0.485), 0.02)
    line = torch.minimum(inner.abs() - 0.006, (inner + 0.022).abs() - 0.0025)
    plate = plate.over(plate.accent, plate.covered(line))
    angle = torch.atan2(plate.y - 0.27, plate.x - 0.03 + 1e-6)
    bloom = disc(plate.x - 0.03, plate.y - 0.27, 0.0) - 0.085 * (0.72 + 0.28 * torch.cos(8 * angle))
    plate = plate.over(plate.accent, plate.covered(bloom))
    return plate.over(plate.ground * 0.9, plate.covered(disc(plate.x - 0.03, plate.y - 0.27, 0.028)))


def _neon_sign(plate: Plate) -> Plate:
    night = bricks(plate) * plate.colour(0.44, 0.34, 0.52) * (1 - 0.45 * vignette(plate.field))
    plate = plate.over(night, torch.ones_like(plate.x))
    tints = ((1.0, 0.22, 0.58), (0.16, 0.86, 1.0), (1.0, 0.72, 0.18), (0.45, 1.0, 0.45), (0.75, 0.42, 1.0))
    k = int(plate.field.draws[0, 341] * len(tints))
    tube = box(plate.x, plate.y, (0.49, 0.24), 0.09).abs() - 0.007
    second = plate.colour(*tints[(k + 1) % len(tints)])
    return _inked(lit(plate, plate.covered(tube), second), plate.colour(*tints[k]))


def lit(plate: Plate, tube: Tensor, colour: Tensor) -> Plate:
    """The plate with a glass tube alight: a pale core, and light on all around it."""
    tube = tube.expand(1, 1, *plate.field.size)
    glow = 0.45 * blur(tube, 0.010) + 0.75 * blur(tube, 0.035) + 1.0 * blur(tube, 0.10)
    canvas = 1 - (1 - plate.canvas) * (1 - (glow * colour).clamp(0, 0.95))
    plate = plate.over(canvas, torch.ones_like(tube))
    return plate.over(colour * 0.45 + 0.55, tube)


def _banner(plate: Plate) -> Plate:
    sway = 0.030 * torch.sin(plate.x * 6.3 + plate.field.draw(342, 0, 6))
    y = plate.y - sway
    for hand in (-1.0, 1.0):
        tail = box(plate.x - hand * 0.46, y - 0.075, (0.085, 0.125))
        notch = 0.05 - (0.545 - hand * plate.x) - (y - 0.075).abs() * 0.6
        plate = plate.over(plate.ground * 0.60, plate.covered(torch.maximum(tail, notch)))
    plate = plate.shadowed(box(plate.x, y - 0.03, (0.44, 0.145)), 0.05, 0.35)
    fold = 1 + 0.13 * torch.cos(plate.x * 6.3 + plate.field.draw(342, 0, 6))
    plate = plate.over(
        (plate.ground * fold).clamp(0, 1), plate.covered(box(plate.x, y, (0.44, 0.145), 0.004))
    )
    return plate.over(
        plate.accent, plate.covered((y.abs() - 0.118).abs() - 0.006) * plate.covered(plate.x.abs() - 0.44)
    )


def _billboard(plate: Plate) -> Plate:
    for across in (-0.30, 0.30):
        post = box(plate.x - across, plate.y - 0.8, (0.024, 0.72))
        steel = plate.colour(0.36, 0.38, 0.42) * (1 - 0.3 * ((plate.x - across) / 0.024).clamp(-1, 1))
        plate = plate.over(steel, plate.covered(post))
    plate = plate.shadowed(box(plate.x - 0.01, plate.y - 0.02, (0.5, 0.27)), 0.04, 0.3)
    plate = plate.over(
        plate.colour(0.22, 0.23, 0.26), plate.covered(box(plate.x, plate.y, (0.5, 0.27), 0.008))
    )
    panel = plate.covered(box(plate.x, plate.y, (0.478, 0.248)))
    plate = plate.over((plate.ground * (1.06 - 0.25 * (plate.y + 0.25))).clamp(0, 1), panel)
    sweep = plate.y - 0.155 - 0.05 * torch.sin(plate.x * 5 + plate.field.draw(342, 0, 6))
    plate = plate.over(plate.accent, panel * plate.covered(-sweep))
    for across in (-0.3, 0.0, 0.3):
        lamp = box(plate.x - across, plate.y + 0.295, (0.035, 0.010), 0.008)
        cone = (-(((plate.x - across) / 0.12) ** 2) - ((plate.y + 0.25) / 0.10).clamp(0) ** 2).exp()
        plate = plate.over(plate.colour(1.0, 0.97, 0.86), 0.22 * cone * panel)
        plate = plate.over(plate.colour(0.25, 0.26, 0.29), plate.covered(lamp))
    return plate


def _blackboard(plate: Plate) -> Plate:
    plate = plate.shadowed(box(plate.x - 0.015, plate.y - 0.03, (0.5, 0.32), 0.01))
    plate = plate.over(wood(plate, 0.95, 0.3), plate.covered(box(plate.x, plate.y, (0.5, 0.32), 0.012)))
    green = edge(plate.field.draw(343) - 0.5, 0.01)
    slate = mix(plate.colour(0.12, 0.13, 0.14), plate.colour(0.10, 0.25, 0.19), green)
    dust = 0.16 * ramp(clouds(plate.field, 344, 3, 3), 0.40, 0.95)
    plate = plate.over(slate + dust, plate.covered(box(plate.x, plate.y, (0.465, 0.285))))
    plate = plate.over(
        wood(plate, 0.7, 0.3), plate.covered(box(plate.x, plate.y - 0.335, (0.5, 0.016), 0.006))
    )
    for across, tint in ((0.12, (0.97, 0.95, 0.90)), (0.20, (0.98, 0.80, 0.55))):
        stick = box(plate.x - across, plate.y - 0.314, (0.03, 0.008), 0.004)
        plate = plate.over(plate.colour(*tint), plate.covered(stick))
    return _inked(plate, plate.colour(0.96, 0.95, 0.88))


def _card(plate: Plate) -> Plate:
    plate = _sheet(plate, (0.5, 0.35), 0.012, 0.016)
    inner = box(plate.x, plate.y, (0.462, 0.312), 0.03)
    plate = plate.over(plate.accent, plate.covered(inner.abs() - 0.004))
    for hand, side in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        for dx, dy, size in ((0.0, 0.0, 0.062), (-0.085, 0.015, 0.042), (0.02, -0.075, 0.040)):
            x, y = plate.x * hand - 0.425 - dx, plate.y * side - 0.275 - dy
            petal = disc(x, y, 0.0) - size * (0.70 + 0.30 * torch.cos(5 * torch.atan2(y, x + 1e-6) + dx * 30))
            plate = plate.over(
                mix(plate.accent, plate.ground, torch.full_like(x, 4 * abs(dx))), plate.covered(petal)
            )
            plate = plate.over(plate.colour(1.0, 0.86, 0.45), plate.covered(disc(x, y, size * 0.25)))
    return plate


def _label(plate: Plate) -> Plate:
    shape = torch.maximum(
        box(plate.x, plate.y, (0.5, 0.25), 0.05), 0.7071 * (plate.y.abs() - plate.x) - 0.435
    )
    plate = plate.shadowed(shape - 0.006, 0.05, 0.45)
    plate = plate.over((plate.ground * (1.04 - 0.15 * plate.y)).clamp(0, 1), plate.covered(shape))
    plate = plate.over(plate.accent, plate.covered((shape + 0.03).abs() - 0.006))
    plate = plate.over(plate.accent, plate.covered(disc(plate.x + 0.42, plate.y, 0.034)))
    plate = plate.over(plate.colour(0.16, 0.14, 0.14), plate.covered(disc(plate.x + 0.42, plate.y, 0.020)))
    line = plate.y + 0.05 * torch.sin((plate.x + 0.42) * 14) + 0.15 * (plate.x + 0.42)
    string = torch.maximum(line.abs() - 0.006, torch.maximum(plate.x + 0.42, -0.72 - plate.x))
    return plate.over(plate.colour(0.86, 0.76, 0.58), plate.covered(string))


def _wall(plate: Plate) -> Plate:
    stone = bricks(plate) * plate.colour(1.12, 1.08, 1.05) * (1 - 0.25 * vignette(plate.field))
    plate = plate.over(stone.clamp(0, 1), torch.ones_like(plate.x))
    cloud = box(plate.x, plate.y, (0.46, 0.20), 0.18) + 0.16 * (noise(plate.field, 348, 8) - 0.5)
    plate = plate.over(plate.accent * 0.9, 0.85 * edge(cloud, 0.10))
    return _inked(plate, plate.colour(0.99, 0.97, 0.93))


def _shirt(plate: Plate) -> Plate:
    y = plate.y - 0.02
    torso = box(plate.x + 0.015 * torch.sin(y * 7) * plate.x.sign(), y - 0.06, (0.315, 0.46), 0.05)
    x = plate.x.abs() - 0.37
    sleeve = box(x * 0.79 + (y + 0.27) * 0.61, (y + 0.27) * 0.79 - x * 0.61, (0.155, 0.125), 0.03)
    neck = 1 - ((plate.x / 0.125) ** 2 + ((y + 0.415) / 0.085) ** 2)
    shape = torch.maximum(torch.minimum(torso, sleeve), neck * 0.1)
    plate = plate.shadowed(shape, 0.06, 0.35)
    fold = clouds(plate.field, 349, 3.2, 2) - 0.5 + 0.10 * torch.sin(plate.x * 14 + y * 5)
    cloth = plate.ground * (1.02 + 0.26 * fold - 0.18 * (plate.x.abs() / 0.5) ** 2) + 0.03 * fold
    plate = plate.over(cloth.clamp(0, 1), plate.covered(shape))
    seam = torch.maximum((torso + 0.002).abs() - 0.003, torch.maximum(sleeve, y + 0.12))
    rib = torch.maximum((neck + 0.42).abs() * 0.1 - 0.006, shape)
    plate = plate.over(plate.ground * 0.72, 0.8 * plate.covered(torch.minimum(seam, rib)))
    return plate


SURFACES: Mapping[str, Surface] = MappingProxyType({
    "sign": Surface(_sign, (0.43, 0.165)),
    "poster": Surface(_poster, (0.345, 0.17), (0.0, 0.07)),
    "book cover": Surface(_book, (0.28, 0.19), (0.03, -0.14)),
    "neon sign": Surface(_neon_sign, (0.42, 0.18), finish="glow"),
    "banner": Surface(_banner, (0.40, 0.10)),
    "billboard": Surface(_billboard, (0.44, 0.17), (0.0, -0.05)),
    "blackboard": Surface(_blackboard, (0.42, 0.23), finish="chalk"),
    "card": Surface(_card, (0.36, 0.19)),
    "label": Surface(_label, (0.36, 0.17), (0.06, 0.0)),
    "wall": Surface(_wall, (0.48, 0.22), finish="spray"),
    "t-shirt": Surface(_shirt, (0.25, 0.15), (0.0, 0.02)),
})  # fmt: skip
