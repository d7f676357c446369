"""Richness: the same picture plain and evenly lit at 0, and with glow, depth and ornament at 1."""

from __future__ import annotations

from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import frame, sparkles, vignette
from sfumato.train.world.styles.tools import (
    blur,
    contrast,
    extent,
    luma,
    plane,
    ramp,
    relit,
    saturate,
    smooth,
)


def enrich(picture: Tensor, field: Field) -> Tensor:
    """The picture as rich as `field.richness` says.

    At 0 it is flatter, paler and evenly lit, at 0.5 as it was given, at 1 it glows, is deeper in colour, dark
    towards its corners, sparkles in its lights, and one in four has an ornamental border. Between these the
    effects grow steadily. Pictures and result are (B, 3, H, W) in [0, 1].
    """
    plain, rich = (1 - 2 * field.richness).clamp(0, 1), (2 * field.richness - 1).clamp(0, 1)
    return mix(mix(picture, _plainer(picture), plain), _richer(picture, field), rich).clamp(0, 1)


def _plainer(picture: Tensor) -> Tensor:
    """Fewer tones, less colour, and the light of large areas evened out."""
    even = smooth(picture, 0.012)
    wide = luma(blur(even, 0.18))
    level = luma(even) + 0.45 * (wide.mean((2, 3), keepdim=True) - wide)
    return contrast(saturate(relit(even, level.clamp(0.02, 0.98)), 0.70), 0.88, 0.55)


def _richer(picture: Tensor, field: Field) -> Tensor:
    deep = contrast(saturate(picture, 1.22), 1.10, 0.48)
    detail = luma(deep) - luma(blur(deep, 0.012))
    lit = deep * (1 + 0.9 * detail)
    glow = blur((lit - 0.70).clamp(0), 0.02) * 0.55 + blur((lit - 0.62).clamp(0), 0.07) * 0.65
    cool, warm = rgb(0.86, 0.92, 1.10, like=picture), rgb(1.05, 1.0, 0.93, like=picture)
    lit = (lit + glow * rgb(1.0, 0.93, 0.78, like=picture)) * mix(cool, warm, ramp(luma(lit), 0.1, 0.7))
    lit = lit * (1 - 0.34 * vignette(field, 0.40, 1.05))
    dust = sparkles(field, 410, 17, 0.16) * (0.35 + 0.65 * ramp(luma(lit), 0.3, 0.8)) * 0.8
    lit = mix(lit, rgb(1.0, 0.97, 0.86, like=picture), dust)
    return _bordered(lit.clamp(0, 1), field)


def _bordered(picture: Tensor, field: Field) -> Tensor:
    """A golden frame of two lines, a row of beads between them and quarter rosettes in the corners."""
    wide, tall = extent(field)
    x, y = plane(field)
    near_x, near_y = x.minimum(wide - x), y.minimum(tall - y)
    inside = near_x.minimum(near_y)
    soft = max(0.004, field.texel)
    outer, inner = edge((inside - 0.014).abs() - 0.003, soft), edge((inside - 0.042).abs() - 0.002, soft)
    u, v = (a / e * round(e / 0.028) % 1 - 0.5 for a, e in ((x, wide), (y, tall)))
    along = mix(u * 0.028, v * 0.028, edge(near_x - near_y, 0.004))
    bead = edge((along**2 + (inside - 0.028) ** 2 + 1e-9).sqrt() - 0.0075, soft)
    corner = (near_x**2 + near_y**2 + 1e-9).sqrt()
    rosette = edge(corner - 0.085, soft)
    ring = rosette * (0.55 + 0.45 * (corner * 210).cos())
    gold = outer.maximum(inner).maximum(bead).maximum(ring * 0.9)
    shine = 0.78 + 0.22 * ((x + y) * 14).cos()
    dark = rgb(0.13, 0.07, 0.08, like=picture)
    below = mix(picture, dark, 0.72 * frame(field, 0.046, 0.0, soft).maximum(rosette))
    framed = mix(below, rgb(0.93, 0.74, 0.36, like=picture) * shine, gold)
    return mix(picture, framed, edge(field.draw(430) - 0.25, 0.01))
