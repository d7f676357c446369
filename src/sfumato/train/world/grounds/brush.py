"""What all grounds are painted with: masks, hashed cells, noise, planes in perspective, rows of things.

Lengths are in units of the short side, heights in a picture (`y`, `line`, `base`) in units of its height.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import cast

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from sfumato.train.world.field import Field, rgb

GROUND, SKY = 280, 320  # where the 40 draws start that cells of the ground and of the sky read
_TABLE = 40
_TILE = 128
RGB = tuple[float, float, float]


def mix(below: Tensor | float, above: Tensor | float, cover: Tensor | float) -> Tensor:
    """`above` laid over `below` where `cover` (0 … 1) says; at least one is a tensor."""
    return cast("Tensor", below + (above - below) * cover)


def edge(distance: Tensor, width: Tensor | float) -> Tensor:
    """1 where distance < 0, 0 where it is > 0, and a soft step of `width`, a number or a map, between."""
    return (0.5 - distance / width).clamp(0, 1)


def tall(field: Field) -> float:
    """The canvas' height in short sides."""
    return field.size[0] / min(field.size)


def wide(field: Field) -> float:
    """The canvas' width in short sides."""
    return field.size[1] / min(field.size)


def below(field: Field, line: Tensor | float, soft: float = 1.5) -> Tensor:
    """1 under the line, with an edge of `soft` texels."""
    return edge(line - field.y, soft / field.size[0])


def inside(field: Field, distance: Tensor, soft: float = 1.5) -> Tensor:
    """1 where a distance in short sides is negative, with an edge of `soft` texels."""
    return edge(distance, soft * field.texel)


def box(x: Tensor, y: Tensor, half: tuple[Tensor | float, Tensor | float]) -> Tensor:
    """Signed distance to an upright box round the origin."""
    return torch.maximum(x.abs() - half[0], y.abs() - half[1])


def disc(x: Tensor, y: Tensor, radius: Tensor | float) -> Tensor:
    """Signed distance to a disc round the origin."""
    return (x * x + y * y).sqrt() - radius


def between(field: Field, k: int, first: RGB, second: RGB) -> Tensor:
    """A colour of each row (B, 3, 1, 1) on the way from the first to the second, by the k-th draw."""
    one, two = rgb(*first, like=field.draws), rgb(*second, like=field.draws)
    return one + (two - one) * field.draw(k)


def among(field: Field, k: int, colours: tuple[RGB, ...]) -> Tensor:
    """One of the colours for each row (B, 3, 1, 1), by the k-th draw."""
    picks = (field.draws[:, k] * len(colours)).long()
    return torch.tensor(colours, device=picks.device)[picks][:, :, None, None]


