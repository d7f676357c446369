"""A finished picture: its pixels, the plan that makes it again, and what made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import ceil, sqrt
from typing import TYPE_CHECKING

from sfumato import __version__
from sfumato.plan import Plan

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image


@dataclass(frozen=True, eq=False)
class Picture:
    """`pixels` is uint8 (H, W, 3); `index` counts the pictures of the plan from 0, None is their grid."""

    pixels: np.ndarray
    plan: Plan
    index: int | None
    job: str
    made_by: Mapping[str, str]

    @property
    def image(self) -> Image.Image:
        """The picture for Pillow."""
        from PIL import Image

        return Image.fromarray(self.pixels)


def made_by(device: str, dtype: str, licence: str) -> dict[str, str]:
    """What made a picture: device, number format, versions its bits may depend on; the model's licence."""
    packages = {name: version(name) for name in ("torch", "numpy")}
    return {"device": device, "dtype": dtype, "sfumato": __version__, **packages, "licence": licence}


def grid(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Equally large pictures (H, W, 3) side by side, row by row: four as 2 x 2; empty places are black.

    The number of columns is the square root of the number of pictures, rounded up.
    """
    import numpy as np

    if not pictures:
        raise ValueError("a grid needs at least one picture.")
    shapes = {picture.shape for picture in pictures}
    if len(shapes) > 1:
        raise ValueError(f"a grid needs pictures of one size; these have {sorted(shapes)}.")
    columns = ceil(sqrt(len(pictures)))
    empty = [np.zeros_like(pictures[0])] * (-len(pictures) % columns)
    placed = [*pictures, *empty]
    rows = [
        np.concatenate(placed[first : first + columns], axis=1) for first in range(0, len(placed), columns)
    ]
    return np.concatenate(rows, axis=0)
