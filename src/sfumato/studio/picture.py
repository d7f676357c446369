"""A finished picture: its pixels, the plan that makes it again, and what made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
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


def made_by(device: str, dtype: str) -> dict[str, str]:
    """What made a picture: device, number format, and the versions its bits may depend on."""
    packages = {name: version(name) for name in ("torch", "numpy")}
    return {"device": device, "dtype": dtype, "sfumato": __version__, **packages}
