"""Styles of wet and waxy paint: watercolour, oil, dabs of the impressionists, crayon."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import clouds, dabs, frame, hatch, noise, paper
from sfumato.train.world.styles.tools import (
    blur,
    edges,
    flow,
    lines,
    luma,
    ramp,
    saturate,
    slopes,
    smear,
    smooth,
    warp,
)


def watercolor(picture: Tensor, field: Field) -> Tensor:
    """Thin pigment on rough paper: dark wet rims, pools and blooms, and a border that was left dry."""
    wander = (noise(field, 450, 14, 2) - 0.5) * 0.022
    wash = smooth(warp(picture, field, wander[:, :1], wander[:, 1:]), 0.016)
    wash = 0.75 * wash + 0.25 * blur(wash, 0.012)
    rim = ramp(edges(wash, 0.012), 0.04, 0.35)
    pool = clouds(field, 452, 4, 4)
    grain = paper(field, 460)
    density = -(saturate(wash, 1.25) * 0.92 + 0.07).log()
    density = density * (0.42 + 0.75 * pool) + 0.02
    density = density * (1 + 0.75 * rim + 0.16 * grain * (1 - density / 3))
    ragged = (clouds(field, 456, 7, 2) - 0.5) * 0.09 + 0.006 * grain
    inside = 1 - frame(field, 0.045, ragged, 0.012)
    wet_rim = 4 * inside * (1 - inside)
    density = density * inside * (1 + 0.5 * wet_rim)
    sheet = rgb(0.985, 0.97, 0.935, like=picture) * (1 + 0.035 * grain)
    return (sheet * (-density).exp()).clamp(0, 1)


def oil(picture: Tensor, field: Field) -> Tensor:
    """Strokes of thick paint that follow the forms, lit from the upper left."""
    even = smooth(picture, 0.016)
    drift = clouds(field, 450, 2, 2) * 5
    along = flow(even, 0.012, drift)
    paint = saturate(dabs(field, 454, 28, even, (0.75, 0.32, torch.cat(along, 1)))[:, :3].clamp(0, 1), 1.15)
    paint = 0.55 * paint + 0.45 * even
    bristle = smear(noise(field, 456, 150), field, along, 0.05, 7)
    ridged = (bristle - 0.5) * 3.2
    paint = paint * (1 + 0.16 * ridged)
    across, down = slopes(blur(ridged, 0.002))
    light = across + down
    shine = (light * 0.45).clamp(-0.16, 0.22)
    return (paint + shine * (0.35 + luma(paint))).clamp(0, 1)


def impressionist(picture: Tensor, field: Field) -> Tensor:
    """Short dabs of broken, bright colour beside each other."""
    vivid = saturate(picture, 1.3) * 0.94 + 0.05
    angle = clouds(field, 450, 3, 2) * 7
    along = torch.cat(flow(blur(vivid, 0.008), 0.02, angle), 1)
    coarse = dabs(field, 454, 25, blur(vivid, 0.008), (0.75, 0.45, along))[:, :3]
    detail = lines(vivid, 0.02, 0.10, 0.30)
    fine = dabs(field, 456, 44, vivid, (0.75, 0.42, along))
    spots = ramp(noise(field, 458, 30), 0.35, 0.75)
    painted = mix(coarse, fine[:, :3], (blur(detail, 0.01) + 0.6 * spots).clamp(0, 1))
    warm = rgb(0.05, 0.02, -0.05, like=picture) * (luma(painted) - 0.45) * 2
    return (painted + warm + 0.05 * (fine[:, 3:] - 0.7)).clamp(0, 1)


def crayon(picture: Tensor, field: Field) -> Tensor:
    """Wax rubbed over rough paper in slanted strokes, with a dark contour drawn by an unsure hand."""
    wander = (noise(field, 450, 9, 2) - 0.5) * 0.02
    even = smooth(warp(picture, field, wander[:, :1], wander[:, 1:]), 0.022)
    wobble = clouds(field, 452, 5, 2) * 1.5
    strokes = hatch(field, 0.9, 52, wobble)
    broken = noise(field, 455, 90) * 0.5 + noise(field, 456, 170) * 0.5
    pressure = 1.02 - 0.52 * luma(even) - 0.42 * strokes * noise(field, 457, 8)
    wax = ramp(pressure + 0.35 - broken, -0.12, 0.22)
    colour = saturate(even, 1.5) * 0.92
    sheet = rgb(0.985, 0.97, 0.93, like=picture) * (0.97 + 0.05 * broken)
    drawn = mix(sheet, colour.clamp(0, 1), wax * 0.93)
    second = (noise(field, 458, 11, 2) - 0.5) * 0.012
    contour = lines(warp(even, field, second[:, :1], second[:, 1:]), 0.016, 0.06, 0.24)
    contour = contour * edge(broken - 0.78, 0.35)
    return mix(drawn, colour * 0.32, contour * 0.9).clamp(0, 1)
