"""Three ways of drawn film: expressive, cute, and the painted places behind the figures."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import clouds, noise, sparkles, vignette
from sfumato.train.world.styles.tools import (
    blur,
    contrast,
    extent,
    lines,
    luma,
    plane,
    ramp,
    relit,
    saturate,
    smooth,
    steps,
)


def anime(picture: Tensor, field: Field) -> Tensor:
    """Hard shadows in few tones, strong dark contours, deep contrast, and lines of speed from the corners."""
    even = smooth(smooth(picture, 0.014), 0.010)
    tone = contrast(luma(even), 1.18)
    cel = relit(saturate(even, 1.35), 0.58 * steps(tone, 4, 0.10) + 0.34 * tone + 0.06)
    cool, warm = rgb(-0.05, -0.02, 0.08, like=picture), rgb(0.06, 0.03, -0.03, like=picture)
    cel = (cel + mix(cool, warm, steps(tone, 2, 0.2))).clamp(0, 1)
    bright = blur((cel - 0.85).clamp(0), 0.03)
    cel = cel + 0.8 * bright
    cel = mix(cel, torch.ones_like(cel), _speed(field) * 0.85)
    contour = lines(even, 0.0125, 0.07, 0.22)
    return mix(cel, rgb(0.05, 0.03, 0.09, like=picture), contour * 0.95).clamp(0, 1)


def _speed(field: Field) -> Tensor:
    """Thin rays that start at the border and end before the middle, (B, 1, H, W)."""
    wide, tall = extent(field)
    x, y = plane(field)
    dx, dy = x / wide - field.draw(451, 0.42, 0.58), y / tall - field.draw(452, 0.42, 0.58)
    far = (dx**2 + dy**2).sqrt() * 2
    angle = torch.atan2(dy, dx + 1e-6) / (2 * math.pi)
    wave = torch.sin(angle * 2 * math.pi * 23 + field.draw(453, 0, 6))
    wave = wave + torch.sin(angle * 2 * math.pi * 41 + field.draw(454, 0, 6))
    wave = wave + torch.sin(angle * 2 * math.pi * 67 + field.draw(455, 0, 6))
    ray = ramp(wave - 1.15 - (1.25 - far).clamp(0) * 3.2, 0.0, 0.45)
    return ray * edge(field.draw(456) - 0.6, 0.01)


def cute(picture: Tensor, field: Field) -> Tensor:
    """Milky pastel colours, round soft forms, brown contours, a glow and little stars."""
    even = smooth(smooth(picture, 0.016), 0.010)
    round_ = 0.7 * even + 0.3 * blur(even, 0.01)
    pastel = saturate(round_, 1.6) * 0.56 + 0.43
    blush = rgb(0.05, -0.015, 0.02, like=picture)
    pastel = (pastel + blush).clamp(0, 1)
    shade = ramp(0.40 - luma(even), 0.0, 0.3)
    pastel = mix(pastel, pastel * rgb(0.90, 0.82, 0.96, like=picture), shade)
    contour = lines(even, 0.013, 0.07, 0.25)
    drawn = mix(pastel, pastel * 0.55 * rgb(0.80, 0.56, 0.56, like=picture), contour * 0.85)
    glow = blur(drawn, 0.03)
    drawn = 1 - (1 - drawn) * (1 - 0.28 * glow * ramp(luma(glow), 0.5, 0.95))
    rose = mix(rgb(1.0, 0.84, 0.90, like=picture), rgb(0.86, 0.88, 1.0, like=picture), field.draw(450))
    drawn = mix(drawn, rose, 0.45 * vignette(field, 0.55, 1.1))
    stars = torch.maximum(sparkles(field, 451, 6, 0.30), sparkles(field, 452, 11, 0.14))
    return mix(drawn, torch.ones_like(drawn), stars).clamp(0, 1)


def scenic(picture: Tensor, field: Field) -> Tensor:
    """Painted gradients in full colour, air and light: bloom, slanted shafts of light, drifting motes."""
    even = smooth(picture, 0.014)
    touch = (noise(field, 450, 26) - 0.5) * 0.06 + (clouds(field, 451, 7, 2) - 0.5) * 0.10
    tone = luma(even)
    painted = contrast(saturate(even, 1.3) + touch * tone, 1.08, 0.5)
    x, y = plane(field)
    wide, tall = extent(field)
    high = (1 - y / tall).clamp(0, 1)
    azure, amber = rgb(0.12, 0.46, 0.98, like=picture), rgb(1.0, 0.66, 0.30, like=picture)
    painted = mix(painted, azure, 0.22 * high**1.5 * (0.3 + 0.7 * tone))
    painted = mix(painted, painted * rgb(0.80, 0.82, 1.12, like=picture), ramp(0.45 - tone, 0.0, 0.35))
    bloom = blur((painted - 0.70).clamp(0), 0.025) + blur((painted - 0.65).clamp(0), 0.08)
    lamp = wide * edge(field.draw(454) - 0.5, 0.01)
    fan = torch.atan2(y + 0.35, x - lamp) * 11 + field.draw(455, 0, 6)
    shaft = ramp(torch.sin(fan) + 0.6 * torch.sin(fan * 1.7), 0.2, 1.4) * ramp(1.15 - y / tall, 0.0, 1.1)
    painted = painted + 0.6 * bloom + 0.20 * shaft * amber
    motes = sparkles(field, 456, 13, 0.20) * 0.7
    return mix(painted, rgb(1.0, 0.97, 0.85, like=picture), motes).clamp(0, 1)
