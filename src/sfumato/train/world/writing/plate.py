"""What a surface is painted with: one canvas, coordinates about its centre, colours and shapes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, open_field, rgb
from sfumato.train.world.lexicon import RGB
from sfumato.train.world.scene import Scene, Writing
from sfumato.train.world.styles.texture import noise
from sfumato.train.world.styles.tools import blur, extent, plane

# Ground, accent and ink, each ink clear on its ground.
SCHEMES: tuple[tuple[RGB, RGB, RGB], ...] = (
    ((0.98, 0.94, 0.84), (0.85, 0.24, 0.20), (0.13, 0.16, 0.32)),
    ((0.11, 0.17, 0.34), (0.95, 0.72, 0.28), (0.99, 0.95, 0.86)),
    ((0.82, 0.17, 0.18), (1.00, 0.83, 0.42), (1.00, 0.97, 0.92)),
    ((0.99, 0.80, 0.26), (0.88, 0.30, 0.22), (0.16, 0.11, 0.13)),
    ((0.09, 0.43, 0.42), (0.98, 0.72, 0.50), (0.98, 0.97, 0.90)),
    ((0.99, 0.80, 0.83), (0.88, 0.36, 0.48), (0.42, 0.08, 0.20)),
    ((0.16, 0.13, 0.15), (0.93, 0.36, 0.30), (0.97, 0.93, 0.84)),
    ((0.78, 0.90, 0.86), (0.96, 0.60, 0.44), (0.08, 0.27, 0.31)),
    ((0.97, 0.97, 0.95), (0.16, 0.52, 0.82), (0.10, 0.12, 0.15)),
    ((0.36, 0.20, 0.52), (0.99, 0.78, 0.35), (0.99, 0.95, 1.00)),
)


@dataclass(frozen=True)
class Plate:
    """A canvas (1, 3, H, W) being painted; x and y from the surface's centre, in units of its width."""

    canvas: Tensor
    field: Field
    x: Tensor  # (1, 1, 1, W)
    y: Tensor  # (1, 1, H, 1)
    texel: float
    ground: Tensor  # (1, 3, 1, 1), as are the next two
    accent: Tensor
    ink: Tensor

    def colour(self, *values: float) -> Tensor:
        """A colour as (1, 3, 1, 1)."""
        return rgb(*values, like=self.canvas)

    def over(self, paint: Tensor, cover: Tensor) -> Plate:
        """The plate with something painted where `cover` is 1."""
        return replace(self, canvas=mix(self.canvas, paint, cover).clamp(0, 1))

    def covered(self, distance: Tensor) -> Tensor:
        """1 inside a shape, 0 outside, with an edge of about a pixel."""
        return edge(distance, 1.5 * self.texel)

    def shadowed(self, distance: Tensor, reach: float = 0.05, depth: float = 0.4) -> Plate:
        """The plate darker where a shape's soft shadow falls, down and to the right."""
        dark = edge(distance.expand(1, 1, *self.field.size), 0.6 * reach)
        soft = blur(dark, reach * self.field.texel / self.texel * 0.5)
        return self.over(torch.zeros_like(self.canvas), depth * soft)


def open_plate(canvas: Tensor, writing: Writing, seed: int) -> Plate:
    """A plate for one canvas (1, 3, H, W)."""
    field = open_field([Scene("writing", seed=seed)], (canvas.shape[2], canvas.shape[3]), canvas.device)
    (wide, tall), (x, y) = extent(field), plane(field)
    scheme = SCHEMES[int(seed) % len(SCHEMES)]
    ground, accent, ink = (rgb(*colour, like=canvas) for colour in scheme)
    x, y = (x - wide / 2 - writing.x) / writing.size, (y - tall / 2 - writing.y) / writing.size
    return Plate(canvas, field, x, y, field.texel / writing.size, ground, accent, ink)


def box(x: Tensor, y: Tensor, half: tuple[float, float], round_: float = 0.0) -> Tensor:
    """The signed distance to a rectangle about the origin with rounded corners."""
    dx, dy = x.abs() - half[0] + round_, y.abs() - half[1] + round_
    outside = (dx.clamp(0) ** 2 + dy.clamp(0) ** 2 + 1e-12).sqrt()
    return outside + torch.maximum(dx, dy).clamp(max=0) - round_


def disc(x: Tensor, y: Tensor, radius: float) -> Tensor:
    """The signed distance to a circle about the origin."""
    return (x**2 + y**2 + 1e-12).sqrt() - radius


def wood(plate: Plate, light: float = 1.0, planks: float = 5.0) -> Tensor:
    """Horizontal planks with grain, (1, 3, H, W)."""
    k = 330
    wave = noise(plate.field, k, 5)
    grain = (
        torch.sin(plate.y * 95 + wave * 9 + torch.sin(plate.x * 4) * 1.5) * 0.5
        + noise(plate.field, k + 1, 90)
        - 0.5
    )
    across = plate.y * planks
    seam = edge((across - across.round()).abs() - 0.035, 0.05 + 2 * planks * plate.texel)
    tone = 0.95 + 0.11 * grain + 0.10 * torch.sin(across.floor() * 2.3) - 0.38 * seam
    warm = mix(plate.colour(0.62, 0.40, 0.22), plate.colour(0.74, 0.54, 0.34), plate.field.draw(332))
    return (warm * tone * light).clamp(0, 1)


def bricks(plate: Plate) -> Tensor:
    """A brick wall over the whole canvas, (1, 3, H, W)."""
    x, y = plane(plate.field)
    v = y * 13
    u = x * 5.5 + 0.5 * v.floor().remainder(2)
    gap = torch.maximum((u - u.floor() - 0.5).abs() - 0.455, (v - v.floor() - 0.5).abs() * 0.42 - 0.17)
    tint = torch.sin(u.floor() * 12.7 + v.floor() * 7.3) * 0.09 + (noise(plate.field, 333, 60) - 0.5) * 0.22
    clay = mix(plate.colour(0.62, 0.30, 0.22), plate.colour(0.50, 0.36, 0.32), plate.field.draw(334))
    mortar = plate.colour(0.66, 0.62, 0.57) * (0.92 + 0.16 * noise(plate.field, 335, 90))
    return mix(mortar, clay * (1 + tint), edge(gap, max(0.03, 6 * plate.field.texel))).clamp(0, 1)
