"""Styles: a finished picture made to look painted, drawn, cut, printed or built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor

from sfumato.train.world.field import Field
from sfumato.train.world.styles.anime import anime, cute, scenic
from sfumato.train.world.styles.cut import flat, mosaic, paper_cut, stained_glass, sticker
from sfumato.train.world.styles.glow import clay, neon
from sfumato.train.world.styles.grid import embroidery, low_poly, pixel_art
from sfumato.train.world.styles.line import blueprint, chalk, ink, pencil
from sfumato.train.world.styles.paint import crayon, impressionist, oil, watercolor
from sfumato.train.world.styles.print import pop_art, woodblock

# From pictures (B, 3, H, W) in [0, 1] and their canvas to pictures of the same shape and range.
Filter = Callable[[Tensor, Field], Tensor]


def plain(picture: Tensor, field: Field) -> Tensor:
    """The picture as it is."""
    return picture


STYLES: Mapping[str, Filter] = MappingProxyType({
    "plain": plain,
    "flat": flat,
    "watercolor": watercolor,
    "oil painting": oil,
    "pencil sketch": pencil,
    "ink": ink,
    "pixel art": pixel_art,
    "paper cut": paper_cut,
    "stained glass": stained_glass,
    "neon": neon,
    "low poly": low_poly,
    "woodblock print": woodblock,
    "pop art": pop_art,
    "chalk": chalk,
    "sticker": sticker,
    "clay": clay,
    "mosaic": mosaic,
    "impressionist": impressionist,
    "blueprint": blueprint,
    "embroidery": embroidery,
    "crayon": crayon,
    "anime": anime,
    "cute anime": cute,
    "scenic anime": scenic,
})  # fmt: skip
