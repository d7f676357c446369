"""Styles of flat pieces: flat design, paper cut, stained glass, mosaic, sticker."""

from __future__ import annotations

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import clouds, noise, paper, vignette, voronoi
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
    shift,
    smooth,
    steps,
)


def flat(picture: Tensor, field: Field) -> Tensor:
    """Even areas in a few clear tones, without outlines or texture."""
    even = smooth(smooth(picture, 0.016), 0.012, 6.0)
    tone = steps(luma(even), 5, 0.18)
    poster = relit(saturate(even, 1.35), tone * 0.86 + 0.11)
    return mix(poster, steps(poster, 6, 0.3), torch.full_like(tone, 0.6)).clamp(0, 1)


def paper_cut(picture: Tensor, field: Field) -> Tensor:
    """Layers of coloured paper, the darker ones nearer, each throwing a soft shadow on those behind it."""
    even = smooth(smooth(picture, 0.018), 0.014, 6.0)
    near = 1 - steps(luma(blur(even, 0.004)), 5, 0.12)
    shade = sum(
        (shift(blur(near, spread), far, far) - near).clamp(0)
        for spread, far in ((0.004, 0.012), (0.012, 0.032))
    )
    rim = (near - shift(near, 0.006, 0.006)).clamp(0, 0.25)
    colour = relit(saturate(even, 1.3), (1 - near) * 0.75 + 0.20)
    fibre = paper(field, 450)
    sheet = colour * (1 + 0.05 * fibre) + 1.4 * rim
    return (sheet * (1 - 2.1 * torch.as_tensor(shade).clamp(0, 0.30))).clamp(0, 1)


def stained_glass(picture: Tensor, field: Field) -> Tensor:
    """Pieces of glowing glass in lead, cut along the forms."""
    even = smooth(picture, 0.016)
    shine = lines(even, 0.015, 0.10, 0.26)
    border, _, cell = voronoi(field, 450, 13, 0.85, torch.cat([blur(even, 0.02), noise(field, 451, 40)], 1))
    piece = mix(even, cell[:, :3], torch.full_like(border, 0.35))
    glow = contrast(saturate(piece, 1.9), 1.25, 0.42) * (0.72 + 0.55 * cell[:, 3:])
    streak = clouds(field, 452, 9, 2)
    through = (glow * (0.80 + 0.4 * streak) + 0.35 * (1 - vignette(field, 0.0, 1.0)) * glow).clamp(0, 1)
    through = through + 0.10 * ramp(border, 0.1, 0.5)
    lead = torch.maximum(edge(border * (1 / 13) - 0.0045, 0.006), shine)
    metal = rgb(0.07, 0.07, 0.085, like=picture) + 0.10 * (lead - shift(lead, 0.004, 0.004)).clamp(0)
    bloom = blur(through * (1 - lead), 0.02) * 0.30
    return (mix(through, metal, lead) + bloom * (1 - 0.6 * lead)).clamp(0, 1)


def mosaic(picture: Tensor, field: Field) -> Tensor:
    """Small stones with grout between them, each of one colour and lit from the upper left."""
    vivid = torch.cat([contrast(saturate(blur(picture, 0.006), 1.45), 1.15), noise(field, 451, 90)], 1)
    border, _, cell = voronoi(field, 450, 38, 0.45, vivid)
    stone = cell[:, :3] * (0.82 + 0.36 * cell[:, 3:])
    height = ramp(border, 0.04, 0.30)
    bevel = (height - shift(height, 0.004, 0.004)) * 0.22
    grout = mix(
        rgb(0.74, 0.70, 0.64, like=picture),
        rgb(0.22, 0.21, 0.22, like=picture),
        edge(field.draw(452) - 0.5, 0.01),
    )
    gap = edge(border / 38 - 0.0016, max(0.0036, field.texel))
    return mix(stone + bevel, grout * (1 + 0.06 * paper(field, 453)), gap * 0.85).clamp(0, 1)


def sticker(picture: Tensor, field: Field) -> Tensor:
    """What stands in the picture cut out with a white rim, stuck on a pale print of the rest; where nothing
    stands, the whole picture is one round-cornered sticker."""
    mask = _cut_out(field)
    rim = ramp(blur(mask, 0.018), 0.06, 0.16)
    shadow = blur(shift(rim, 0.010, 0.016), 0.012)
    pale = saturate(blur(picture, 0.008), 0.75) * 0.5 + 0.42
    ground = mix(pale, 0.7 + 0.22 * field.colour, _alone(field)) * (1 - 0.38 * shadow)
    bold = contrast(saturate(smooth(picture, 0.014), 1.4), 1.12, 0.45)
    face = mix(bold, bold * 0.3, 0.8 * lines(picture, 0.010, 0.10, 0.30))
    x, y = plane(field)
    shine = ramp(torch.cos((x + y) * 5 + field.draw(450, 0, 6)), 0.80, 1.0) * 0.10
    return (mix(mix(ground, torch.full_like(ground, 0.985), rim), face, mask) + shine * rim).clamp(0, 1)


def _alone(field: Field) -> Tensor:
    """1 where nothing stands in the picture, (B, 1, 1, 1)."""
    return edge(field.cover.amax((2, 3), keepdim=True) - 0.5, 0.2)


def _cut_out(field: Field) -> Tensor:
    """What becomes a sticker, (B, 1, H, W): the things, or the picture within a margin."""
    x, y = plane(field)
    wide, tall = extent(field)
    corner = 0.16  # radius, in short sides
    across = ((x - wide / 2).abs() - (wide / 2 - 0.07 - corner)).clamp(0)
    down = ((y - tall / 2).abs() - (tall / 2 - 0.07 - corner)).clamp(0)
    whole = edge((across**2 + down**2).sqrt() - corner, 1.5 * field.texel)
    return mix(field.cover, whole, _alone(field))
