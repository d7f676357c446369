"""Bare rock: canyon and volcano. Painted over the sky and returned."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    among,
    below,
    disc,
    inside,
    mix,
    noise_tile,
    plane,
    rolling,
    sample,
    skyline,
    tall,
    wide,
)
from sfumato.train.world.grounds.land import turf
from sfumato.train.world.grounds.sky import Air


def canyon(field: Field, air: Air, sky: Tensor) -> Tensor:
    """Layered red walls on both sides that step back to a gap."""
    warm = among(field, 0, ((0.80, 0.42, 0.26), (0.74, 0.36, 0.24), (0.86, 0.56, 0.36)))
    picture, tile = sky, noise_tile(field, 20)
    off = (field.x / wide(field) - field.draw(1, 0.42, 0.58)).abs() * 2
    for layer, (gap, base) in enumerate(((0.0, 0.50), (0.16, 0.56), (0.42, 0.60), (0.72, 0.66))):
        wobble = (
            rolling(field, 30 + 5 * layer, field.x * 7)
            - 0.5
            + 0.5 * (rolling(field, 31 + 5 * layer, field.x * 23) - 0.5)
        )
        rise = edge(gap + 0.07 * wobble - off, 0.07 - 0.01 * layer) + 0.5 * edge(
            gap - 0.12 + 0.09 * wobble - off, 0.05
        )
        line = base - rise * (0.13 + 0.09 * layer) - 0.02 * wobble
        bands = rolling(field, 60, (field.y + 0.02 * wobble) * (26 - 4 * layer)) - 0.5
        crack = sample(tile, field.x * 1.6 + 0.2 * layer, field.y * 0.35) - 0.5
        side = 0.12 * torch.sign(field.x / wide(field) - field.draw(1, 0.42, 0.58)) * edge(0.05 - off, 0.1)
        tone = warm * (0.95 + 0.5 * bands + 0.75 * crack - side) * (1.1 - 0.08 * layer)
        picture = mix(picture, air.lit(tone.clamp(0, 1), 0.8 * (1 - layer / 3.4) ** 1.4), below(field, line))
    floor = turf(field, air, tile, 0.66, warm * rgb(1.1, 1.15, 1.1, like=sky), warm * 1.2, 0.6)
    return mix(picture, floor.clamp(0, 1), below(field, skyline(field, 80, 0.72, 0.02)))


def volcano(field: Field, air: Air, sky: Tensor) -> Tensor:
    """A cone with a glowing mouth and smoke above black ground with veins of lava."""
    tile, middle = noise_tile(field, 20), wide(field) * field.draw(0, 0.38, 0.62)
    x, y = field.x - middle, field.y * tall(field)
    high = 0.26 * tall(field)
    foot = 0.62 * tall(field)
    smoke = sample(noise_tile(field, 30, puffy=True), x * 0.9 + 0.5, y * 0.9 + 0.2)
    spread = 0.06 + 0.55 * (high + 0.03 - y).clamp(0, 1)
    bend = x - (field.draw(1) - 0.5) * 1.4 * (high - y).clamp(0, 1) ** 1.5
    plume = edge(bend.abs() - spread * (0.5 + smoke), 0.14) * edge(y - high - 0.04, 0.04)
    glow = torch.exp(-disc(x, y - high, 0.0) * 4.5)
    ash = mix(air.lit((0.36, 0.33, 0.36)), rgb(1.0, 0.45, 0.16, like=sky), glow) * (0.6 + 0.8 * smoke)
    picture = mix(sky, rgb(1.0, 0.36, 0.12, like=sky), glow * 0.55)
    picture = mix(picture, ash.clamp(0, 1), plume * 0.9)
    fall = (y - high).clamp(min=0)
    half = 0.075 + 0.45 * fall + 1.5 * fall**2
    crest = torch.maximum(
        x.abs() - half * (0.94 + 0.12 * sample(tile, x + 0.5, y)), high - y + 0.012 * torch.sin(x * 70)
    )
    grain = sample(tile, torch.atan2(x, y - high + 0.3) * 1.6 + 0.5, fall * 0.6) - 0.5
    rock = rgb(0.24, 0.20, 0.21, like=sky) * (0.85 + 1.4 * grain - 0.9 * x.clamp(-0.4, 0.4))
    picture = mix(picture, air.lit(rock.clamp(0, 1), 0.22), inside(field, crest) * edge(y - foot - 0.1, 0.05))
    stream = sum_of_streams(field, x, fall)
    picture = mix(picture, rgb(1.0, 0.46, 0.10, like=sky), inside(field, crest) * stream)
    return _lava_field(field, air, picture, tile)


def sum_of_streams(field: Field, x: Tensor, fall: Tensor) -> Tensor:
    """Lava that runs down from the mouth in three winding streams."""
    light = torch.zeros_like(x * fall)
    for part in range(3):
        way = (part - 1) * 0.05 + ((part - 1) * 0.55 + field.draw(4 + part, -0.2, 0.2)) * fall
        way = way + 0.05 * (rolling(field, 40 + part, fall * 14) - 0.5)
        thick = 0.010 + 0.03 * fall * field.draw(8 + part)
        light = torch.maximum(
            light, torch.exp(-(((x - way) / thick) ** 2)) * edge(fall - field.draw(11 + part, 0.2, 0.5), 0.08)
        )
    return light


def _lava_field(field: Field, air: Air, picture: Tensor, tile: Tensor) -> Tensor:
    u, v, close = plane(field, 0.60)
    crack = (sample(tile, u * 0.12 + 0.5, v * 0.13) - 0.5).abs()
    rough = sample(tile, u * 0.5, v * 0.5) - 0.5
    ground = air.lit((rgb(0.19, 0.16, 0.17, like=picture) * (1 + 1.4 * rough)).clamp(0, 1), 0.2 * (1 - close))
    heat = torch.exp(-crack * (70 - 30 * close)) + 0.3 * torch.exp(-crack * 14)
    hot = mix(
        rgb(0.85, 0.16, 0.04, like=picture), rgb(1.0, 0.74, 0.24, like=picture), (heat - 0.3).clamp(0, 1)
    )
    ground = mix(ground, hot, (heat * (0.5 + 0.6 * field.richness)).clamp(0, 1))
    return mix(picture, ground, below(field, skyline(field, 70, 0.66, 0.02, 3.0)))
