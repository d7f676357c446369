"""From scenes to pixels: one renderer in torch, in batches, on any device.

In order: the ground with its sky and weather; things from back to front, or a pattern, or writing; richness;
light; style. Each step works on those rows that it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import torch
from torch import Tensor

from sfumato.train.world.atlas import Atlas
from sfumato.train.world.field import Field, open_field
from sfumato.train.world.grounds import PAINTERS, paint_plain
from sfumato.train.world.lexicon import GROUNDS, LIGHTS, STYLES
from sfumato.train.world.light import LIGHTS as LIGHT_FILTERS
from sfumato.train.world.patterns import paint_abstract, paint_geometric, paint_pattern
from sfumato.train.world.rich import enrich
from sfumato.train.world.scene import Scene
from sfumato.train.world.stamp import dyed, stamp
from sfumato.train.world.styles import STYLES as STYLE_FILTERS
from sfumato.train.world.writing import write

Filter = Callable[[Tensor, Field], Tensor]


def render(scenes: Sequence[Scene], atlas: Atlas, size: tuple[int, int]) -> Tensor:
    """Pictures (B, 3, H, W) in [-1, 1] of the scenes, `size` being (height, width) in pixels.

    The atlas' device is the device of the work.
    """
    field = open_field(scenes, size, atlas.device)
    canvas = _backgrounds(scenes, field, atlas)
    for layer in range(max(len(scene.objects) for scene in scenes)):
        stamp(canvas, field.cover, scenes, layer, atlas.sprites)
    _inscribe(canvas, scenes, atlas)
    canvas = enrich(canvas, field).clamp(0, 1)
    canvas = _filtered(canvas, field, [LIGHTS[scene.light].en[0] for scene in scenes], LIGHT_FILTERS)
    canvas = _filtered(canvas, field, [STYLES[scene.style].en[0] for scene in scenes], STYLE_FILTERS)
    return canvas * 2 - 1


def _groups(names: Sequence[str], device: torch.device) -> dict[str, Tensor]:
    """The rows of each name."""
    rows = {name: [i for i, own in enumerate(names) if own == name] for name in dict.fromkeys(names)}
    return {name: torch.tensor(own, device=device) for name, own in rows.items()}


def _filtered(canvas: Tensor, field: Field, names: Sequence[str], filters: Mapping[str, Filter]) -> Tensor:
    for name, rows in _groups(names, canvas.device).items():
        canvas[rows] = filters[name](canvas[rows], field.rows(rows)).clamp(0, 1)
    return canvas


def _backgrounds(scenes: Sequence[Scene], field: Field, atlas: Atlas) -> Tensor:
    canvas = torch.empty(len(scenes), 3, *field.size, device=atlas.device)
    for name, rows in _groups([_surface(scene) for scene in scenes], atlas.device).items():
        part = field.rows(rows)
        if name == "pattern":
            own = [scenes[i].objects[0] for i in rows.tolist()]
            painted = paint_pattern(part, dyed(own, atlas.sprites))
        else:
            painted = PLANES[name](part)
        canvas[rows] = painted.clamp(0, 1).expand(-1, 3, *field.size)
    return canvas


PLANES: Mapping[str, Callable[[Field], Tensor]] = MappingProxyType(
    {**PAINTERS, "plain": paint_plain, "abstract": paint_abstract, "geometric": paint_geometric}
)


def _surface(scene: Scene) -> str:
    if scene.kind == "pattern":
        return "pattern" if scene.objects else "geometric"
    if scene.kind == "abstract":
        return "abstract"
    return "plain" if scene.ground is None else GROUNDS[scene.ground].en[0]


def _inscribe(canvas: Tensor, scenes: Sequence[Scene], atlas: Atlas) -> None:
    told = [(i, scene.writing, scene.seed) for i, scene in enumerate(scenes) if scene.writing]
    if told:
        rows, writings, seeds = zip(*told, strict=True)
        rows = torch.tensor(rows, device=canvas.device)
        canvas[rows] = write(canvas[rows], writings, seeds, atlas.glyphs)
