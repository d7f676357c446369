"""Printed styles: woodblock and comic."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import clouds, dots, frame, noise, paper
from sfumato.train.world.styles.tools import (
    contrast,
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

# Indigo, Prussian blue, pale blue, moss, pale green, vermilion, rose, ochre, cream, grey-brown.
_EDO = (
    (0.10, 0.15, 0.30), (0.15, 0.34, 0.56), (0.56, 0.72, 0.78), (0.24, 0.40, 0.26), (0.62, 0.70, 0.46),
    (0.80, 0.26, 0.16), (0.88, 0.62, 0.58), (0.86, 0.66, 0.28), (0.95, 0.90, 0.78), (0.48, 0.38, 0.32),
)  # fmt: skip


def woodblock(picture: Tensor, field: Field) -> Tensor:
    """A few inks on cream paper inside cut contours, shaded in bands, with the grain of the wood."""
    wander = (noise(field, 450, 8, 2) - 0.5) * 0.008
    even = smooth(smooth(warp(picture, field, wander[:, :1], wander[:, 1:]), 0.014), 0.010)
    inks = mix(_nearest(even), saturate(even, 0.95) * 0.86 + 0.06, torch.full_like(even[:, :1], 0.45))
    x, y = plane(field)
    ring = clouds(field, 452, 2.5, 2)
    grain = torch.sin((y * 90 + ring * 26 + 1.2 * torch.sin(x * 3)) * 1.0)
    rubbed = noise(field, 455, 130)
    inks = inks * (1 + 0.045 * grain) + 0.05 * (rubbed - 0.5)
    tall = extent(field)[1]
    band = ramp(0.20 - y + 0.02 * torch.sin(x * 5 + field.draw(456, 0, 6)), 0.0, 0.19) * field.draw(
        457, 0.45, 0.9
    )
    low = ramp(y - tall + 0.12, 0.0, 0.12) * 0.4
    blue = rgb(0.09, 0.20, 0.42, like=picture)
    inks = mix(mix(inks, blue, band), blue, low)
    contour = lines(even, 0.0105, 0.06, 0.20)
    printed = mix(inks, rgb(0.08, 0.10, 0.20, like=picture), 0.92 * contour)
    sheet = rgb(0.94, 0.89, 0.78, like=picture) * (1 + 0.03 * paper(field, 458))
    return mix(printed, sheet, frame(field, 0.028, 0.0, 0.004)).clamp(0, 1)


def _nearest(picture: Tensor) -> Tensor:
    """Every colour softly drawn to the nearest ink."""
    total = torch.zeros_like(picture)
    weight = torch.zeros_like(picture[:, :1])
    for ink in _EDO:
        colour = rgb(*ink, like=picture)
        far = ((picture - colour) ** 2).sum(1, keepdim=True)
        share = (-far * 70).exp() + 1e-6
        total, weight = total + colour * share, weight + share
    return total / weight


def pop_art(picture: Tensor, field: Field) -> Tensor:
    """Bold inks, thick black contours, and dots where a tone lies between two inks."""
    even = smooth(smooth(picture, 0.016), 0.010)
    bold = contrast(saturate(even, 2.0), 1.25)
    tone = luma(bold)
    soft = max(0.16, 1.5 * 44 * field.texel)
    dark = steps(bold, 3, 0.16)
    size = ramp(tone, 0.25, 0.95) * 0.5 + 0.06
    dot = edge(dots(field, 0.52, 44) - (0.60 - size).clamp(0.08, 0.46), soft)
    light = mix(dark, torch.ones_like(dark), torch.full_like(tone, 0.5))
    printed = mix(light, dark * 0.96, torch.maximum(dot, edge(tone - 0.32, 0.15)))
    black = torch.maximum(lines(even, 0.018, 0.10, 0.24), edge(luma(even) - 0.12, 0.06))
    printed = mix(printed, rgb(0.05, 0.04, 0.06, like=picture), black)
    return (printed * rgb(1.0, 0.985, 0.94, like=picture)).clamp(0, 1)
