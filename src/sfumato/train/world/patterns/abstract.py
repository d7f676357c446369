"""Compositions of shapes and colours that show no thing."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix
from sfumato.train.world.patterns.geometric import Colours, by_kind
from sfumato.train.world.patterns.palettes import along, of_cell, pick, within
from sfumato.train.world.styles.texture import clouds, lattice, noise, paper
from sfumato.train.world.styles.tools import extent, plane, ramp


def paint_abstract(field: Field) -> Tensor:
    """One of seven kinds of abstract painting in one harmony of colours, (B, 3, H, W) in [0, 1]."""
    return by_kind(field, 2, _KINDS)


def _circles(field: Field, colours: Colours) -> Tensor:
    """Circles, rings, triangles and lines that cross on a pale ground."""
    wide, tall = extent(field)
    x, y = plane(field)
    haze = clouds(field, 10, 2, 3)
    picture = mix(colours[4], colours[3], 0.35 * ramp(haze, 0.45, 0.9)) + 0.03 * paper(field, 14)
    for shape in range(15):
        k = 20 + 10 * shape
        size = 0.30 * 0.90**shape * field.draw(k + 2, 0.6, 1.1)
        dx, dy = x - wide * field.draw(k, 0.08, 0.92), y - tall * field.draw(k + 1, 0.08, 0.92)
        turn = field.draw(k + 3, 0, 2 * math.pi)
        s, t = dx * turn.cos() + dy * turn.sin(), dy * turn.cos() - dx * turn.sin()
        far = (dx**2 + dy**2 + 1e-9).sqrt()
        disc, ring = far - size, (far - size).abs() - 0.05 * size
        fork = torch.maximum(t - 0.6 * size, 0.87 * s.abs() - 0.5 * t - 0.35 * size)
        bar = torch.maximum(s.abs() - 2.2 * size, t.abs() - 0.035 * size - 0.002)
        half = torch.maximum(disc, s)
        kind = field.draw(k + 4)
        form = torch.where(
            kind < 0.28, disc, torch.where(kind < 0.42, ring, torch.where(kind < 0.62, fork, half))
        )
        form = torch.where(kind > 0.78, bar, form)
        colour = pick(colours[:4], (field.draw(k + 5) * 4).floor())
        shade = 1 - 0.25 * ramp(s / size.clamp(0.02), -1.0, 1.0) * field.draw(k + 6)
        picture = mix(picture, colour * shade, edge(form, 2 * field.texel) * field.draw(k + 7, 0.72, 1.0))
        core = edge(far - 0.35 * size, 2 * field.texel) * (kind < 0.2)
        picture = mix(picture, colours[3], 0.95 * core)
    return picture


def _flow(field: Field, colours: Colours) -> Tensor:
    """Ribbons of colour that flow beside and into one another."""
    x, y = plane(field)
    turn = field.draw(18, 0, 2 * math.pi)
    p, q = x * turn.cos() + y * turn.sin(), y * turn.cos() - x * turn.sin()
    bend, fold = noise(field, 10, 2), noise(field, 11, 3)
    swing = torch.sin(field.draw(12, 2.5, 5.5) * q + 3.5 * bend + field.draw(13, 0, 6))
    phase = field.draw(14, 3.0, 7.0) * p + 2.0 * swing + 1.2 * fold + field.draw(15, 0, 6)
    sheen = torch.sin(3 * phase + 4 * swing) + 0.5 * torch.sin(9 * phase)
    return along(colours, 0.5 + 0.5 * torch.sin(phase)) * (1 + 0.07 * sheen) + 0.02 * paper(field, 16)


def _mondrian(field: Field, colours: Colours) -> Tensor:
    """Rectangles of white and clear colours between black bars."""
    wide, tall = extent(field)
    x, y = plane(field)
    left, top = torch.zeros_like(x + y + field.draw(3)), torch.zeros_like(x + y + field.draw(3))
    right, foot = left + wide, top + tall
    name = torch.ones_like(left)
    chance = lattice(field, 10, (8, 8))
    for _ in range(5):
        cut = 0.28 + 0.44 * of_cell(chance, (name / 8).floor(), name)
        tall_one = ((foot - top) > (right - left)).float()
        at_x, at_y = left + (right - left) * cut, top + (foot - top) * cut
        over = mix((x >= at_x).float(), (y >= at_y).float(), tall_one)
        left = torch.where((tall_one == 0) & (over == 1), at_x, left)
        right = torch.where((tall_one == 0) & (over == 0), at_x, right)
        top = torch.where((tall_one == 1) & (over == 1), at_y, top)
        foot = torch.where((tall_one == 1) & (over == 0), at_y, foot)
        name = name * 2 + over
    near = torch.minimum(torch.minimum(x - left, right - x), torch.minimum(y - top, foot - y))
    near = torch.where(torch.minimum(right - left, foot - top) < 0.02, 0 * near, near)
    draw = of_cell(lattice(field, 11, (8, 8)), (name / 8).floor(), name)
    white = colours[4] * 0.5 + 0.5
    fill = pick((white, colours[2], white, colours[1], white, colours[3], white, colours[2]), draw * 8)
    bar = edge(near - field.draw(12, 0.006, 0.012), 1.5 * field.texel)
    return mix(fill + 0.02 * paper(field, 13), 0.05 + 0.15 * colours[0], bar)


def _spirals(field: Field, colours: Colours) -> Tensor:
    """Bands of colour wound about a centre, thin lines between them."""
    wide, tall = extent(field)
    x, y = plane(field)
    dx, dy = x - wide * field.draw(10, 0.25, 0.75), y - tall * field.draw(11, 0.25, 0.75)
    far = (dx**2 + dy**2 + 1e-4).sqrt()
    angle = torch.atan2(dy, dx + 1e-6) / (2 * math.pi)
    arms = 2 + (field.draw(12) * 4).floor()
    hand = 1 - 2 * (field.draw(15) < 0.5).float()
    wound = arms * angle * hand + field.draw(13, 1.2, 3.0) * far.log() + (noise(field, 14, 2) - 0.5) * 0.25
    t = wound - wound.floor()
    picture, soft = colours[1], (0.02 + 1.2 * field.texel * (arms / 6.28 + 2) / far).clamp(max=0.5)
    for middle, half, colour in (
        (0.18, 0.20, 0),
        (0.50, 0.16, 2),
        (0.76, 0.13, 3),
        (0.96, 0.06, 4),
        (0.50, 0.03, 4),
    ):
        from_middle = (t - middle - (t - middle).round()).abs()
        picture = mix(picture, colours[colour], within(from_middle - half, soft))
    glow = (-((far / 0.30) ** 2)).exp()
    return mix(picture * (1 - 0.35 * ramp(far, 0.3, 1.1)), colours[4], 0.55 * glow)


def _marble(field: Field, colours: Colours) -> Tensor:
    """Inks dropped on water and drawn with a comb."""
    x, y = plane(field)
    bend = clouds(field, 10, 2.2, 3) - 0.5
    comb = torch.sin(x * field.draw(14, 9, 18) + 5 * bend) * field.draw(15, 0.02, 0.08)
    t = clouds(field, 16, 1.8, 2) * 2.6 + 1.1 * bend + (y + comb) * field.draw(19, 0.6, 2.4)
    fold = (t - t.floor()) * 2 - 1
    veins = along(colours, fold.abs(), 0.35)
    gold = ramp(torch.sin(t * 12.0 + 4 * bend).abs(), 0.10, 0.02) * 0.55
    return mix(veins, colours[3] * 0.6 + 0.35, gold)


def _quarters(field: Field, colours: Colours) -> Tensor:
    """A grid of quarter circles, half circles, rings and leaves."""
    wide, tall = extent(field)
    x, y = plane(field)
    n = 3 + (field.draw(10) * 4).floor()
    u, v = x * ((n * wide).round() / wide), y * ((n * tall).round() / tall)
    row, column = v.floor(), u.floor()
    ground, front, kind, turn = (of_cell(lattice(field, k, (24, 24)), row, column) for k in (11, 12, 13, 14))
    s, t = u - column, v - row
    s, t = torch.where(turn < 0.5, s, 1 - s), torch.where((turn * 2).remainder(1) < 0.5, t, 1 - t)
    near, far = (s**2 + t**2 + 1e-9).sqrt(), ((1 - s) ** 2 + (1 - t) ** 2 + 1e-9).sqrt()
    middle = ((s - 0.5) ** 2 + (t - 0.5) ** 2 + 1e-9).sqrt()
    leaf, ring = torch.maximum(near, far) - 1, (middle - 0.32).abs() - 0.12
    form = torch.where(kind < 0.34, near - 1, torch.where(kind < 0.56, leaf, ring))
    form = torch.where(kind > 0.78, torch.maximum(near - 1, 0.55 - near), form)
    soft = 1.5 * n * field.texel
    lower = pick(colours, ground * 5)
    upper = pick(
        (colours[1], colours[2], colours[3], colours[4], colours[0]),
        (ground * 5).floor() + (front * 4).floor(),
    )
    picture = mix(lower, upper, within(form, soft))
    return picture * (1 + 0.035 * paper(field, 15))


def _veils(field: Field, colours: Colours) -> Tensor:
    """Soft layers like cut paper or far hills, one behind the other, each with its own shadow."""
    x, y = plane(field)
    _, tall = extent(field)
    turn = field.draw(10, -0.9, 0.9)
    down = (y - tall / 2) * turn.cos() + (x - 0.5) * turn.sin()
    picture = colours[4] * torch.ones_like(down)
    order = (3, 2, 1, 0, 3, 2, 1, 0)
    for layer, colour in enumerate(order):
        k = 20 + 6 * layer
        wave = torch.sin(x * field.draw(k, 2, 7) + y * field.draw(k + 1, -3, 3) + field.draw(k + 2, 0, 6))
        swell = field.draw(k + 3, 0.03, 0.13) * wave + 0.03 * torch.sin(x * 13 * field.draw(k + 4) + k)
        gap = down - (0.15 * layer - 0.58) - swell
        picture = picture * (1 - 0.38 * ramp(gap, -0.07, 0.0))
        tint = mix(colours[colour], colours[4], field.draw(k + 5, 0.0, 0.35))
        lit = tint * (1.08 - 0.25 * ramp(gap, 0.0, 0.25))
        picture = mix(picture, lit, edge(-gap, 2 * field.texel))
    return picture * (1 + 0.02 * paper(field, 11))


_KINDS = (_circles, _flow, _mondrian, _spirals, _marble, _quarters, _veils)
