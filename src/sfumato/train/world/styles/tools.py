"""Filters that the styles are made of: blur, edges, tone, smoothing that keeps edges, flow, displacement.

Lengths are in units of the picture's short side, so that a style looks the same at every resolution. Sums are
written out, not convolved: a GPU's convolutions round to ten bits, and thin lines would show it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, interpolate, pad

from sfumato.train.world.field import Field

_FINE = 2.4  # in pixels: wider blurs run on a smaller picture


def side(picture: Tensor) -> int:
    """The short side in pixels."""
    return min(picture.shape[-2:])


def plane(field: Field) -> tuple[Tensor, Tensor]:
    """x (1, 1, 1, W) and y (1, 1, H, 1), both in units of the short side, from the top left corner."""
    return field.x, field.y * extent(field)[1]


def extent(field: Field) -> tuple[float, float]:
    """Width and height in units of the short side."""
    height, width = field.size
    return width / min(field.size), height / min(field.size)


def luma(picture: Tensor) -> Tensor:
    """Brightness (B, 1, H, W)."""
    red, green, blue = picture.split(1, 1)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def saturate(picture: Tensor, amount: float | Tensor) -> Tensor:
    """Colour made stronger (amount above 1) or weaker at the same brightness."""
    grey = luma(picture)
    return (grey + (picture - grey) * amount).clamp(0, 1)


def contrast(picture: Tensor, amount: float | Tensor, middle: float = 0.5) -> Tensor:
    """Values spread from, or drawn to, the middle."""
    return ((picture - middle) * amount + middle).clamp(0, 1)


def relit(picture: Tensor, tone: Tensor) -> Tensor:
    """The picture at another brightness (B, 1, H, W): its colour scaled, and lost only towards white."""
    scaled = picture * (tone / luma(picture).clamp(0.04)).clamp(max=4.0)
    over = (scaled.amax(1, keepdim=True) - 1).clamp(0)
    return (scaled + 0.4 * over).clamp(0, 1)


def exposed(tone: Tensor, middle: float = 0.55, share: float = 0.6) -> Tensor:
    """Brightness (B, 1, H, W) moved so that each picture's mean comes nearer to the middle."""
    return (tone + share * (middle - tone.mean((2, 3), keepdim=True))).clamp(0, 1)


def steps(values: Tensor, count: float, softness: float = 0.25) -> Tensor:
    """Values in [0, 1] drawn to `count` + 1 levels, with ramps of `softness` of a level between them."""
    scaled = values * count
    low = scaled.floor()
    return (low + ((scaled - low - 0.5) / softness + 0.5).clamp(0, 1)) / count


