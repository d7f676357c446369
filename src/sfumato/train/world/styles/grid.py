"""Styles made of many equal pieces: pixels, triangles, stitches."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles.texture import counted, lattice, noise
from sfumato.train.world.styles.tools import (
    blur,
    contrast,
    edges,
    extent,
    lines,
    plane,
    ramp,
    saturate,
    side,
    slopes,
    smooth,
    steps,
)

_FACES = 23  # pairs of triangles to the short side
_CLIMBS = 5  # steps of a corner towards a contour


def pixel_art(picture: Tensor, field: Field) -> Tensor:
    """Blocks, 64 or 44 to the short side, in few colours, with dark contours one block wide."""
    fine, coarse = (_blocks(picture, field, n) for n in (64, 44))
    return mix(fine, coarse, edge(field.draw(450) - 0.35, 0.01))


def _blocks(picture: Tensor, field: Field, n: int) -> Tensor:
    cells = counted(field, n)
    even = smooth(picture, 0.4 / n)
    contour = lines(even, 1.4 / n, 0.20, 0.40)
    small = interpolate(torch.cat([even, contour], 1), size=cells, mode="area")
    vivid = contrast(saturate(small[:, :3], 1.4), 1.15)
    row, column = (torch.arange(c, device=picture.device) % 2 for c in cells)
    dither = (row[:, None] ^ column[None, :]).float()[None, None] - 0.5
    colour = steps((vivid + 0.03 * dither).clamp(0, 1), 6, 0.12)
    drawn = mix(colour, colour * 0.35, ramp(small[:, 3:], 0.35, 0.6) * 0.75)
    return interpolate(drawn, size=field.size, mode="nearest-exact")


def low_poly(picture: Tensor, field: Field) -> Tensor:
    """Triangles of one colour each, as of a folded surface, their corners drawn to the forms."""
    cells = counted(field, _FACES)
    even = smooth(picture, 0.016)
    corners = _drawn_in(_corners(field, 450, cells), even, cells)
    vivid = contrast(saturate(even, 1.3), 1.1)
    v = field.y.flatten() * cells[0]
    u = field.x.flatten() * (cells[1] / extent(field)[0])
    total, weight = torch.zeros_like(picture), torch.zeros_like(picture[:, :1])
    for half in (0, 1):
        faces = _faces(corners, vivid, field, half)
        for down in range(3):
            for across in range(3):
                part = faces[:, :, v.floor().long() + down][..., u.floor().long() + across]
                cover = _covered(
                    part[:, 3:], u[None, None, None], v[None, None, :, None], _FACES * field.texel
                )
                total, weight = total + part[:, :3] * cover, weight + cover
    return (total / weight.clamp(1e-3)).clamp(0, 1)


def _corners(field: Field, k: int, cells: tuple[int, int]) -> Tensor:
    """Jittered points of a lattice with a cell around it, (B, 2, rows + 3, columns + 3), in cells."""
    rows, columns = cells[0] + 3, cells[1] + 3
    moved = (lattice(field, k, (rows, columns), 2) - 0.5) * 0.5
    row = torch.arange(rows, device=moved.device)[None, :, None] - 1.0
    column = torch.arange(columns, device=moved.device)[None, None, :] - 1.0
    return torch.stack([moved[:, 0] + column, moved[:, 1] + row], 1)


def _drawn_in(corners: Tensor, picture: Tensor, cells: tuple[int, int]) -> Tensor:
    """The corners moved uphill to where the picture changes most, less than half a cell."""
    steep = blur(edges(picture, 0.012).clamp(0, 1), 0.4 / _FACES)
    climb = torch.cat(slopes(steep), 1) * side(picture) / _FACES
    scale = torch.tensor([2 / cells[1], 2 / cells[0]], device=picture.device)
    moved = corners
    for _ in range(_CLIMBS):
        places = moved.permute(0, 2, 3, 1) * scale - 1
        way = grid_sample(climb, places, padding_mode="border", align_corners=False)
        moved = moved + 0.1 * way / (way.square().sum(1, keepdim=True).sqrt() + 0.03)
    return corners + (moved - corners).clamp(-0.36, 0.36)


def _faces(corners: Tensor, picture: Tensor, field: Field, half: int) -> Tensor:
    """One of the two triangles of every cell: its colour and corners, (B, 9, rows + 2, columns + 2)."""
    a, b = corners[:, :, :-1, :-1], corners[:, :, :-1, 1:]
    c, d = corners[:, :, 1:, :-1], corners[:, :, 1:, 1:]
    three = (a, b, d) if half == 0 else (a, d, c)
    rows, columns = counted(field, _FACES)
    scale = torch.tensor([2 / columns, 2 / rows], device=picture.device)
    centre = (three[0] + three[1] + three[2]) / 3
    colour = grid_sample(
        picture, centre.permute(0, 2, 3, 1) * scale - 1, padding_mode="border", align_corners=False
    )
    lit = 0.90 + 0.18 * lattice(field, 452 + half, (a.shape[2], a.shape[3])) + (0.02 if half else -0.02)
    return torch.cat([colour * lit, *three], 1)


def _covered(corners: Tensor, x: Tensor, y: Tensor, texel: float) -> Tensor:
    """How much of each pixel a triangle covers; x, y, the corners (B, 6, H, W) and the texel in cells."""
    inside = torch.full((1, 1, 1, 1), 9.0, device=corners.device)
    ax, ay, bx, by, cx, cy = corners.split(1, 1)
    for px, py, qx, qy in ((ax, ay, bx, by), (bx, by, cx, cy), (cx, cy, ax, ay)):
        dx, dy = qx - px, qy - py
        far = (dx * (y - py) - dy * (x - px)) * (dx * dx + dy * dy).rsqrt()
        inside = torch.minimum(inside, far)
    return (inside / texel + 0.5).clamp(0, 1)


def embroidery(picture: Tensor, field: Field) -> Tensor:
    """Crossed stitches of shining thread on linen."""
    cells = rows, columns = counted(field, 44)
    even = smooth(picture, 0.018)
    small = interpolate(contrast(saturate(even, 1.35), 1.1), size=cells, mode="area")
    small = small * (0.90 + 0.2 * lattice(field, 450, cells))
    colour = interpolate(steps(small.clamp(0, 1), 9, 0.4), size=field.size, mode="nearest-exact")
    x, y = plane(field)
    wide, tall = extent(field)
    u, v = x * (columns / wide), y * (rows / tall)
    u, v = (u - u.floor()) * 2 - 1, (v - v.floor()) * 2 - 1
    soft = max(0.22, 2 * 44 * field.texel)
    below, above = _thread(u, -v, soft), _thread(u, v, soft)
    cloth = _linen(x, y, field) * rgb(0.90, 0.86, 0.78, like=picture)
    lower = mix(cloth, colour * (0.72 + 0.32 * below[1]), below[0])
    shaded = lower * (1 - 0.35 * edge((u + v).abs() - 0.95, 0.5) * (1 - above[0]))
    return mix(shaded, colour * (0.80 + 0.45 * above[1]) + 0.06 * above[1], above[0]).clamp(0, 1)


def _thread(u: Tensor, v: Tensor, soft: float) -> tuple[Tensor, Tensor]:
    """A stitch from corner to corner: where it lies, and how it shines."""
    beside, along = (u - v) * 0.7071, (u + v) * 0.7071
    cover = edge((beside / 0.52) ** 2 + (along / 1.36) ** 4 - 1, 2 * soft)
    twist = 0.5 + 0.5 * torch.cos(along * 7 + beside * 5)
    return cover, ((1 - (beside / 0.6) ** 2).clamp(0, 1) * (0.75 + 0.25 * twist)) * (1 - 0.25 * along.abs())


def _linen(x: Tensor, y: Tensor, field: Field) -> Tensor:
    """A plain weave, about 0.8 to 1.05, (B, 1, H, W)."""
    weave = torch.sin(x * 550) * torch.sin(y * 550)
    return (
        0.93
        + 0.06 * weave * ramp(torch.full_like(weave, 1 / field.texel), 100, 250)
        + 0.06 * (noise(field, 452, 60) - 0.5)
    )
