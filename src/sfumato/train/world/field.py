"""Small pieces that painters share: coordinates, soft edges, mixing, random values of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.train.world.lexicon import COLOURS
from sfumato.train.world.scene import Scene

DRAWS = 512  # random numbers a scene may use


@dataclass(frozen=True)
class Field:
    """Canvases of one size with everything a painter reads.

    x runs over [0, width / short side), y over [0, 1] downwards, whatever the height; `draws` holds each
    row's random numbers; `cover` fills as things are put on the picture. A painter gives each of its rows the
    same pixels whatever the other rows are.
    """

    x: Tensor  # (1, 1, 1, W)
    y: Tensor  # (1, 1, H, 1)
    draws: Tensor  # (B, DRAWS) in [0, 1)
    time: Tensor  # (B,) index into TIMES
    weather: Tensor  # (B,) index into WEATHERS
    colour: Tensor  # (B, 3, 1, 1)
    richness: Tensor  # (B, 1, 1, 1) in [0, 1]
    cover: Tensor  # (B, 1, H, W) how much of each pixel things hide

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.y.shape[2], self.x.shape[3]

    @property
    def texel(self) -> float:
        """The width of one pixel, in the unit of x."""
        return 1.0 / min(self.size)

    def draw(self, k: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """The k-th random number of each row, in [low, high), shape (B, 1, 1, 1)."""
        return low + (high - low) * self.draws[:, k, None, None, None]

    def table(self, k: int, n: int) -> Tensor:
        """n random numbers of each row, from the k-th on, shape (B, n)."""
        return self.draws[:, k : k + n]

    def rows(self, keep: Tensor) -> Field:
        """The same canvas for some of the rows."""
        told = (self.draws, self.time, self.weather, self.colour, self.richness, self.cover)
        return Field(self.x, self.y, *(part[keep] for part in told))


def open_field(scenes: Sequence[Scene], size: tuple[int, int], device: torch.device) -> Field:
    """A canvas of (height, width) pixels, one row a scene."""
    height, width = size
    draws = [np.random.Generator(np.random.Philox(scene.seed)).random(DRAWS, np.float32) for scene in scenes]
    colours = torch.tensor([COLOURS[scene.colour].rgb for scene in scenes], device=device)
    richness = torch.tensor([scene.richness for scene in scenes], device=device)
    return Field(
        x=((torch.arange(width, device=device) + 0.5) / min(size))[None, None, None],
        y=((torch.arange(height, device=device) + 0.5) / height)[None, None, :, None],
        draws=torch.from_numpy(np.stack(draws)).to(device),
        time=torch.tensor([scene.time for scene in scenes], device=device),
        weather=torch.tensor([scene.weather for scene in scenes], device=device),
        colour=colours[:, :, None, None],
        richness=richness[:, None, None, None],
        cover=torch.zeros(len(scenes), 1, height, width, device=device),
    )


def rgb(*values: float, like: Tensor) -> Tensor:
    """A colour as (1, 3, 1, 1)."""
    return torch.tensor(values, device=like.device)[None, :, None, None]


def mix(below: Tensor, above: Tensor, cover: Tensor) -> Tensor:
    """`above` laid over `below` where `cover` (0 … 1) says."""
    return below + (above - below) * cover


def edge(distance: Tensor, width: float) -> Tensor:
    """1 where distance < 0, 0 where it is > 0, and a soft step of `width` between."""
    return (0.5 - distance / width).clamp(0, 1)


def smooth_noise(values: Tensor, cells: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """Values (B, rows · columns) as a smooth map (B, 1, H, W)."""
    grid = values.reshape(-1, 1, *cells)
    return interpolate(grid, size=size, mode="bicubic", align_corners=False)


def ridge(field: Field, k: int, base: float, height: float, rough: float) -> Tensor:
    """A skyline (B, 1, 1, W): y of a hilly edge, `rough` 0 for hills and 1 for jagged peaks."""
    line = torch.zeros_like(field.draw(k) * field.x)
    for octave in range(4):
        wave = field.x * (1.3 * 2**octave) * field.draw(k + octave, 0.7, 1.3) + field.draw(k + 4 + octave) * 7
        hill = torch.sin(wave * 2.2)
        peak = 2 * (2 * (wave - torch.floor(wave)) - 1).abs() - 1
        line = line + (hill * (1 - rough) + peak * rough) * 0.55**octave
    return base - height * line * 0.5