def ramp(values: Tensor, low: float, high: float) -> Tensor:
    """0 below `low`, 1 above `high`, and smooth between."""
    t = ((values - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def blur(picture: Tensor, sigma: float) -> Tensor:
    """Gaussian blur."""
    wide = sigma * side(picture)
    if wide < 0.25:
        return picture
    if wide <= _FINE:
        return _gauss(picture, wide)
    height, width = picture.shape[-2:]
    factor = wide / 1.6
    small = interpolate(
        picture, size=(max(1, round(height / factor)), max(1, round(width / factor))), mode="area"
    )
    return interpolate(_gauss(small, 1.5), size=(height, width), mode="bicubic", align_corners=False)


def _gauss(picture: Tensor, wide: float) -> Tensor:
    reach = math.ceil(2.4 * wide)
    raw = [math.exp(-0.5 * (i / wide) ** 2) for i in range(-reach, reach + 1)]
    weights = [w / sum(raw) for w in raw]
    return _taps(_taps(picture, weights, 3), weights, 2)


def _taps(picture: Tensor, weights: Sequence[float], axis: int) -> Tensor:
    reach = len(weights) // 2
    padded = pad(picture, (reach, reach, 0, 0) if axis == 3 else (0, 0, reach, reach), mode="replicate")
    total = padded.narrow(axis, 0, picture.shape[axis]) * weights[0]
    for i, weight in enumerate(weights[1:], 1):
        total = total.add_(padded.narrow(axis, i, picture.shape[axis]), alpha=weight)
    return total


def box(picture: Tensor, radius: int) -> Tensor:
    """The mean over a square of 2 · radius + 1 pixels."""
    padded = pad(picture, (radius,) * 4, mode="replicate")
    return avg_pool2d(avg_pool2d(padded, (1, 2 * radius + 1), 1), (2 * radius + 1, 1), 1)


def slopes(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences across and down, per pixel."""
    padded = pad(picture, (1, 1, 1, 1), mode="replicate")
    across = padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]
    down = padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]
    return across * 0.5, down * 0.5


def edges(picture: Tensor, width: float) -> Tensor:
    """How steep the picture is (B, 1, H, W): about 1 from black to white, in a line about `width` wide."""
    wide = max(0.6, 0.5 * width * side(picture))
    across, down = slopes(blur(picture, wide / side(picture)))
    return (across**2 + down**2).amax(1, keepdim=True).add(1e-12).sqrt() * (2.5 * wide)


def lines(picture: Tensor, width: float, low: float = 0.08, high: float = 0.28) -> Tensor:
    """Contours (B, 1, H, W) in [0, 1] about `width` wide."""
    return ramp(edges(picture, width), low, high)


def smooth(picture: Tensor, radius: float, sharp: float = 4.0) -> Tensor:
    """Kuwahara's filter: areas become even and edges stay, as a brush of this radius would paint."""
    reach = max(1, round(radius * side(picture) / 2))
    mean = box(picture, reach)
    spread = (box(luma(picture) ** 2, reach) - luma(mean) ** 2).clamp(0)
    both = pad(torch.cat([mean, spread], 1), (reach,) * 4, mode="replicate")
    height, width = picture.shape[-2:]
    total = weight = torch.zeros_like(spread)
    for down in (0, 2 * reach):
        for across in (0, 2 * reach):
            part = both[..., down : down + height, across : across + width]
            share = (part[:, 3:] * 100 + 0.02) ** -sharp
            total, weight = total + part[:, :3] * share, weight + share
    return total / weight


def warp(picture: Tensor, field: Field, across: Tensor, down: Tensor) -> Tensor:
    """Every pixel read from (across, down) further on; outside the picture its border goes on."""
    x, y = plane(field)
    wide, tall = extent(field)
    u, v = torch.broadcast_tensors((x + across) * (2 / wide) - 1, (y + down) * (2 / tall) - 1)
    grid = torch.cat([u, v], 1).permute(0, 2, 3, 1).expand(len(picture), -1, -1, -1)
    return grid_sample(picture, grid, padding_mode="border", align_corners=False)


def shift(picture: Tensor, across: float, down: float) -> Tensor:
    """The picture moved right and down by whole pixels, at least one where it moves."""
    dx, dy = (round(d * side(picture)) or (d > 0) - (d < 0) for d in (across, down))
    padded = pad(picture, (abs(dx), abs(dx), abs(dy), abs(dy)), mode="replicate")
    height, width = picture.shape[-2:]
    return padded[..., abs(dy) - dy : abs(dy) - dy + height, abs(dx) - dx : abs(dx) - dx + width]


def flow(picture: Tensor, sigma: float, prior: Tensor) -> tuple[Tensor, Tensor]:
    """Unit vectors along the picture's forms, each (B, 1, H, W); where it is flat, along `prior`."""
    across, down = slopes(blur(luma(picture), 1.2 / 256))
    even = 0.5 * (across**2 - down**2) * side(picture) ** 2 / 256**2
    odd = across * down * side(picture) ** 2 / 256**2
    even, odd = blur(torch.cat([even, odd], 1), sigma).split(1, 1)
    angle = (
        0.5 * torch.atan2(odd - 1e-5 * torch.sin(2 * prior), even - 1e-5 * torch.cos(2 * prior)) + math.pi / 2
    )
    return angle.cos(), angle.sin()


def smear(
    picture: Tensor, field: Field, along: tuple[Tensor, Tensor], length: float, taps: int = 7
) -> Tensor:
    """The mean of the picture over a stroke of this length along the flow."""
    total = torch.zeros_like(picture)
    for i in range(taps):
        t = length * (i / (taps - 1) - 0.5)
        total = total + warp(picture, field, along[0] * t, along[1] * t)
    return total / taps
