"""Styles of lines: pencil, ink, chalk, blueprint."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import clouds, frame, hatch, noise, paper, vignette
from sfumato.train.world.styles.tools import (
    blur,
    contrast,
    exposed,
    extent,
    lines,
    luma,
    plane,
    ramp,
    saturate,
    smooth,
    steps,
    warp,
)


def _drawn_twice(picture: Tensor, field: Field, k: int, width: float) -> Tensor:
    """Contours as two passes of an unsure hand, (B, 1, H, W) in [0, 1]."""
    sway = (noise(field, k, 6, 4) - 0.5) * 0.012
    first = lines(warp(picture, field, sway[:, :1], sway[:, 1:2]), width, 0.05, 0.26)
    second = lines(warp(picture, field, sway[:, 2:3], sway[:, 3:]), width, 0.08, 0.30)
    return torch.maximum(first, 0.7 * second)


def pencil(picture: Tensor, field: Field) -> Tensor:
    """Graphite: contours drawn twice and hatching in layers, crossing where it is dark."""
    even = smooth(picture, 0.015)
    tone = contrast(exposed(luma(even), 0.62, 0.75), 1.15, 0.55)
    wobble = clouds(field, 450, 4, 2) * 1.2
    grain = paper(field, 454)
    shade = torch.zeros_like(tone)
    for angle, bright in ((0.80, 0.78), (0.35, 0.52), (2.30, 0.34), (1.30, 0.18)):
        dark = ramp(bright - tone, -0.06, 0.34)
        stroke = ramp(dark * 1.25 - hatch(field, angle, 62, wobble), -0.25, 0.35)
        shade = shade + stroke * dark.sqrt() * 0.36
    line = _drawn_twice(even, field, 456, 0.010) * (0.75 + 0.5 * noise(field, 457, 7))
    graphite = (shade * (0.85 + 0.35 * grain) + 0.85 * line * (0.9 + 0.3 * grain)).clamp(0, 0.92)
    rest = 1 - 0.75 * frame(field, 0.05, (clouds(field, 458, 5, 2) - 0.5) * 0.1, 0.05)
    sheet = rgb(0.965, 0.955, 0.925, like=picture) * (1 + 0.02 * grain)
    return mix(sheet, rgb(0.17, 0.17, 0.19, like=picture), graphite * rest).clamp(0, 1)


def ink(picture: Tensor, field: Field) -> Tensor:
    """Ink and water on rice paper: few tones that bleed, a brush's contour, and a red seal."""
    bleed = (clouds(field, 450, 10, 2) - 0.5) * 0.03
    wet = warp(smooth(picture, 0.02), field, bleed, -bleed)
    pool = clouds(field, 452, 4, 3)
    tone = steps(contrast(exposed(luma(wet), 0.62, 0.5), 1.2, 0.5), 4, 0.7) + (pool - 0.5) * 0.25
    density = (0.95 - blur(tone, 0.006)).clamp(0, 1) ** 1.5 * 0.85
    rim = lines(blur(wet, 0.008), 0.02, 0.06, 0.5) * 0.25
    dry = noise(field, 456, 90)
    weight = ramp(noise(field, 457, 5), 0.15, 0.8)
    brush = lines(wet, 0.012, 0.05, 0.30) * (0.35 + 0.65 * weight) * edge(dry - 0.7 - 0.5 * weight, 0.4)
    fade = 1 - 0.8 * ramp(clouds(field, 458, 2, 2) + 0.7 * vignette(field, 0.4, 1.0), 0.65, 1.25)
    black = ((density + rim) * fade + 0.85 * brush).clamp(0, 0.95)
    grain = paper(field, 461)
    sheet = rgb(0.955, 0.93, 0.865, like=picture) * (1 + 0.03 * grain)
    accent = saturate(wet, 0.9) * 0.5 + 0.2
    pigment = mix(rgb(0.10, 0.105, 0.12, like=picture), accent, field.draw(463, 0.0, 0.45))
    return _sealed(mix(sheet, pigment, black), field).clamp(0, 1)


