"""The references that FLUX.2 reads: each in its own shape and size, up to a megapixel."""

from __future__ import annotations

from functools import partial
from math import sqrt

from torch import Tensor

from sfumato.engine import Setting, fitted
from sfumato.models._parts.latent import Space
from sfumato.models._parts.references import reference

LARGEST = 1024 * 1024  # pixels


def of_references(setting: Setting, space: Space) -> dict[str, Tensor]:
    """Every reference as an entry, read once for all pictures of a plan."""
    items, given = setting.inputs("reference"), setting.pictures("reference")
    return {
        reference(number): setting.once(("coded", item.hash), partial(_coded, space, picture))
        for number, (item, (picture, _)) in enumerate(zip(items, given, strict=True), start=1)
    }


def _coded(space: Space, picture: Tensor) -> Tensor:
    return space.encode(bounded(picture, space.factor))


def bounded(picture: Tensor, multiple: int) -> Tensor:
    """A picture (3, H, W) made smaller where it is too large, and its middle so that sides are multiples."""
    height, width = picture.shape[-2:]
    if height * width > LARGEST:
        scale = sqrt(LARGEST / (height * width))
        height, width = int(height * scale), int(width * scale)
        picture = fitted(picture, width, height)
    # A picture narrower than one token is widened to it.
    rows, columns = (max(side // multiple, 1) * multiple for side in (height, width))
    picture = fitted(picture, max(width, columns), max(height, rows))
    top, left = (picture.shape[-2] - rows) // 2, (picture.shape[-1] - columns) // 2
    return picture[:, top : top + rows, left : left + columns]
