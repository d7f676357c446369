"""Quoted words, written on the surfaces that carry words."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, pad

from sfumato.train.world.field import mix
from sfumato.train.world.lexicon import SURFACES as NAMES
from sfumato.train.world.scene import Writing
from sfumato.train.world.styles.texture import noise
from sfumato.train.world.styles.tools import blur, ramp
from sfumato.train.world.writing.glyphs import LEFT_PX, SIDE_PX, Glyphs, chinese, draw_glyphs, place
from sfumato.train.world.writing.plate import Plate, open_plate
from sfumato.train.world.writing.surfaces import SURFACES, Surface, lit

__all__ = ["SURFACES", "Glyphs", "Surface", "chinese", "draw_glyphs", "place", "write"]

_LINE_PX = 56


def write(canvas: Tensor, writings: Sequence[Writing], seeds: Sequence[int], glyphs: Glyphs) -> Tensor:
    """Canvases (B, 3, H, W) in [0, 1] with each row's surface and, on it, its words.

    The lines are centred and as large as the surface has room for; `seeds` choose its colours.
    Raises ValueError for a character without a glyph.
    """
    rows = []
    for row, writing in enumerate(writings):
        surface = SURFACES[NAMES[writing.surface].en[0]]
        plate = surface.paint(open_plate(canvas[row : row + 1], writing, seeds[row]))
        cover = _words(plate, surface, _block(writing, glyphs))
        rows.append(_FINISHES[surface.finish](plate, cover))
    return torch.cat(rows)


def _block(writing: Writing, glyphs: Glyphs) -> Tensor:
    """The lines below one another, centred, (1, 1, H, W) in [0, 1], cut close."""
    lines = [_line(text, writing.font, glyphs) for text in writing.lines]
    wide = max(line.shape[1] for line in lines)
    block = torch.zeros(_LINE_PX * (len(lines) - 1) + SIDE_PX, wide, device=glyphs.pixels.device)
    for number, line in enumerate(lines):
        left, top = (wide - line.shape[1]) // 2, number * _LINE_PX
        part = block[top : top + SIDE_PX, left : left + line.shape[1]]
        part.copy_(torch.maximum(part, line))
    return block[None, None, 8 : block.shape[0] - 2]


def _line(text: str, font: int, glyphs: Glyphs) -> Tensor:
    places = [place(font, character) for character in text]
    ends = torch.cumsum(glyphs.advances[places].cpu() * SIDE_PX, 0).round().long().tolist()
    strip = torch.zeros(SIDE_PX, ends[-1] + 2 * SIDE_PX, device=glyphs.pixels.device)
    for start, one in zip([0, *ends[:-1]], places, strict=True):
        part = strip[:, start : start + SIDE_PX]
        part.copy_(torch.maximum(part, glyphs.pixels[one].float() / 255))
    return strip[:, max(0, LEFT_PX - 3) : ends[-1] + LEFT_PX + 3]


def _words(plate: Plate, surface: Surface, block: Tensor) -> Tensor:
    """The block laid into the surface's room, (1, 1, H, W)."""
    height, width = block.shape[-2:]
    pixel = min(2 * surface.half[0] / width, 2 * surface.half[1] / height, 0.0062)  # in units of the surface
    factor = max(1, int(plate.texel / pixel + 0.25))
    half = 0.5 * pixel * torch.tensor([width, height], device=block.device)
    if factor > 1:
        block = avg_pool2d(pad(block, (0, -width % factor, 0, -height % factor)), factor)
        half = half * torch.tensor(
            [block.shape[3] * factor / width, block.shape[2] * factor / height], device=block.device
        )
    x, y = torch.broadcast_tensors(plate.x - surface.middle[0], plate.y - surface.middle[1])
    grid = torch.stack([x[0, 0] / half[0], y[0, 0] / half[1]], -1)[None]
    return grid_sample(block, grid, align_corners=False)


def _flat(plate: Plate, cover: Tensor) -> Tensor:
    return plate.over(plate.ink, cover).canvas


def _glow(plate: Plate, cover: Tensor) -> Tensor:
    return lit(plate, cover, plate.ink).canvas


def _chalk(plate: Plate, cover: Tensor) -> Tensor:
    grain = noise(plate.field, 350, 110)
    return plate.over(plate.ink, cover * (0.72 + 0.28 * ramp(grain, 0.25, 0.5))).canvas


def _spray(plate: Plate, cover: Tensor) -> Tensor:
    grown = ramp(blur(cover, 0.010), 0.06, 0.30)
    plate = plate.over(plate.colour(0.08, 0.06, 0.10), grown)
    fade = ramp(plate.y, -0.12, 0.14)
    return plate.over(mix(plate.ink, plate.colour(1.0, 0.86, 0.25), fade), cover).canvas


_FINISHES = MappingProxyType({"flat": _flat, "glow": _glow, "chalk": _chalk, "spray": _spray})
