"""From scenes to pixels: one renderer in torch, in batches, on any device."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from sfumato.train.world.field import Field, edge, mix, open_field
from sfumato.train.world.grounds import PAINTERS, paint_abstract, paint_plain, paint_sky
from sfumato.train.world.lexicon import COLOURS
from sfumato.train.world.scene import Placed, Scene
from sfumato.train.world.styles import FILTERS


def render(scenes: Sequence[Scene], atlas: Tensor, size: tuple[int, int]) -> Tensor:
    """Pictures (B, 3, H, W) in [-1, 1] of the scenes, `size` being (height, width) in pixels.

    `atlas` is (objects, 4, S, S), premultiplied; its device is the device of the work.
    """
    device = atlas.device
    field = open_field(
        [scene.seed for scene in scenes],
        size,
        torch.tensor([scene.time for scene in scenes], device=device),
        torch.tensor([COLOURS[scene.colour].rgb for scene in scenes], device=device)[:, :, None, None],
    )
    canvas = _backgrounds(scenes, field)
    sprites = _sized(atlas, size)
    for layer in range(max(len(scene.objects) for scene in scenes)):
        _stamp(canvas, scenes, layer, sprites)
    _patterns(canvas, scenes, sprites)
    for style, filter_ in enumerate(FILTERS):
        rows = [i for i, scene in enumerate(scenes) if scene.style == style]
        if rows and style:
            canvas[rows] = filter_(canvas[rows])
    return canvas.clamp(0, 1) * 2 - 1


def _backgrounds(scenes: Sequence[Scene], field: Field) -> Tensor:
    canvas = torch.empty(len(scenes), 3, *field.size, device=field.draws.device)
    places = [_painter_of(scene) for scene in scenes]
    for place in sorted(set(places)):
        rows = torch.tensor([p == place for p in places], device=canvas.device)
        part = field.rows(rows)
        if place < len(PAINTERS):
            canvas[rows] = PAINTERS[place](part, paint_sky(part)).clamp(0, 1)
        else:
            paint = paint_abstract if place > len(PAINTERS) else paint_plain
            canvas[rows] = paint(part).expand(-1, 3, *field.size)
    fog = torch.tensor([0.45 if scene.time == 3 else 0.0 for scene in scenes], device=canvas.device)
    return mix(canvas, torch.full_like(canvas, 0.84), fog[:, None, None, None])


def _painter_of(scene: Scene) -> int:
    if scene.kind == "abstract":
        return len(PAINTERS) + 1
    return len(PAINTERS) if scene.ground is None else scene.ground


def _sized(atlas: Tensor, size: tuple[int, int]) -> Tensor:
    """The sprites at about the resolution they are stamped at, so that sampling them does not alias."""
    side = 32 * max(1, round(min(size) * 0.75 / 32))
    if side >= atlas.shape[-1]:
        return atlas
    return interpolate(atlas, size=(side, side), mode="area")


def _stamp(canvas: Tensor, scenes: Sequence[Scene], layer: int, sprites: Tensor) -> None:
    rows = [i for i, s in enumerate(scenes) if len(s.objects) > layer and s.kind == "objects"]
    if not rows:
        return
    placed = [scenes[i].objects[layer] for i in rows]
    layered = _sample(placed, sprites, canvas.shape[-2:])  # (R, 4, H, W)
    ground = torch.tensor(
        [scenes[i].ground is not None and scenes[i].ground != 8 for i in rows], device=canvas.device
    )
    below = canvas[rows] * (1 - 0.3 * _shadow(placed, canvas) * ground[:, None, None, None])
    canvas[rows] = below * (1 - layered[:, 3:]) + layered[:, :3]


def _sample(placed: Sequence[Placed], sprites: Tensor, size: Sequence[int]) -> Tensor:
    """Each placed object drawn alone on a clear canvas (R, 4, H, W), premultiplied, in its colour if any."""
    x, y = _centred(size, sprites.device)  # (H, W), units of the short side
    columns = [
        (o.x, o.y, o.size / 2, math.cos(o.turn), math.sin(o.turn), -1.0 if o.mirrored else 1.0)
        for o in placed
    ]
    cx, cy, half, cos, sin, side = torch.tensor(columns, device=sprites.device).T[:, :, None, None]
    u = ((x - cx) * cos + (y - cy) * sin) / half * side
    v = ((y - cy) * cos - (x - cx) * sin) / half
    chosen = sprites[torch.tensor([o.index for o in placed], device=sprites.device)]
    return grid_sample(_tinted(chosen, placed), torch.stack([u, v], -1), align_corners=False)


def _centred(size: Sequence[int], device: torch.device) -> tuple[Tensor, Tensor]:
    height, width = size
    x = (torch.arange(width, device=device) + 0.5 - width / 2) / min(size)
    y = (torch.arange(height, device=device) + 0.5 - height / 2) / min(size)
    return x[None, :].expand(height, -1), y[:, None].expand(-1, width)


def _tinted(sprites: Tensor, placed: Sequence[Placed]) -> Tensor:
    """Sprites whose brightness is kept and whose hue is the wanted colour's."""
    rows = [i for i, o in enumerate(placed) if o.colour is not None]
    if not rows:
        return sprites
    colours = torch.tensor(
        [COLOURS[o.colour].rgb for o in placed if o.colour is not None], device=sprites.device
    )
    picked = sprites[rows]
    tone = picked[:, :3].mean(1, keepdim=True) / picked[:, 3:].clamp(0.01)
    dyed = colours[:, :, None, None] * (0.35 + 0.75 * tone) + 0.25 * (tone - 0.55).clamp(0)
    tinted = sprites.clone()
    tinted[rows] = torch.cat([dyed.clamp(0, 1) * picked[:, 3:], picked[:, 3:]], 1)
    return tinted


def _shadow(placed: Sequence[Placed], canvas: Tensor) -> Tensor:
    """A soft ellipse under each object, (R, 1, H, W)."""
    x, y = _centred(canvas.shape[-2:], canvas.device)
    cx, cy, size = torch.tensor([(o.x, o.y, o.size) for o in placed], device=canvas.device).T[
        :, :, None, None
    ]
    far = (((x - cx) / (0.46 * size)) ** 2 + ((y - cy - 0.47 * size) / (0.08 * size)) ** 2).sqrt()
    return edge(far - 0.8, 0.7)[:, None]


def _patterns(canvas: Tensor, scenes: Sequence[Scene], sprites: Tensor) -> None:
    """One object again and again on a lattice, every second column half a step lower."""
    x, y = _centred(canvas.shape[-2:], canvas.device)
    for row in (i for i, s in enumerate(scenes) if s.kind == "pattern"):
        thing = scenes[row].objects[0]
        column = torch.floor(x / thing.size)
        u = (x / thing.size - column) * 2 - 1
        v = ((y + 0.5 * thing.size * (column % 2)) / thing.size % 1) * 2 - 1
        tile = grid_sample(
            sprites[thing.index][None], torch.stack([u, v], -1)[None] * 1.1, align_corners=False
        )[0]
        canvas[row] = canvas[row] * (1 - tile[3:]) + tile[:3]
