"""The pictures FLUX.1 reads beside the noisy latent, as entries of a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType

from torch import Tensor

from sfumato.engine import Setting, as_mask, fitted
from sfumato.models._parts.latent import Space
from sfumato.models._parts.references import reference
from sfumato.models.flux.redux import Redux
from sfumato.models.flux.sequence import folded
from sfumato.models.flux.variants import PATCH

Entries = dict[str, Tensor]

BESIDE = ("masked", "mask", "hint")
"""Entries as large as x, in the order in which they follow it in a token's channels."""

SHOWN = "shown"
"""What Redux makes of the references."""


def of_mask(setting: Setting, space: Space) -> Entries:
    """The start picture without what the mask (1: paint anew) covers, and the mask itself."""
    start, mask = setting.picture("start"), setting.picture("mask")
    if start is None or mask is None:
        raise ValueError("painting a part anew needs two pictures: the start and its mask.")
    anew = as_mask(mask)
    return {"masked": space.encode(start * (1 - anew)), "mask": folded(anew, space.factor)}


def of_hint(setting: Setting, space: Space) -> Entries:
    """A depth map, or edges."""
    hint = setting.picture("hint")
    if hint is None:
        raise ValueError("following a picture needs one: give a depth map or edges as hint.")
    return {"hint": space.encode(hint)}


def of_references(setting: Setting, space: Space) -> Entries:
    """Every reference in its own shape, with about as many pixels as the picture that is painted."""
    pixels, multiple = setting.stage.width * setting.stage.height, space.factor * PATCH
    return {
        reference(number): space.encode(budgeted(picture, pixels, multiple))
        for number, (picture, _) in enumerate(setting.pictures("reference"), start=1)
    }


READERS: Mapping[str, Callable[[Setting, Space], Entries]] = MappingProxyType(
    {"mask": of_mask, "hint": of_hint, "reference": of_references}
)
"""By the role that a transformer must read for them."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """roles  of pictures that the model reads
    redux  what reads the references; None where the transformer does
    """

    roles: frozenset[str]
    redux: Redux | None = None

    def __call__(self, setting: Setting, space: Space) -> Entries:
        """Entries of every condition."""
        seen: Entries = {}
        for role, read in READERS.items():
            if role in self.roles and not (role == "reference" and self.redux):
                seen |= read(setting, space)
        shown = self.redux.shown(setting) if self.redux else None
        return seen if shown is None else {**seen, SHOWN: shown}


def budgeted(picture: Tensor, pixels: int, multiple: int) -> Tensor:
    """A picture (3, H, W) with about this many pixels, in its aspect ratio, its sides multiples of this."""
    height, width = picture.shape[-2:]
    scale = sqrt(pixels / (width * height))
    width, height = (max(round(side * scale / multiple), 1) * multiple for side in (width, height))
    return fitted(picture, width, height)
