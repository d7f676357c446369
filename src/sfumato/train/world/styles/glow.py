"""Styles of stuff and light: neon tubes, clay."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, mix, rgb
from sfumato.train.world.styles.texture import clouds, noise, vignette
from sfumato.train.world.styles.tools import (
    blur,
    contrast,
    edges,
    lines,
    luma,
    ramp,
    saturate,
    side,
    slopes,
    smooth,
)


def neon(picture: Tensor, field: Field) -> Tensor:
    """Contours as glowing tubes in the dark."""
    even = smooth(picture, 0.016)
    tube = lines(even, 0.014, 0.08, 0.26)
    pure = blur(even, 0.02)
    pure = saturate(pure / pure.amax(1, keepdim=True).clamp(0.15), 2.6)
    rose, sky = rgb(1.0, 0.16, 0.62, like=picture), rgb(0.10, 0.80, 1.0, like=picture)
    swap = ramp(clouds(field, 450, 1.6, 2), 0.35, 0.65)
    grey = 1 - (pure.amax(1, keepdim=True) - pure.amin(1, keepdim=True)).clamp(0, 1)
    hue = mix(pure, mix(rose, sky, swap), 0.30 + 0.65 * grey)
    light = tube * hue
    halo = blur(light, 0.012) * 1.0 + blur(light, 0.04) * 1.3 + blur(light, 0.12) * 0.9
    core = ramp(tube, 0.55, 1.0) * 0.72
    dark = rgb(0.025, 0.015, 0.055, like=picture) + 0.16 * even * hue
    return (mix(dark + halo + 0.5 * light, torch.ones_like(even), core)).clamp(0, 1)


def clay(picture: Tensor, field: Field) -> Tensor:
    """Rounded lumps of modelling clay: matt colour, soft light from above, prints of fingers."""
    even = smooth(smooth(picture, 0.022), 0.016)
    even = 0.6 * even + 0.4 * blur(even, 0.008)
    crease = blur(edges(even, 0.024).clamp(0, 1), 0.010)
    seam = lines(even, 0.02, 0.06, 0.40)
    dent = clouds(field, 450, 6, 2)
    ring = torch.sin(clouds(field, 453, 5, 1) * 95 + noise(field, 454, 4) * 30)
    print_ = ring * ramp(noise(field, 455, 5), 0.55, 0.85)
    height = -0.045 * ramp(crease, 0.02, 0.6) + 0.028 * dent + 0.0006 * print_ + 0.02 * blur(luma(even), 0.01)
    across, down = slopes(height)
    light = (across * 0.6 + down) * side(picture)
    matt = saturate(even, 1.35) * 0.84 + 0.06
    lit = matt * (1.0 + 0.40 * torch.tanh(1.1 * light)) * (1 - 0.14 * seam)
    gloss = ramp(light, 0.30, 1.3) * 0.18
    return contrast(lit + gloss - 0.06 * vignette(field), 1.06).clamp(0, 1)
