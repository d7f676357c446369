"""Things put on a picture: sprites sampled where they stand, in their colour, with a shadow, lit as the
place is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, interpolate

from sfumato.train.world.compose import FOOT, closed
from sfumato.train.world.field import edge
from sfumato.train.world.lexicon import COLOURS
from sfumato.train.world.looks import sprite
from sfumato.train.world.scene import Placed, Scene

# What the light of each time of day does to what stands in it, in the order of TIMES.
AMBIENT = ((1.0, 1.0, 1.0), (1.0, 0.86, 0.78), (0.66, 0.70, 0.86), (1.0, 0.93, 0.92), (1.0, 0.92, 0.78))
SHADE = 0.35


def stamp(canvas: Tensor, cover: Tensor, scenes: Sequence[Scene], layer: int, sprites: Tensor) -> None:
    """Lay the objects of this layer on the canvas (B, 3, H, W), and what they hide on the cover (B, 1, H, W),
    both in place."""
    told = [
        (i, s, s.objects[layer])
        for i, s in enumerate(scenes)
        if len(s.objects) > layer and s.kind in ("objects", "views")
    ]
    if not told:
        return
    rows, where, placed = zip(*told, strict=True)
    rows = torch.tensor(rows, device=canvas.device)
    size = canvas.shape[-2:]
    above = _sampled(placed, _smoothed(dyed(placed, sprites), placed, size), size)  # (R, 4, H, W)
    grounded = [s.ground is not None and not closed(s.ground) for s in where]
    ambient = [AMBIENT[s.time] if out else (1.0, 1.0, 1.0) for s, out in zip(where, grounded, strict=True)]
    light = torch.tensor(ambient, device=canvas.device)[:, :, None, None]
    shade = torch.tensor([SHADE if out else 0.0 for out in grounded], device=canvas.device)
    below = canvas[rows] * (1 - shade[:, None, None, None] * _shadow(placed, canvas))
    canvas[rows] = below * (1 - above[:, 3:]) + above[:, :3] * light
    cover[rows] = 1 - (1 - cover[rows]) * (1 - above[:, 3:])


def dyed(placed: Sequence[Placed], sprites: Tensor) -> Tensor:
    """The sprites (R, 4, S, S) in [0, 1] of placed things, premultiplied; those with a colour keep their
    brightness and take its hue."""
    chosen = sprites[torch.tensor([sprite(o) for o in placed], device=sprites.device)].float() / 255
    told = [(i, COLOURS[o.colour].rgb) for i, o in enumerate(placed) if o.colour is not None]
    if not told:
        return chosen
    rows, colours = zip(*told, strict=True)
    rows = torch.tensor(rows, device=sprites.device)
    colour = torch.tensor(colours, device=sprites.device)[:, :, None, None]
    chosen[rows] = tinted(chosen[rows], colour)
    return chosen


def tinted(sprites: Tensor, colour: Tensor) -> Tensor:
    """Sprites (R, 4, S, S) in [0, 1], premultiplied, dyed in colours (R, 3, 1, 1)."""
    tone = sprites[:, :3].mean(1, keepdim=True) / sprites[:, 3:].clamp(0.01)
    hue = colour * (0.35 + 0.75 * tone) + 0.25 * (tone - 0.55).clamp(0)
    return torch.cat([hue.clamp(0, 1) * sprites[:, 3:], sprites[:, 3:]], 1)


def _smoothed(sprites: Tensor, placed: Sequence[Placed], size: Sequence[int]) -> Tensor:
    """Without what is finer than the pixels they are stamped at, so that sampling them does not alias."""
    finer = [sprites.shape[-1] / (o.size * min(size)) for o in placed]
    for factor in (2, 4, 8):
        told = [i for i, own in enumerate(finer) if factor <= own * 1.4 < 2 * factor]
        if told:
            rows = torch.tensor(told, device=sprites.device)
            small = avg_pool2d(sprites[rows], factor)
            sprites[rows] = interpolate(small, scale_factor=float(factor), mode="bilinear")
    return sprites


def _sampled(placed: Sequence[Placed], sprites: Tensor, size: Sequence[int]) -> Tensor:
    """Each sprite alone on a clear canvas (R, 4, H, W), premultiplied."""
    x, y = _centred(size, sprites.device)
    columns = [
        (o.x, o.y, o.size / 2, math.cos(o.turn), math.sin(o.turn), -1.0 if o.mirrored else 1.0)
        for o in placed
    ]
    cx, cy, half, cos, sin, side = torch.tensor(columns, device=sprites.device).T[:, :, None, None]
    u = ((x - cx) * cos + (y - cy) * sin) / half * side
    v = ((y - cy) * cos - (x - cx) * sin) / half
    return grid_sample(sprites, torch.stack([u, v], -1), align_corners=False)


def _centred(size: Sequence[int], device: torch.device) -> tuple[Tensor, Tensor]:
    """x (H, W) and y (H, W) in short sides from the centre."""
    height, width = size
    x = (torch.arange(width, device=device) + 0.5 - width / 2) / min(size)
    y = (torch.arange(height, device=device) + 0.5 - height / 2) / min(size)
    return x[None, :].expand(height, -1), y[:, None].expand(-1, width)


def _shadow(placed: Sequence[Placed], canvas: Tensor) -> Tensor:
    """A soft ellipse under each object, (R, 1, H, W)."""
    x, y = _centred(canvas.shape[-2:], canvas.device)
    told = torch.tensor([(o.x, o.y, o.size) for o in placed], device=canvas.device)
    cx, cy, size = told.T[:, :, None, None]
    far = (((x - cx) / (0.46 * size)) ** 2 + ((y - cy - FOOT * size) / (0.08 * size)) ** 2).sqrt()
    return edge(far - 0.8, 0.7)[:, None]