def _sealed(picture: Tensor, field: Field) -> Tensor:
    """A carved red seal in a lower corner."""
    wide, tall = extent(field)
    x, y = plane(field)
    left = edge(field.draw(464) - 0.35, 0.01)
    u = (x - mix(torch.full_like(left, wide - 0.09), torch.full_like(left, 0.09), left)) / 0.045
    v = (y - (tall - 0.10)) / 0.045
    soft = max(0.12, field.texel / 0.045)
    body = edge(torch.maximum(u.abs(), v.abs()) - 1, soft)
    rows = (torch.cos(v * 7.5) * 0.5 + 0.5) * edge(u.abs() - 0.72, soft) * edge(v.abs() - 0.8, soft)
    column = edge(u.abs() - 0.10, soft) * edge(v.abs() - 0.8, soft)
    carved = torch.maximum(ramp(rows, 0.55, 0.8), column) * 0.85
    return mix(picture, rgb(0.76, 0.14, 0.11, like=picture), body * (1 - carved) * 0.92)


def chalk(picture: Tensor, field: Field) -> Tensor:
    """Coloured chalk on a blackboard, with the dust of what was wiped away."""
    even = smooth(picture, 0.018)
    grain = noise(field, 450, 128) * 0.6 + noise(field, 451, 60) * 0.4
    wobble = clouds(field, 452, 4, 2) * 1.5
    strokes = hatch(field, 0.75, 34, wobble)
    tone = exposed(luma(even), 0.5, 0.4)
    rubbed = ramp(0.25 + tone - 0.22 * strokes - 0.55 * grain, -0.05, 0.55) * 0.85
    line = _drawn_twice(even, field, 454, 0.015) * ramp(0.95 - grain, 0.0, 0.35)
    bright = even / even.amax(1, keepdim=True).clamp(0.25)
    tint = (mix(saturate(bright, 1.2), even, 0.5 + 0 * tone) * 0.85 + 0.12).clamp(0, 1)
    green = edge(field.draw(456) - 0.6, 0.01)
    board = mix(rgb(0.13, 0.14, 0.15, like=picture), rgb(0.10, 0.20, 0.16, like=picture), green)
    dust = 0.10 * clouds(field, 457, 2, 3) + 0.03 * grain
    drawn = mix(board + dust, tint, rubbed)
    return mix(drawn, tint * 0.5 + 0.48, line * 0.9).clamp(0, 1)


def blueprint(picture: Tensor, field: Field) -> Tensor:
    """White lines on blue, a fine grid, hatched shadows, and the frame of a drawing sheet."""
    even = smooth(picture, 0.012)
    x, y = plane(field)
    fine = _grid(x, y, 0.04, field.texel) * 0.10 + _grid(x, y, 0.2, field.texel) * 0.14
    contour = lines(even, 0.0085, 0.05, 0.20)
    inner = lines(even, 0.005, 0.02, 0.12) * 0.35
    shadow = ramp(0.42 - luma(even), 0.0, 0.25) * ramp(
        0.5 - hatch(field, 0.785, 44, 0 * field.draw(450)), -0.1, 0.3
    )
    white = (0.95 * contour + inner + 0.30 * shadow + 0.14 * luma(even)).clamp(0, 1)
    sheet = frame(field, 0.030, 0.0, 0.003) - frame(field, 0.024, 0.0, 0.003)
    white = torch.maximum(white * (1 - frame(field, 0.036)), sheet.clamp(0, 1) * 0.8) + fine
    uneven = (clouds(field, 451, 2, 3) - 0.5) * 0.07 - 0.10 * vignette(field)
    deep = mix(rgb(0.06, 0.22, 0.52, like=picture), rgb(0.04, 0.30, 0.60, like=picture), field.draw(455))
    return mix(deep + uneven, rgb(0.93, 0.97, 1.0, like=picture), white.clamp(0, 1) * 0.94).clamp(0, 1)


def _grid(x: Tensor, y: Tensor, spacing: float, texel: float) -> Tensor:
    """Thin lines of a square grid, (1, 1, H, W) in [0, 1]."""
    u, v = ((a / spacing - (a / spacing).round()).abs() * spacing for a in (x, y))
    width = max(0.0022, 0.6 * texel)
    return torch.maximum(edge(u - width * 0.5, width), edge(v - width * 0.5, width)) * (0.0022 / width) ** 0.5