def hashed(field: Field, salt: int, column: Tensor, row: Tensor | int = 0, start: int = GROUND) -> Tensor:
    """A random number in [0, 1) for each whole-numbered cell, the same whenever the cell is met again.

    Integers are hashed exactly, so that every device finds the same two of the row's draws.
    """
    mixed = (
        column.long() * 374761393 + (torch.as_tensor(row).to(column.device).long() + 977 * salt) * 668265263
    )
    mixed = ((mixed & 0xFFFFFFFF) ^ ((mixed & 0xFFFFFFFF) >> 13)) * 1274126177
    mixed = (mixed & 0xFFFFFFFF) ^ ((mixed & 0xFFFFFFFF) >> 16)
    draws = field.table(start, _TABLE)
    shape = (len(draws), 1, *mixed.shape[2:])
    first = (mixed % _TABLE).expand(shape).flatten(1)
    second = (mixed // _TABLE % _TABLE).expand(shape).flatten(1)
    return ((draws.gather(1, first) + draws.gather(1, second)) % 1).reshape(shape)


def rolling(field: Field, salt: int, u: Tensor, start: int = GROUND, smooth: bool = True) -> Tensor:
    """Noise along one line, in [0, 1], one random value at each whole u."""
    cell = torch.floor(u)
    part = u - cell
    first, second = hashed(field, salt, cell, 0, start), hashed(field, salt, cell + 1, 0, start)
    return first + (second - first) * (part * part * (3 - 2 * part) if smooth else part)


def skyline(
    field: Field,
    salt: int,
    base: float,
    height: float,
    cells: float = 2.0,
    smooth: bool = True,
    start: int = GROUND,
) -> Tensor:
    """y (B, 1, 1, W) of a hilly edge round `base`, ± `height` short sides; peaks where it is not smooth."""
    line = torch.zeros_like(field.x)
    for octave in range(3 if smooth else 6):
        u = field.x * cells * 2**octave + 17 * hashed(
            field, salt + octave, torch.zeros_like(field.x[..., :1])
        )
        line = (
            line
            + (rolling(field, salt + octave, u, start, smooth) - 0.5) * (0.35 if smooth else 0.5) ** octave
        )
    return base - 2 * height * line / tall(field)


def noise_tile(field: Field, salt: int, start: int = GROUND, puffy: bool = False) -> Tensor:
    """Cloudy noise (B, 1, 128, 128) of mean 0.5 and deviation 0.2; `puffy` for round heaps."""
    total = torch.zeros(len(field.draws), 1, _TILE, _TILE, device=field.draws.device)
    for octave in range(5):
        cells = torch.arange(4 * 2**octave, device=total.device)
        grid = hashed(field, salt + octave, cells[None, None, None], cells[None, None, :, None], start)
        layer = interpolate(grid, size=(_TILE, _TILE), mode="bicubic", align_corners=False)
        total = total + ((2 * layer - 1).abs() if puffy else layer) * 0.55**octave
    total = total - total.mean((1, 2, 3), keepdim=True)
    return 0.5 + 0.2 * total / total.square().mean((1, 2, 3), keepdim=True).sqrt()


def sample(picture: Tensor, u: Tensor, v: Tensor, padding: str = "reflection") -> Tensor:
    """The picture (B, C, h, w) at places u, v, of which 0 … 1 span it once; beyond, it is mirrored."""
    u, v = torch.broadcast_tensors(u, v)
    grid = torch.cat([u, v], 1).permute(0, 2, 3, 1) * 2 - 1
    if len(grid) != len(picture):
        grid = grid.expand(len(picture), -1, -1, -1)
    return grid_sample(picture, grid, mode="bilinear", padding_mode=padding, align_corners=False)


def plane(field: Field, horizon: Tensor | float, lens: float = 0.05) -> tuple[Tensor, Tensor, Tensor]:
    """A level plane below the horizon: u across and v into depth on it, and nearness from 0 (far) to 1."""
    down = ((field.y - horizon) * tall(field)).clamp(min=0)
    reach = down + lens
    near = ((field.y - horizon) / (1 - horizon)).clamp(0, 1)
    return (field.x - wide(field) / 2) / reach, 1 / reach, near


def mirrored(field: Field, picture: Tensor, line: Tensor | float, sway: Tensor) -> Tensor:
    """What still water below the line would show: the picture upside down, shifted by `sway` (in heights)."""
    u = field.x / wide(field) + 0.25 * sway
    v = (2 * line - field.y + sway).clamp(0.002, 1)
    v = torch.minimum(v, torch.as_tensor(line, device=v.device) - 0.004)
    return sample(picture, u, v + 0 * u, "border")


@dataclass(frozen=True)
class Row:
    """Upright things side by side, one a cell, in units of it: `u` across from its middle, `v` upwards."""

    field: Field
    salt: int
    cell: Tensor  # (B, 1, 1, W)
    u: Tensor  # (B, 1, 1, W)
    v: Tensor  # (B, 1, H, W)
    texel: float
    span: slice  # the rows of pixels that the things reach

    def value(self, k: int) -> Tensor:
        """The k-th random number of each cell, (B, 1, 1, W)."""
        return hashed(self.field, self.salt + k, self.cell)

    def aside(self, gap: float) -> Tensor:
        """1 for the things that stand more than `gap` of the width from the middle, 0 for the others."""
        middle = self.field.x - self.u * self.field.texel / self.texel
        return ((middle / wide(self.field) - 0.5).abs() > gap).float()

    def inside(self, distance: Tensor, soft: float = 1.5) -> Tensor:
        """1 where a distance in cells is negative, with an edge of `soft` texels."""
        return edge(distance, soft * self.texel)


def row_of(
    field: Field,
    salt: int,
    base: Tensor | float,
    size: float,
    jitter: float = 0.3,
    about: float | None = None,
) -> Row:
    """A row of cells `size` short sides wide that stand on the line `base`, each off its middle at random.

    Things reach from 0.7 cells below to 2.3 above the base; `about` says where a base that is no number is.
    """
    across = field.x / size + 29 * hashed(field, salt, torch.zeros_like(field.x[..., :1]))
    cell = torch.floor(across)
    u = across - cell - 0.5 - jitter * (hashed(field, salt + 1, cell) - 0.5)
    span = slice(0, field.size[0])
    middle, slack = (base, 0.0) if isinstance(base, float) else (about, 0.08)
    if middle is not None:
        high, low = middle - 2.3 * size / tall(field) - slack, middle + 0.7 * size / tall(field) + slack
        span = slice(
            max(0, int(high * field.size[0])), max(1, min(field.size[0], int(low * field.size[0]) + 2))
        )
    v = (base - field.y) * tall(field) / size
    return Row(field, salt + 2, cell, u, v, field.texel / size, span)


def banded(paint: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let a painter of a row see only the band of the picture that the row reaches, for speed."""

    @wraps(paint)
    def painted(field: Field, air: object, picture: Tensor, row: Row, *told: object) -> Tensor:
        seen = replace(row, v=row.v[:, :, row.span])
        band = paint(field, air, picture[:, :, row.span], seen, *told)
        return torch.cat([picture[:, :, : row.span.start], band, picture[:, :, row.span.stop :]], 2)

    return painted
